/*
 * One digest of the access control lists that say more than the mode: of each, sorted by name, the name with its NUL,
 * the length of its text (32 bits, little-endian) and the text, with ids as numbers.  Links and what cannot be opened
 * have none.
 */
#include "store/seal_xattr.h"

#include <sys/types.h>

#include <sys/acl.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	acl_type_t type;
} lists[] = {{"acl.access", ACL_TYPE_ACCESS}, {"acl.default", ACL_TYPE_DEFAULT}, {"acl.nfs4", ACL_TYPE_NFS4}};

static bool
is_none(int err_no)
{
	return err_no == EOPNOTSUPP || err_no == EINVAL || err_no == ENOENT || err_no == ENOATTR;
}

static bool
says_nothing(acl_t acl, acl_type_t type)
{
	int trivial = 0;
	acl_entry_t first;

	if (type == ACL_TYPE_DEFAULT)
		return acl_get_entry(acl, ACL_FIRST_ENTRY, &first) == 0;
	return acl_is_trivial_np(acl, &trivial) == 0 && trivial != 0;
}

static int
add_text(struct sha256 *h, const char *name, acl_t acl)
{
	ssize_t len = 0;
	char *text = acl_to_text_np(acl, &len, ACL_TEXT_NUMERIC_IDS);

	if (text == NULL)
		return -1;
	uint8_t size[4];
	for (int i = 0; i < 4; i++)
		size[i] = (uint8_t)((uint64_t)len >> 8 * i);
	sha256_add(h, name, strlen(name) + 1);
	sha256_add(h, size, sizeof(size));
	sha256_add(h, text, (size_t)len);
	acl_free(text);
	return 0;
}

void
seal_xattrs_done(struct seal_xattrs *x)
{
	*x = (struct seal_xattrs){0};
}

int
seal_xattrs_of_fd(struct seal_xattrs *x, int fd, struct seal_entry *v)
{
	struct sha256 h;
	bool has_nfs4 = fpathconf(fd, _PC_ACL_NFS4) > 0;

	if (!has_nfs4 && fpathconf(fd, _PC_ACL_EXTENDED) <= 0)
		return 0;
	sha256_init(&h);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		if ((lists[i].type == ACL_TYPE_NFS4) != has_nfs4)
			continue;
		acl_t acl = acl_get_fd_np(fd, lists[i].type);
		if (acl == NULL && !is_none(errno))
			return -1;
		if (acl == NULL)
			continue;
		bool counts = !says_nothing(acl, lists[i].type);
		int r = counts ? add_text(&h, lists[i].name, acl) : 0;
		acl_free(acl);
		if (r < 0)
			return -1;
		v->has_xattrs = v->has_xattrs || counts;
	}
	if (v->has_xattrs)
		sha256_end(&h, v->xattrs);
	return 0;
}

int
seal_xattrs_of_path(struct seal_xattrs *x, int pathfd, struct seal_entry *v)
{
	return 0;
}
