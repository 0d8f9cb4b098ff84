/*
 * How this machine's apt is set up: where its packages come from and through which proxy.
 */
#ifndef WARDER_IMAGE_APT_H
#define WARDER_IMAGE_APT_H

#include "base/arena.h"

/* Appends "deb URI RELEASE COMPONENT" for each of the host's sources of suite, suite-updates and suite-security;
 * nothing where the host has another suite or no apt. */
int apt_host_sources(const char *suite, struct arena *a, struct strv *ret, struct err *e) must_check;
/* Appends "http_proxy=..." and the like: apt's own configuration first, then this process's environment.  They go into
 * the environment of the run and not into the base, for a proxy may carry a password. */
int apt_host_proxies(struct arena *a, struct strv *ret, struct err *e) must_check;

/* Of the host's apt, what fetching needs besides: retries, limits, the address family, as the text of an apt.conf(5)
 * fragment; *ret NULL where it has nothing of the kind.  No option that names a file or a program of the host, and none
 * that makes signatures weaker. */
int apt_host_options(struct arena *a, const char **ret, struct err *e) must_check;

/* Pure: the source line for one line "URI|RELEASE|COMPONENT" of apt-get indextargets; NULL if it is not suite's. */
const char *apt_source_line(const char *target, const char *suite, struct arena *a);
/* Pure: the variable for one line "Acquire::http::Proxy VALUE" of apt-config dump; NULL if it is something else. */
const char *apt_proxy_variable(const char *line, struct arena *a);
/* Pure: "OPTION \"VALUE\";" for one line "OPTION VALUE" of apt-config dump; NULL if it is none that is taken over. */
const char *apt_option_line(const char *line, struct arena *a);

#endif
