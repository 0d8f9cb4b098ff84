/*
 * One datagram to a manager of services, such as systemd for units of Type=notify.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fd.h"
#include "cli/notify.h"

int
notify_ready(int pid, struct err *e)
{
	const char *to = getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	char text[64];

	if (to == NULL)
		return 0;
	if ((to[0] != '/' && to[0] != '@') || to[1] == '\0' || strlen(to) >= sizeof(at.sun_path))
		return err_set(
			e, ERR_FAILED, "notify", to, "NOTIFY_SOCKET has neither a path nor the name of a socket");
	memcpy(at.sun_path, to, strlen(to) + 1);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(to));
	if (to[0] == '@')
		at.sun_path[0] = '\0';
	else
		size++;
	int n = snprintf(text, sizeof(text), "MAINPID=%d\nREADY=1", pid);
	fd_auto fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || sendto(fd, text, (size_t)n, MSG_NOSIGNAL, (const struct sockaddr *)&at, size) != n)
		return err_sys(e, "notify", to);
	return 0;
}
