/*
 * The keywords of mtree(5): those that are compared, those that are known and passed over.  Pure.
 */
#include <string.h>

#include "base/system.h"
#include "store/mtree.h"
#include "store/seal_words.h"

const struct mtree_entry mtree_nothing = {.v = {.type = SEAL_FILE, .unsaid = (1U << WORD_COUNT) - 1}};

static const char *const passed_over[] = {"cksum", "contents", "flags", "gname", "inode", "md5", "md5digest",
	"resdevice", "ripemd160digest", "rmd160", "rmd160digest", "sha1", "sha1digest", "sha384", "sha384digest",
	"sha512", "sha512digest", "time", "uname", "device", "tags"};
#define NPASSED_OVER (sizeof(passed_over) / sizeof(*passed_over))
_Static_assert(NPASSED_OVER <= (size_t)MTREE_PASSED, "each has a number");

/* ---- values that others write otherwise than we: 1, 0 to pass over, -1 ---- */

static int
link_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	v->link = mtree_name_parse(text, a);
	return v->link && *v->link ? 1 : -1;
}

/* "0x801" */
static int
hex_parse(const char *text, uint64_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t n = 0;

	if (!str_has_prefix(text, "0x") || strlen(text) < 3 || strlen(text) > 18)
		return -1;
	for (text += 2; *text != '\0'; text++) {
		const char *digit = strchr(digits, *text);
		if (!digit)
			return -1;
		n = n << 4 | (uint64_t)(digit - digits);
	}
	*ret = n;
	return 0;
}

/* "native,8,1", the same for another system's numbers, or the number as stat(2) has it here. */
static int
device_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	char name[64];
	const char *comma = strrchr(text, ',');
	uint64_t high, low;

	if (str_to_u64(text, UINT64_MAX, &v->device) == 0 || hex_parse(text, &v->device) == 0)
		return 1;
	const char *first = strchr(text, ',');
	if (!first || first == comma || (size_t)(comma - first) > sizeof(name))
		return 0;
	size_t len = (size_t)(comma - first) - 1;
	memcpy(name, first + 1, len);
	name[len] = '\0';
	if (str_to_u64(name, UINT32_MAX, &high) < 0 || str_to_u64(comma + 1, UINT32_MAX, &low) < 0)
		return 0;
	v->device = system_device(high, low);
	return 1;
}

/* Any words in mtree(5). */
static int
tags_parse(const char *text, struct arena *a, struct seal_entry *v)
{
	struct seal_entry with = *v;

	if (seal_words[WORD_TAGS].parse(text, a, &with) < 0)
		return 0;
	*v = with;
	return 1;
}

static const struct word {
	const char *name;
	enum seal_fact fact;
	int (*parse)(const char *text, struct arena *a, struct seal_entry *v); /* NULL: as we write it */
} words[] = {
	{"type", WORD_TYPE, NULL},
	{"mode", WORD_MODE, NULL},
	{"uid", WORD_UID, NULL},
	{"gid", WORD_GID, NULL},
	{"nlink", WORD_NLINK, NULL},
	{"size", WORD_SIZE, NULL},
	{"sha256", WORD_SHA256, NULL},
	{"sha256digest", WORD_SHA256, NULL},
	{"link", WORD_LINK, link_parse},
	{"device", WORD_DEVICE, device_parse},
	{"tags", WORD_TAGS, tags_parse},
};

static const struct word *
word_find(const char *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

static int
pass_over(const char *name, uint64_t *passed, const char **ret_why)
{
	for (size_t i = 0; i < NPASSED_OVER; i++)
		if (strcmp(passed_over[i], name) == 0) {
			passed[i]++;
			return 0;
		}
	*ret_why = "an unknown keyword";
	return -1;
}

/* ---- words without a value ---- */

static int
sign_parse(const char *name, struct mtree_entry *v, uint64_t *passed, const char **ret_why)
{
	if (strcmp(name, "optional") == 0)
		v->optional = true;
	else if (strcmp(name, "ignore") == 0)
		v->ignored = true;
	else if (strcmp(name, "nochange") == 0)
		v->nochange = true;
	else
		return pass_over(name, passed, ret_why);
	return 1;
}

int
mtree_word_parse(char *text, struct arena *a, struct mtree_entry *v, uint64_t *passed, const char **ret_why)
{
	char *value = strchr(text, '=');
	const struct word *word;
	int r;

	if (!value)
		return sign_parse(text, v, passed, ret_why);
	*value++ = '\0';
	word = word_find(text);
	if (!word)
		return pass_over(text, passed, ret_why);
	r = word->parse ? word->parse(value, a, &v->v) : seal_words[word->fact].parse(value, a, &v->v) < 0 ? -1 : 1;
	if (r < 0)
		*ret_why = "a malformed value";
	if (r == 0)
		return pass_over(word->name, passed, ret_why);
	v->v.unsaid &= (uint16_t) ~(1U << word->fact);
	return r;
}

int
mtree_word_unset(const char *text, struct mtree_entry *v, const char **ret_why)
{
	uint64_t passed[MTREE_PASSED] = {0};
	const struct word *word = word_find(text);

	if (strcmp(text, "all") == 0)
		*v = mtree_nothing;
	else if (strcmp(text, "optional") == 0)
		v->optional = false;
	else if (strcmp(text, "ignore") == 0)
		v->ignored = false;
	else if (strcmp(text, "nochange") == 0)
		v->nochange = false;
	else if (word) {
		v->v.unsaid |= (uint16_t)(1U << word->fact);
		if (word->fact == WORD_TYPE)
			v->v.type = SEAL_FILE;
	} else
		return pass_over(text, passed, ret_why);
	return 0;
}

void
mtree_passed_list(const uint64_t *passed, struct arena *a, struct mtree *ret)
{
	for (size_t i = 0; i < NPASSED_OVER; i++) {
		if (passed[i] == 0)
			continue;
		ret->passed = arena_grow(a, ret->passed, ret->npassed, sizeof(*ret->passed));
		ret->passed[ret->npassed++] = (struct mtree_count){passed_over[i], passed[i]};
	}
}
