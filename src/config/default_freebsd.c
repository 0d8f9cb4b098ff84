/*
 * Where the configuration of a FreeBSD host is: hier(7), software from ports.
 */
#include "config/config.h"

#define CONFIG_PATH "/usr/local/etc/warder/warder.conf"

const char config_default_path[] = CONFIG_PATH;
const char config_default_help[] = "the configuration, instead of " CONFIG_PATH;
