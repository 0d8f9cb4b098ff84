/*
 * Where the configuration of a Linux host is.
 */
#include "config/config.h"

#define CONFIG_PATH "/etc/warder/warder.conf"

const char config_default_path[] = CONFIG_PATH;
const char config_default_help[] = "the configuration, instead of " CONFIG_PATH;
