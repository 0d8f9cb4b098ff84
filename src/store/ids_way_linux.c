/*
 * Linux: by the user namespace and by id-mapped mounts.
 */
#include "store/ids_way.h"

const bool ids_are_shifted = true;
