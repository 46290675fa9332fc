/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection to a vhost-user back end: what a front end may ask of it, one function each. Every
 * function ends within the deadline, or when `patience.end` is signalled. After a negative errno
 * the connection is worth nothing any more. -EPROTO: the back end broke a rule of the protocol. One
 * thread at a time.
 */
#ifndef VMM_DEV_VHOST_USER_LINK_H
#define VMM_DEV_VHOST_USER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/dev/vhost_user/message.h"

/* How long a back end may take for all that it is asked at once, in ms; a test sets less. */
extern int vhost_user_deadline;

struct vhost_user_link {
	int fd;		   /* -1: not connected */
	uint64_t features; /* virtio's, of the back end */
	uint64_t protocol; /* what both sides do beyond the first protocol */
	struct vhost_user_patience patience;
};

/* Memory that the back end gets, from the start of a file on. */
struct vhost_user_region {
	uint64_t base; /* the guest's address */
	uint64_t size;
	uint64_t user; /* this process's address, by which rings are named */
	int fd;
};

struct vhost_user_ring {
	unsigned int index;
	uint16_t size;
	uint16_t base; /* the first request that is to be served */
	uint64_t desc, avail, used;
	int kick, call; /* events */
};

/* The deadline is for all that is asked from now on until it begins anew. */
void vhost_user_link_begin(struct vhost_user_link *l);

/* Agrees on features of the protocol. */
int vhost_user_link_open(struct vhost_user_link *l);

/* The device's configuration, all of `size` bytes. -EOPNOTSUPP if the back end has none. */
int vhost_user_link_config(struct vhost_user_link *l, uint8_t *bytes, size_t size);

/* The features that the guest's driver has accepted, those of the link's own left out. */
int vhost_user_link_features(struct vhost_user_link *l, uint64_t features);

int vhost_user_link_memory(struct vhost_user_link *l, const struct vhost_user_region *regions,
			   size_t count);
int vhost_user_link_start(struct vhost_user_link *l, const struct vhost_user_ring *r);

/* Returns when the back end has let go of the ring. */
int vhost_user_link_stop(struct vhost_user_link *l, unsigned int index);

/* Whether there is something on the socket that nobody asked for, or its end. */
bool vhost_user_link_is_lost(const struct vhost_user_link *l);

void vhost_user_link_close(struct vhost_user_link *l);

#endif
