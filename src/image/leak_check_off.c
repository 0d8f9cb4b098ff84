/*
 * Only in builds with AddressSanitizer: its search for leaks at the end stops the process from another one, which the
 * filter of confine.c refuses.  (Name and meaning: <sanitizer/lsan_interface.h>.)
 */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return 1;
}
