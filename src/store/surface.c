/*
 * The recorded surface, and whether it is the one that the journal has.
 */
#include <string.h>

#include "base/file.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/surface.h"

enum { SURFACE_MAX = 16 << 20 };

static const char *
surface_path(char path[STORE_PATH], const char *jail)
{
	return store_path(path, "skel/%s/surface", jail);
}

int
store_surface_write(const struct store *s, const char *jail, const struct str *text, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(jail, "record surface of", e) < 0)
		return -1;
	return file_write(s->dotfd, surface_path(path, jail), str_text(text), text->len, 0600, e);
}

/* The hash that was recorded last, since the jail was made; "" if none was. */
static int
find_recorded(const struct store *s, const char *jail, struct arena *a, const char **ret, struct err *e)
{
	struct journal journal;
	const char *hash = "";

	if (store_journal_read(s, jail, a, &journal, e) < 0)
		return -1;
	for (size_t i = 0; i < journal.n; i++) {
		const struct journal_entry *j = &journal.v[i];

		if (!j->jail || strcmp(j->jail, jail) != 0)
			continue;
		if (strcmp(j->action, "surface") == 0)
			hash = j->after;
		else if (strcmp(j->action, "destroy") == 0)
			hash = "";
	}
	*ret = hash;
	return 0;
}

static const char *
fault_of(const char *text, size_t len, const char *recorded)
{
	char hash[SHA256_HEX];

	if (!text)
		return *recorded != '\0' ? "what was recorded is not there any more" : NULL;
	if (*recorded == '\0')
		return "the journal has no entry of its recording";
	sha256_of(text, len, hash);
	return strcmp(hash, recorded) == 0 ? NULL : "it is not the one that the journal has";
}

int
store_surface_read(const struct store *s, const char *jail, struct arena *a, struct surface_record *ret, struct err *e)
{
	char path[STORE_PATH];
	struct journal_check check;
	const char *recorded;
	char *text;
	size_t len = 0;

	if (store_check_name(jail, "read surface of", e) < 0 || find_recorded(s, jail, a, &recorded, e) < 0 ||
		file_read(s->dotfd, surface_path(path, jail), SURFACE_MAX, a, &text, &len, e) < 0)
		return -1;
	*ret = (struct surface_record){text, fault_of(text, len, recorded)};
	if (ret->fault || !text)
		return 0;
	if (store_journal_check(s, &check, e) < 0)
		return -1;
	if (check.fault.kind != ERR_NONE)
		ret->fault = "the journal, which has its hash, is not whole: warder journal --check";
	return 0;
}
