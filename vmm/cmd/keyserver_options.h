/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `realm keyserver`: parsed and checked, nothing opened. For keyserver.c. */
#ifndef VMM_CMD_KEYSERVER_OPTIONS_H
#define VMM_CMD_KEYSERVER_OPTIONS_H

#include "vmm/cmd/trust_options.h"

#define KEYSERVER_SECRETS_MAX 64
#define KEYSERVER_LISTEN_MAX  8
#define KEYSERVER_PATH_MAX    128

struct keyserver_options {
	struct trust_options trust;
	struct {
		char path[KEYSERVER_PATH_MAX];
		const char *file;
	} secrets[KEYSERVER_SECRETS_MAX];
	size_t secret_count;
	const char *listen[KEYSERVER_LISTEN_MAX];
	size_t listen_count;
	unsigned int vsock; /* port; 0: none */
	unsigned int deadline_s;
};

/* -EINVAL with an error text that names the option and what it takes. */
int keyserver_options_parse(int count, char **words, struct keyserver_options *o);

#endif
