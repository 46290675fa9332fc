/* SPDX-License-Identifier: BSD-3-Clause */
/* The Realm's side of the exchange of secrets (docs/keyserver.md). */
#ifndef GUEST_ATTEST_EXCHANGE_H
#define GUEST_ATTEST_EXCHANGE_H

#include <kbs/address.h>
#include <stddef.h>
#include <stdint.h>

#define EXCHANGE_WHY_MAX 256

struct exchange_request {
	union kbs_address server;
	socklen_t server_size;
	const char *path;	 /* of the secret: three names */
	unsigned int deadline_s; /* of each of the server's answers */
	/* Makes a token over a challenge of 64 bytes: its length, or a negative errno. */
	int (*token)(const uint8_t *challenge, size_t challenge_len, uint8_t *buf, size_t size);
};

/*
 * Gets a secret of at most size bytes. 0, or -1 with the reason in words, printable: what the
 * server says may be said by whoever is between.
 */
int exchange_get(const struct exchange_request *request, uint8_t *secret, size_t size, size_t *len,
		 char why[EXCHANGE_WHY_MAX]);

#endif
