/*
 * FreeBSD: nothing maps ids, so what a state is given has to be what the jail asks for.
 */
#include "store/ids_way.h"

const bool ids_are_shifted = false;
