/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Heads of HTTP/1.1 messages (RFC 9112), as much of it as the exchange of secrets needs: a body has
 * its length in the head or is not there. What is larger, unclear or said twice is refused. Pure.
 */
#ifndef LIB_INCLUDE_KBS_HTTP_H
#define LIB_INCLUDE_KBS_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEAD_MAX	 8192
#define HTTP_BODY_MAX	 131072
#define HTTP_FIELDS_MAX	 64
#define HTTP_TARGET_MAX	 256
#define HTTP_SESSION_LEN 32

struct http_head {
	bool post; /* POST, or else GET */
	char target[HTTP_TARGET_MAX];
	int status; /* of an answer */
	size_t body;
	bool close;			    /* no other message comes after this one */
	char session[HTTP_SESSION_LEN + 1]; /* of the cookie; "" without one */
};

/* Length of the head at the start of a buffer, with the empty line that ends it; 0: not all there.
 */
size_t http_head_len(const char *buf, size_t len);

/*
 * A request's head, len as http_head_len() has it. 0, or the status to answer with: 400, 405, 411,
 * 413, 414, 431, 501 or 505.
 */
int http_parse_request(const char *head, size_t len, struct http_head *h);

/* An answer's head; NULL, or what is wrong with it. */
const char *http_parse_answer(const char *head, size_t len, struct http_head *h);

#endif
