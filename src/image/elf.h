/*
 * Just enough of ELF: which loader a program names.
 */
#ifndef WARDER_IMAGE_ELF_H
#define WARDER_IMAGE_ELF_H

#include "base/arena.h"

enum elf_kind { ELF_NOT, ELF_STATIC, ELF_DYNAMIC };

/*
 * Reads an open file's headers, 64 bit and of this machine's byte order; anything else, and anything malformed, is
 * ELF_NOT.  *ret_loader is the PT_INTERP string when ELF_DYNAMIC is returned.  Reads with pread(2) only.
 */
enum elf_kind elf_look(int fd, struct arena *a, const char **ret_loader);

#endif
