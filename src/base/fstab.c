/*
 * Owns the escapes of fstab(5).
 */
#include "base/fstab.h"

#include <string.h>

void
fstab_escape(struct str *out, const char *field)
{
	for (const char *s = field; *s != '\0'; s++)
		if (strchr(" \t\n\r\\", *s) != NULL || (*s == '#' && s == field))
			str_addf(out, "\\%03o", (unsigned char)*s);
		else
			str_addc(out, *s);
}

/* The byte that three octal digits stand for; -1 if these are none, or stand for none. */
static int
octal(const char *s, size_t n)
{
	int byte = 0;

	if (n < 3)
		return -1;
	for (int i = 0; i < 3; i++) {
		if (s[i] < '0' || s[i] > '7')
			return -1;
		byte = byte * 8 + s[i] - '0';
	}
	return byte > 0 && byte <= 0xff ? byte : -1;
}

int
fstab_unescape(const char *field, size_t n, struct arena *a, const char **ret)
{
	char *text = arena_alloc(a, n + 1), *to = text;

	for (size_t i = 0; i < n; i++) {
		int byte = (unsigned char)field[i];

		if (byte == '\\') {
			byte = octal(field + i + 1, n - i - 1);
			if (byte == -1)
				return -1;
			i += 3;
		}
		*to++ = (char)byte;
	}
	*ret = text;
	return 0;
}
