/* SPDX-License-Identifier: BSD-3-Clause */
/* The VMM's side of back_ends.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vmm/dev/vhost_user/back_ends.h"
#include "vmm/lib/error.h"

static bool is_socket(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISSOCK(s.st_mode);
}

static void add(struct back_ends *b, const struct back_end *e)
{
	b->list[b->count] = *e;
	b->list[b->count++].channel = -1;
}

static void list(struct back_ends *b, const struct device_config *c)
{
	size_t i;

	for (i = 0; i < c->disk_count; i++) {
		if (is_socket(c->disks[i].path))
			add(b, &(struct back_end){.kind = BACK_END_DISK,
						  .number = i,
						  .socket = c->disks[i].path});
	}
	for (i = 0; i < c->net_count; i++) {
		if (!c->nets[i].tap[0])
			add(b, &(struct back_end){
				       .kind = BACK_END_NET, .number = i, .net = &c->nets[i]});
	}
	for (i = 0; i < c->share_count; i++) {
		const struct share_config *s = &c->shares[i];

		add(b, &(struct back_end){.kind = BACK_END_SHARE,
					  .number = i,
					  .share = s,
					  .socket = is_socket(s->path) ? s->path : NULL});
	}
}

static void close_channels(int *channels, size_t count)
{
	while (count--)
		close(channels[count]);
}

/* In the new process: its ends take the place of the VMM's. */
static void be_starter(struct back_ends *b, const int *ends)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		close(b->list[i].channel);
		b->list[i].channel = ends[i];
	}
	starter_run(b);
}

int back_ends_start(struct back_ends *b, const struct device_config *c)
{
	int ends[sizeof(b->list) / sizeof(b->list[0])] = {0};
	size_t i;

	*b = (struct back_ends){0};
	list(b, c);
	if (b->count == 0)
		return 0;
	for (i = 0; i < b->count; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
			close_channels(ends, i);
			return error_set(-errno, "no socket for a device: %s", strerror(errno));
		}
		b->list[i].channel = pair[0];
		ends[i] = pair[1];
	}
	b->starter = fork();
	if (b->starter == 0)
		be_starter(b, ends);
	close_channels(ends, b->count);
	if (b->starter < 0)
		return error_set(-errno, "no process for a device: %s", strerror(errno));
	return 0;
}

const struct back_end *back_ends_find(const struct back_ends *b, enum back_end_kind kind,
				      size_t number)
{
	size_t i;

	for (i = 0; b && i < b->count; i++) {
		if (b->list[i].kind == kind && b->list[i].number == number)
			return &b->list[i];
	}
	return NULL;
}

void back_end_ask(int channel)
{
	static const char word;

	/* If nobody is there, the channel says so when it is read. */
	send(channel, &word, sizeof(word), MSG_NOSIGNAL | MSG_DONTWAIT);
}

int back_end_take(int channel, char text[BACK_END_TEXT])
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct back_end_answer answer = {0};
	struct iovec iov = {&answer, sizeof(answer)};
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	ssize_t got = recvmsg(channel, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;
	int fd;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -EPIPE;
	if (got != sizeof(answer))
		return -EPIPE;
	memcpy(text, answer.text, BACK_END_TEXT);
	text[BACK_END_TEXT - 1] = '\0';
	c = CMSG_FIRSTHDR(&h);
	if (answer.err || !c || c->cmsg_type != SCM_RIGHTS)
		return answer.err < 0 ? answer.err : -EPIPE;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

void back_ends_stop(struct back_ends *b)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		if (b->list[i].channel >= 0)
			close(b->list[i].channel);
	}
	b->count = 0;
	if (b->starter > 0)
		waitpid(b->starter, NULL, 0);
	b->starter = 0;
}
