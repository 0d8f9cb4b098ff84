/*
 * Just enough of ELF: which loader a program names.  The files come from packages and archives: every offset and count
 * is checked, and a file that lies about itself is simply not a program.
 */
#include "image/elf.h"

#include <elf.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { MAX_HEADERS = 256 };

static bool
read_at(int fd, void *buf, size_t n, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, buf, n, (off_t)offset) == (ssize_t)n;
}

static bool
header_is_program(const Elf64_Ehdr *h)
{
	return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       h->e_ident[EI_DATA] == ELFDATA2LSB && (h->e_type == ET_EXEC || h->e_type == ET_DYN) &&
	       h->e_phentsize == sizeof(Elf64_Phdr) && h->e_phnum > 0 && h->e_phnum <= MAX_HEADERS;
}

/* The string of an interpreter header; NULL if it is not a clean absolute name. */
static const char *
read_loader(int fd, const Elf64_Phdr *p, struct arena *a)
{
	char *name;

	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX)
		return NULL;
	name = arena_alloc(a, p->p_filesz + 1);
	if (!read_at(fd, name, p->p_filesz, p->p_offset))
		return NULL;
	return name[0] == '/' ? name : NULL;
}

enum elf_kind
elf_look(int fd, struct arena *a, const char **ret_loader)
{
	Elf64_Ehdr h;
	Elf64_Phdr p;

	if (!read_at(fd, &h, sizeof(h), 0) || !header_is_program(&h))
		return ELF_NOT;
	for (unsigned i = 0; i < h.e_phnum; i++) {
		if (!read_at(fd, &p, sizeof(p), h.e_phoff + i * sizeof(p)))
			return ELF_NOT;
		if (p.p_type != PT_INTERP)
			continue;
		const char *loader = read_loader(fd, &p, a);
		if (loader == NULL)
			return ELF_NOT;
		*ret_loader = loader;
		return ELF_DYNAMIC;
	}
	return ELF_STATIC;
}
