/* SPDX-License-Identifier: BSD-3-Clause */
/* See message.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vmm/dev/vhost_user/message.h"

#define HEAD_SIZE    offsetof(struct vhost_user_message, value)
#define PAYLOAD_SIZE (sizeof(struct vhost_user_message) - HEAD_SIZE)

union control {
	char bytes[CMSG_SPACE(VHOST_USER_FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

void vhost_user_patience_begin(struct vhost_user_patience *p, int ms)
{
	p->until_ms = now_ms() + ms;
}

static int wait_for(int fd, short events, const struct vhost_user_patience *p)
{
	long long left = p->until_ms - now_ms();
	struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = p->end, .events = POLLIN}};
	int ret = poll(fds, 2, left > 0 ? (int)left : 0);

	if (ret < 0)
		return errno == EINTR ? 0 : -errno;
	if (ret == 0)
		return -ETIMEDOUT;
	return fds[1].revents ? -ECANCELED : 0;
}

/* After a call of the socket's that failed: 0 if it is worth another try. */
static int try_again(int fd, short events, const struct vhost_user_patience *p)
{
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return wait_for(fd, events, p);
}

static void attach(struct msghdr *h, union control *c, const int *fds, size_t count)
{
	struct cmsghdr *head;

	if (count == 0)
		return;
	memset(c, 0, sizeof(*c));
	h->msg_control = c->bytes;
	h->msg_controllen = CMSG_SPACE(count * sizeof(int));
	head = CMSG_FIRSTHDR(h);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(head), fds, count * sizeof(int));
}

int vhost_user_send(int fd, const struct vhost_user_message *m, const int *fds, size_t fd_count,
		    const struct vhost_user_patience *p)
{
	size_t done = 0, size = HEAD_SIZE + m->size;
	union control control;

	if (m->size > PAYLOAD_SIZE || fd_count > VHOST_USER_FDS_MAX)
		return -EPROTO;
	while (done < size) {
		struct iovec iov = {(char *)m + done, size - done};
		struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};
		ssize_t sent;
		int ret;

		attach(&h, &control, fds, done ? 0 : fd_count);
		sent = sendmsg(fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent >= 0) {
			done += (size_t)sent;
			continue;
		}
		ret = try_again(fd, POLLOUT, p);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static void close_attached(struct msghdr *h)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		size_t count, i;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			close(fd);
		}
	}
}

static int receive_all(int fd, void *to, size_t size, const struct vhost_user_patience *p)
{
	size_t done = 0;

	while (done < size) {
		struct iovec iov = {(char *)to + done, size - done};
		union control control;
		struct msghdr h = {.msg_iov = &iov,
				   .msg_iovlen = 1,
				   .msg_control = control.bytes,
				   .msg_controllen = sizeof(control.bytes)};
		ssize_t got = recvmsg(fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		int ret = 0;

		if (got == 0)
			return -EPIPE;
		if (got < 0)
			ret = try_again(fd, POLLIN, p);
		else
			close_attached(&h);
		if (ret < 0)
			return ret;
		done += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

int vhost_user_receive(int fd, struct vhost_user_message *m, const struct vhost_user_patience *p)
{
	int ret;

	memset(m, 0, sizeof(*m));
	ret = receive_all(fd, m, HEAD_SIZE, p);
	if (ret < 0)
		return ret;
	if (m->size > PAYLOAD_SIZE)
		return -EPROTO;
	return receive_all(fd, (char *)m + HEAD_SIZE, m->size, p);
}
