/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses in digits, see kbs/address.h. */
#include <arpa/inet.h>
#include <kbs/address.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VSOCK "vsock:"

/* A decimal number up to most, with nothing behind it. */
static bool number(const char *text, unsigned long most, unsigned int *out)
{
	size_t len = strlen(text);
	unsigned long value = strtoul(text, NULL, 10);

	*out = (unsigned int)value;
	return len && len <= 10 && strspn(text, "0123456789") == len && value <= most;
}

static socklen_t parse_vsock(const char *text, union kbs_address *a)
{
	const char *colon = strchr(text, ':');
	char cid[16];

	if (!colon || (size_t)(colon - text) >= sizeof(cid))
		return 0;
	snprintf(cid, sizeof(cid), "%.*s", (int)(colon - text), text);
	a->vm.svm_family = AF_VSOCK;
	if (!number(cid, UINT32_MAX, &a->vm.svm_cid) ||
	    !number(colon + 1, UINT32_MAX, &a->vm.svm_port))
		return 0;
	return sizeof(a->vm);
}

socklen_t kbs_address_parse(const char *text, union kbs_address *a)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool six = len > 2 && text[0] == '[' && text[len - 1] == ']';
	char host[INET6_ADDRSTRLEN];
	unsigned int port;

	memset(a, 0, sizeof(*a));
	if (strncmp(text, VSOCK, strlen(VSOCK)) == 0)
		return parse_vsock(text + strlen(VSOCK), a);
	if (!colon || !number(colon + 1, UINT16_MAX, &port) || len - 2 * six >= sizeof(host))
		return 0;
	snprintf(host, sizeof(host), "%.*s", (int)(len - 2 * six), text + six);
	if (six) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host, &a->in6.sin6_addr) == 1 ? sizeof(a->in6) : 0;
	}
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &a->in.sin_addr) == 1 ? sizeof(a->in) : 0;
}
