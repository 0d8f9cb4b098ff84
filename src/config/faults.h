/*
 * What is wrong with a text: pure predicates that return the reason, or NULL.
 */
#ifndef WARDER_CONFIG_FAULTS_H
#define WARDER_CONFIG_FAULTS_H

#include "config/values.h"

#define FAULT(name) const char *fault_##name(const char *text, struct value_note *note)
FAULT(any);
FAULT(name); /* of a jail or a base */
FAULT(root); /* clean absolute path on the host */
FAULT(from); /* a base's source */
FAULT(flavour);
FAULT(package);
FAULT(component);
FAULT(mirror);
FAULT(glob); /* dpkg's path globs */
FAULT(link); /* "opt -> s/opt" */
FAULT(pin);
FAULT(hostname);
FAULT(interface);
FAULT(exec_allow);
FAULT(host_path);
FAULT(seal_key);    /* clean absolute path of a public key, not in / */
FAULT(environment); /* NAME=value */
FAULT(user);        /* USER or USER:GROUP */
FAULT(hosts_line);
FAULT(timezone);

/* A name of a user or group, or a number: n bytes of text. */
bool is_account_name(const char *text, size_t n);
bool is_ip_address(const char *text);

#endif
