/*
 * Owns what a file of a state could be to those who run things.  Pure; persistence.c looks at the files.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/str.h"
#include "store/persistence.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

const char *const persist_names[PERSIST_NKINDS] = {
	"cron", "login", "included", "script", "elf", "setid", "capability", "socket", "device", "unread"};
const char *const persist_texts[PERSIST_NKINDS] = {
	"a table or a job of cron or at",
	"read at a login, or when mail comes",
	"named by the configuration of a service",
	"begins with #!",
	"a program or a library",
	"set-uid or set-gid",
	"has capabilities",
	"a socket",
	"a device node",
	"could not be looked at",
};

/* Of Debian, FreeBSD and busybox. */
static const char *const cron_dirs[] = {"/var/spool/cron", "/var/spool/at", "/var/spool/atjobs", "/var/spool/atspool",
	"/var/spool/anacron", "/var/spool/fcron", "/var/spool/incron", "/var/cron", "/var/at"};

static const char *const login_files[] = {".profile", ".bash_profile", ".bash_login", ".bashrc", ".bash_logout",
	".cshrc", ".tcshrc", ".login", ".logout", ".kshrc", ".mkshrc", ".shrc", ".zshenv", ".zshrc", ".zprofile",
	".zlogin", ".forward", ".procmailrc", ".rhosts", ".shosts", ".pam_environment", "authorized_keys",
	"authorized_keys2"};

bool
persistence_is_cron(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(cron_dirs); i++)
		if (strcmp(path, cron_dirs[i]) == 0)
			return true;
	return false;
}

static bool
is_login(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; slash != NULL && i < ARRAY_LEN(login_files); i++)
		if (strcmp(slash + 1, login_files[i]) == 0)
			return true;
	return false;
}

static bool
begins(const struct persist_entry *p, const char *magic, size_t n)
{
	return p->nhead >= n && memcmp(p->head, magic, n) == 0;
}

static unsigned
classify_file(const struct persist_entry *p)
{
	unsigned kinds = 0;

	kinds |= p->in_cron ? PERSIST_CRON : 0;
	kinds |= is_login(p->path) ? PERSIST_LOGIN : 0;
	kinds |= p->is_included ? PERSIST_INCLUDED : 0;
	kinds |= begins(p, "#!", 2) ? PERSIST_SCRIPT : 0;
	kinds |= begins(p, "\177ELF", 4) ? PERSIST_ELF : 0;
	kinds |= p->mode & (S_ISUID | S_ISGID) ? PERSIST_SETID : 0;
	kinds |= p->has_capability ? PERSIST_CAPABILITY : 0;
	return kinds | (p->is_unread ? PERSIST_UNREAD : 0);
}

/* A link leads a program that follows it to what it names: it is what its name makes it, and nothing else. */
static unsigned
classify_link(const struct persist_entry *p)
{
	return (p->in_cron ? PERSIST_CRON : 0) | (is_login(p->path) ? PERSIST_LOGIN : 0) |
	       (p->is_included ? PERSIST_INCLUDED : 0);
}

unsigned
persistence_classify(const struct persist_entry *p)
{
	if (S_ISREG(p->mode))
		return classify_file(p);
	if (S_ISLNK(p->mode))
		return classify_link(p);
	if (S_ISSOCK(p->mode))
		return PERSIST_SOCKET;
	return S_ISCHR(p->mode) || S_ISBLK(p->mode) ? PERSIST_DEVICE : 0;
}
