/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of the vhost-user protocol between a VMM (front end) and the program that serves a
 * device (back end), over a connected stream socket. The other side is hostile: a message has a
 * bound, a reply has a deadline, and descriptors that nobody asked for are closed.
 */
#ifndef VMM_DEV_VHOST_USER_MESSAGE_H
#define VMM_DEV_VHOST_USER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define VHOST_USER_FDS_MAX     8
#define VHOST_USER_REGIONS_MAX 8
#define VHOST_USER_CONFIG_MAX  256

enum vhost_user_request {
	VHOST_USER_GET_FEATURES = 1,
	VHOST_USER_SET_FEATURES = 2,
	VHOST_USER_SET_OWNER = 3,
	VHOST_USER_SET_MEM_TABLE = 5,
	VHOST_USER_SET_VRING_NUM = 8,
	VHOST_USER_SET_VRING_ADDR = 9,
	VHOST_USER_SET_VRING_BASE = 10,
	VHOST_USER_GET_VRING_BASE = 11,
	VHOST_USER_SET_VRING_KICK = 12,
	VHOST_USER_SET_VRING_CALL = 13,
	VHOST_USER_GET_PROTOCOL_FEATURES = 15,
	VHOST_USER_SET_PROTOCOL_FEATURES = 16,
	VHOST_USER_SET_VRING_ENABLE = 18,
	VHOST_USER_GET_CONFIG = 24,
};

#define VHOST_USER_VERSION    1u
#define VHOST_USER_REPLY      (1u << 2)
#define VHOST_USER_NEED_REPLY (1u << 3)

struct vhost_user_state {
	uint32_t index, num;
};

struct vhost_user_addr {
	uint32_t index, flags;
	uint64_t desc, used, avail, log;
};

struct vhost_user_memory {
	uint32_t count, padding;
	struct {
		uint64_t base, size, user, offset;
	} regions[VHOST_USER_REGIONS_MAX];
};

struct vhost_user_config {
	uint32_t offset, size, flags;
	uint8_t bytes[VHOST_USER_CONFIG_MAX];
};

struct vhost_user_message {
	uint32_t request, flags, size; /* size: of what follows */
	union {
		uint64_t value;
		struct vhost_user_state state;
		struct vhost_user_addr addr;
		struct vhost_user_memory memory;
		struct vhost_user_config config;
	};
} __attribute__((packed));

/* How long the other side is waited for. */
struct vhost_user_patience {
	long long until_ms; /* on the monotonic clock */
	int end;	    /* an event: once it is signalled nobody waits any more. -1: none */
};

/* It ends in so many ms. */
void vhost_user_patience_begin(struct vhost_user_patience *p, int ms);

/*
 * Sends a message with descriptors, or receives one. Negative errno: -EPIPE if the other side is
 * gone, -ETIMEDOUT if it did not take or give all of it in time, -ECANCELED if the event came
 * before, -EPROTO if the message is too long. The socket must not block.
 */
int vhost_user_send(int fd, const struct vhost_user_message *m, const int *fds, size_t fd_count,
		    const struct vhost_user_patience *p);
int vhost_user_receive(int fd, struct vhost_user_message *m, const struct vhost_user_patience *p);

#endif
