/*
 * The package tools: how each is told to install, and what may be called a package.
 */
#include <string.h>

#include "image/edit.h"

/* Signatures are verified as always; the two options about dates are for snapshots and machines whose clock is off.
 * What was downloaded is no part of the base. */
#define APT_OPTIONS                                                                                                    \
	"-o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false -o APT::Install-Recommends=false "           \
	"-o Dpkg::Use-Pty=false "
#define APT_SCRIPT(options)                                                                                            \
	"export DEBIAN_FRONTEND=noninteractive\n"                                                                      \
	"apt-get " APT_OPTIONS options " update && apt-get " APT_OPTIONS options " --yes install -- \"$@\"\n"          \
	"status=$?\n"                                                                                                  \
	"apt-get clean\n"                                                                                              \
	"exit $status\n"

static const char *const apt[] = {"/bin/sh", "-c", APT_SCRIPT("-o Dpkg::Progress=true"), "install", NULL};
static const char *const apt_quiet[] = {"/bin/sh", "-c", APT_SCRIPT("-qq"), "install", NULL};
static const char *const pkg[] = {"pkg", "install", "-y", "--", NULL};
static const char *const apk[] = {"apk", "add", "--", NULL};

static const struct {
	const char *flavour;
	const char *const *loud, *const *quiet;
} tools[] = {
	{"debian", apt, apt_quiet},
	{"freebsd", pkg, pkg},
	{"generic", apk, apk},
};

const char *const *
image_install_command(const char *flavour, bool quiet)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(tools[i].flavour, flavour) == 0)
			return quiet ? tools[i].quiet : tools[i].loud;
	return NULL;
}

int
image_check_package(const char *name, struct err *e)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:=~_";

	if (*name != '\0' && name[strspn(name, ok)] == '\0' && strchr("+.-:=~_", name[0]) == NULL)
		return 0;
	return err_set(e, ERR_USAGE, "install", name, "not the name of a package");
}
