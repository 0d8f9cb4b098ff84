/*
 * Addresses of the internet as text: inet_ntop(3), inet_pton(3) and the numbers of the families, for which FreeBSD
 * wants a second header.  No calls.
 */
#ifndef WARDER_BASE_INET_H
#define WARDER_BASE_INET_H

#include <sys/socket.h>

#include <arpa/inet.h>

#endif
