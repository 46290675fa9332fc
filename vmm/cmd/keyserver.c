/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm keyserver`, see keyserver.h: reads files, listens, serves; the log is standard output. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "vmm/cmd/keyserver.h"
#include "vmm/cmd/keyserver_options.h"
#include "vmm/cmd/status.h"
#include "vmm/cmd/trust.h"
#include "vmm/keyserver/server.h"
#include "vmm/lib/error.h"

/* All that a server holds. */
struct job {
	struct keyserver_options options;
	struct trust trust;
	struct keyserver_secret secrets[KEYSERVER_SECRETS_MAX];
	struct keyserver keyserver;
	struct server server;
};

static void log_line(const char *peer, const char *text)
{
	printf("%s: %s\n", peer, text);
	fflush(stdout);
}

static int read_secret(struct job *job, size_t i)
{
	struct keyserver_secret *secret = &job->secrets[i];
	int ret = trust_read_file(job->options.secrets[i].file, &secret->data, &secret->len);

	secret->path = job->options.secrets[i].path;
	if (ret == 0 && secret->len > JWE_SECRET_MAX)
		ret = error_set(-EFBIG, "--secret %s: larger than %d bytes",
				job->options.secrets[i].file, JWE_SECRET_MAX);
	return ret;
}

static int read_files(struct job *job)
{
	const struct keyserver_options *o = &job->options;
	int ret = trust_load(&job->trust, &o->trust);
	size_t i;

	for (i = 0; i < o->secret_count && ret == 0; i++)
		ret = read_secret(job, i);
	if (ret == 0 && !o->trust.keys.count && !job->trust.policy.key_count)
		ret = error_set(-EINVAL,
				"no platform key: neither --key nor \"keys\" of the policy");
	return ret;
}

static int prepare(struct job *job)
{
	const struct keyserver_options *o = &job->options;

	job->keyserver.request = trust_request(&job->trust, &o->trust);
	job->keyserver.secrets = job->secrets;
	job->keyserver.secret_count = o->secret_count;
	job->keyserver.log = log_line;
	job->server.keyserver = &job->keyserver;
	job->server.deadline_s = o->deadline_s;
	if (!keyserver_init(&job->keyserver))
		return error_set(-EIO, "no random numbers: %s", strerror(errno));
	return 0;
}

static int listen_everywhere(struct job *job)
{
	const struct keyserver_options *o = &job->options;
	int ret = 0;
	size_t i;

	for (i = 0; i < o->listen_count && ret == 0; i++)
		ret = server_listen_tcp(&job->server, o->listen[i]);
	if (o->vsock && ret == 0)
		ret = server_listen_vsock(&job->server, o->vsock);
	return ret;
}

/* No core dump has the secrets, and no other process of the user reads them by ptrace(). */
static int hide_memory(void)
{
	return prctl(PR_SET_DUMPABLE, 0) ? error_set(-errno, "prctl: %s", strerror(errno)) : 0;
}

static int work(struct job *job)
{
	int ret = hide_memory();

	if (ret == 0)
		ret = read_files(job);
	if (ret == 0)
		ret = prepare(job);
	if (ret == 0)
		ret = listen_everywhere(job);
	if (ret == 0)
		ret = server_run(&job->server);
	return STATUS_NOT_STARTED;
}

int keyserver(int count, char **words)
{
	struct job *job = calloc(1, sizeof(*job));
	int status = STATUS_NOT_STARTED;
	size_t i;

	if (!job)
		error_set(-ENOMEM, "no memory");
	else if (keyserver_options_parse(count, words, &job->options))
		status = STATUS_USAGE;
	else
		status = work(job);
	for (i = 0; job && i < KEYSERVER_SECRETS_MAX; i++)
		free(job->secrets[i].data);
	if (job)
		trust_free(&job->trust);
	free(job);
	return status;
}
