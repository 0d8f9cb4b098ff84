/*
 * Owns the reading of a jail's choice of its base's generation.
 */
#include <string.h>

#include "base/file.h"
#include "store/base_use.h"
#include "store/internal.h"

enum { CHOICE_MAX = 64 };

int
store_base_choice(const struct store *s, const char *jail, unsigned *ret, struct err *e)
{
	char path[STORE_PATH], *text = NULL;
	struct arena a = {0};
	int r = file_read(s->dotfd, store_path(path, "skel/%s/base", jail), CHOICE_MAX, &a, &text, NULL, e);

	*ret = 0;
	if (r == 0 && text != NULL) {
		text[strcspn(text, "\n")] = '\0';
		*ret = generation_parse(text);
		if (*ret == 0)
			r = err_set(e, ERR_FAILED, "read", path, "not the number of a generation");
	}
	arena_done(&a);
	return r;
}
