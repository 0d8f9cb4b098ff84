/*
 * Linux: the list of mounts from /proc/self/mountinfo (proc(5)), and their numbers from statx(2).  The text is the
 * kernel's; the jail chooses none of its names, but they are bounded all the same.
 */
#include "probe/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/out.h"

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U /* 5.8 */
#endif

static const char mountinfo[] = "/proc/self/mountinfo";

uint64_t
mount_id_of(int fd)
{
	struct statx st;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0 || !(st.stx_mask & STATX_MNT_ID))
		out_give_up("statx", errno);
	return st.stx_mnt_id;
}

/* "\040" and its like, in place. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] != '\0' && s[3] != '\0') {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else
			*to = *s++;
	}
	*to = '\0';
}

static bool
has_option(const char *options, const char *name)
{
	size_t n = strlen(name);

	for (const char *o = options; o != NULL; o = strchr(o, ',') ? strchr(o, ',') + 1 : NULL)
		if (strncmp(o, name, n) == 0 && (o[n] == ',' || o[n] == '\0'))
			return true;
	return false;
}

/* "36 35 98:0 /root /target ro,nosuid optional... - type source options" */
static bool
parse(char *line, struct mount_row *m)
{
	char *fields[6], *rest = line, *dash = strstr(line, " - ");

	for (int i = 0; i < 6; i++)
		if ((fields[i] = strsep(&rest, " ")) == NULL)
			return false;
	if (dash == NULL)
		return false;
	rest = dash + 3;
	m->id = strtoull(fields[0], NULL, 10);
	m->target = fields[4];
	m->type = strsep(&rest, " ");
	unescape(m->target);
	m->read_only = has_option(fields[5], "ro");
	m->nosuid = has_option(fields[5], "nosuid");
	m->nodev = has_option(fields[5], "nodev");
	m->noexec = has_option(fields[5], "noexec");
	return true;
}

void
mounts_list(struct mounts *m)
{
	FILE *f = fopen(mountinfo, "re");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL)
		out_give_up(mountinfo, errno);
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (m->n == MOUNTS_MAX)
			out_give_up(mountinfo, E2BIG);
		if (!parse(line, &m->v[m->n]))
			out_give_up(mountinfo, EINVAL);
		m->n++;
		line = NULL; /* the row points into it */
		size = 0;
	}
	if (ferror(f))
		out_give_up(mountinfo, errno);
	fclose(f);
	free(line);
}
