/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of sockets in digits, as both sides of the exchange of secrets are given them. */
#ifndef LIB_INCLUDE_KBS_ADDRESS_H
#define LIB_INCLUDE_KBS_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/vm_sockets.h>

union kbs_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_vm vm;
};

/*
 * "ADDRESS:PORT" in IPv4, "[ADDRESS]:PORT" in IPv6, or "vsock:CID:PORT". The size of the address,
 * or 0 if the text is none of these.
 */
socklen_t kbs_address_parse(const char *text, union kbs_address *a);

#endif
