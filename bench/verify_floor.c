/*
 * What reading and hashing a tree costs in plain C: a walk, then each file opened, read and
 * hashed with libcrypto's SHA-256, by as many threads as are asked for.  It compares nothing and checks nothing.
 *
 *	verify_floor THREADS DIRECTORY
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <dirent.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_SIZE = 128 << 10, MAX_THREADS = 64 };

static char **paths;
static size_t npaths, cap, next_path;
static unsigned char sum[SHA256_DIGEST_LENGTH]; /* so that nothing is left out */

static void
walk(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *x;
	struct stat st;

	while (d && (x = readdir(d))) {
		char *path = NULL;
		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(d), x->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			asprintf(&path, "%s/%s", dir, x->d_name) < 0)
			exit(1);
		if (S_ISDIR(st.st_mode))
			walk(path);
		if (!S_ISREG(st.st_mode)) {
			free(path);
			continue;
		}
		if (npaths == cap) {
			cap = cap ? 2 * cap : 4096;
			char **more = reallocarray(paths, cap, sizeof(*paths));
			if (!more)
				exit(1);
			paths = more;
		}
		paths[npaths++] = path;
	}
	if (d)
		closedir(d);
}

static void *
hash(void *arg)
{
	char *buf = malloc(READ_SIZE);
	size_t i;

	while (buf && (i = __atomic_fetch_add(&next_path, 1, __ATOMIC_RELAXED)) < npaths) {
		SHA256_CTX h;
		unsigned char digest[SHA256_DIGEST_LENGTH];
		ssize_t n;
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		SHA256_Init(&h);
		while ((n = read(fd, buf, READ_SIZE)) > 0)
			SHA256_Update(&h, buf, (size_t)n);
		SHA256_Final(digest, &h);
		close(fd);
		__atomic_fetch_xor(&sum[0], digest[0], __ATOMIC_RELAXED);
	}
	free(buf);
	return arg;
}

int
main(int argc, char **argv)
{
	pthread_t t[MAX_THREADS];
	long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	if (n < 1 || n > MAX_THREADS)
		return 64;
	walk(argv[2]);
	for (int i = 0; i < n; i++)
		if (pthread_create(&t[i], NULL, hash, NULL) != 0)
			return 1;
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	printf("%zu files %02x\n", npaths, sum[0]);
	return 0;
}
