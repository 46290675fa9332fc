/* SPDX-License-Identifier: BSD-3-Clause */
/* See link.h. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/dev/vhost_user/link.h"

#define F_PROTOCOL_FEATURES (1ULL << 30)
#define PROTOCOL_REPLY_ACK  (1ULL << 3)
#define PROTOCOL_CONFIG	    (1ULL << 9)
#define PROTOCOL_OURS	    (PROTOCOL_REPLY_ACK | PROTOCOL_CONFIG)

int vhost_user_deadline = 10000;

void vhost_user_link_begin(struct vhost_user_link *l)
{
	vhost_user_patience_begin(&l->patience, vhost_user_deadline);
}

static int receive(struct vhost_user_link *l, struct vhost_user_message *m, uint32_t request,
		   uint32_t size)
{
	int ret = vhost_user_receive(l->fd, m, &l->patience);

	if (ret < 0)
		return ret;
	if (m->request != request || m->size != size ||
	    (m->flags & ~VHOST_USER_NEED_REPLY) != (VHOST_USER_VERSION | VHOST_USER_REPLY))
		return -EPROTO;
	return 0;
}

/* A message whose reply is of the same size. */
static int get(struct vhost_user_link *l, struct vhost_user_message *m)
{
	uint32_t request = m->request, size = m->size;
	int ret;

	m->flags = VHOST_USER_VERSION;
	ret = vhost_user_send(l->fd, m, NULL, 0, &l->patience);
	return ret < 0 ? ret : receive(l, m, request, size);
}

static int get_value(struct vhost_user_link *l, uint32_t request, uint64_t *value)
{
	struct vhost_user_message m = {.request = request, .flags = VHOST_USER_VERSION};
	int ret = vhost_user_send(l->fd, &m, NULL, 0, &l->patience);

	if (ret == 0)
		ret = receive(l, &m, request, sizeof(m.value));
	*value = ret == 0 ? m.value : 0;
	return ret;
}

/* A message without a reply of its own, which the back end acknowledges if it can. */
static int set(struct vhost_user_link *l, struct vhost_user_message *m, const int *fds,
	       size_t count)
{
	bool acknowledged = l->protocol & PROTOCOL_REPLY_ACK;
	uint32_t request = m->request;
	int ret;

	m->flags = VHOST_USER_VERSION | (acknowledged ? VHOST_USER_NEED_REPLY : 0);
	ret = vhost_user_send(l->fd, m, fds, count, &l->patience);
	if (ret < 0 || !acknowledged)
		return ret;
	ret = receive(l, m, request, sizeof(m->value));
	return ret == 0 && m->value ? -EREMOTEIO : ret;
}

static int set_value(struct vhost_user_link *l, uint32_t request, uint64_t value)
{
	struct vhost_user_message m = {.request = request, .size = sizeof(m.value), .value = value};

	return set(l, &m, NULL, 0);
}

static int set_state(struct vhost_user_link *l, uint32_t request, unsigned int index, uint32_t num)
{
	struct vhost_user_message m = {
		.request = request, .size = sizeof(m.state), .state = {index, num}};

	return set(l, &m, NULL, 0);
}

static int set_event(struct vhost_user_link *l, uint32_t request, unsigned int index, int fd)
{
	struct vhost_user_message m = {.request = request, .size = sizeof(m.value), .value = index};

	return set(l, &m, &fd, 1);
}

int vhost_user_link_open(struct vhost_user_link *l)
{
	struct vhost_user_message owner = {.request = VHOST_USER_SET_OWNER};
	uint64_t protocol = 0;
	int ret = get_value(l, VHOST_USER_GET_FEATURES, &l->features);

	l->protocol = 0;
	if (ret == 0 && l->features & F_PROTOCOL_FEATURES) {
		ret = get_value(l, VHOST_USER_GET_PROTOCOL_FEATURES, &protocol);
		protocol &= PROTOCOL_OURS;
		ret = ret ?: set_value(l, VHOST_USER_SET_PROTOCOL_FEATURES, protocol);
	}
	l->protocol = protocol;
	return ret ?: set(l, &owner, NULL, 0);
}

int vhost_user_link_config(struct vhost_user_link *l, uint8_t *bytes, size_t size)
{
	struct vhost_user_message m = {.request = VHOST_USER_GET_CONFIG};
	int ret;

	if (!(l->protocol & PROTOCOL_CONFIG))
		return -EOPNOTSUPP;
	if (size > sizeof(m.config.bytes))
		return -E2BIG;
	m.config.size = (uint32_t)size;
	m.size = (uint32_t)(offsetof(struct vhost_user_config, bytes) + size);
	ret = get(l, &m);
	if (ret == 0 && (m.config.offset || m.config.size != size))
		ret = -EPROTO;
	if (ret == 0)
		memcpy(bytes, m.config.bytes, size);
	return ret;
}

int vhost_user_link_features(struct vhost_user_link *l, uint64_t features)
{
	features |= l->features & F_PROTOCOL_FEATURES;
	return set_value(l, VHOST_USER_SET_FEATURES, features);
}

int vhost_user_link_memory(struct vhost_user_link *l, const struct vhost_user_region *regions,
			   size_t count)
{
	struct vhost_user_message m = {.request = VHOST_USER_SET_MEM_TABLE};
	int fds[VHOST_USER_REGIONS_MAX];
	size_t i;

	if (count > VHOST_USER_REGIONS_MAX)
		return -E2BIG;
	m.memory.count = (uint32_t)count;
	for (i = 0; i < count; i++) {
		m.memory.regions[i].base = regions[i].base;
		m.memory.regions[i].size = regions[i].size;
		m.memory.regions[i].user = regions[i].user;
		fds[i] = regions[i].fd;
	}
	m.size = (uint32_t)(offsetof(struct vhost_user_memory, regions) +
			    count * sizeof(m.memory.regions[0]));
	return set(l, &m, fds, count);
}

int vhost_user_link_start(struct vhost_user_link *l, const struct vhost_user_ring *r)
{
	struct vhost_user_message places = {
		.request = VHOST_USER_SET_VRING_ADDR,
		.size = sizeof(places.addr),
		.addr = {.index = r->index, .desc = r->desc, .used = r->used, .avail = r->avail},
	};
	int ret = set_state(l, VHOST_USER_SET_VRING_NUM, r->index, r->size);

	ret = ret ?: set_state(l, VHOST_USER_SET_VRING_BASE, r->index, r->base);
	ret = ret ?: set(l, &places, NULL, 0);
	ret = ret ?: set_event(l, VHOST_USER_SET_VRING_CALL, r->index, r->call);
	ret = ret ?: set_event(l, VHOST_USER_SET_VRING_KICK, r->index, r->kick);
	if (ret < 0 || !(l->features & F_PROTOCOL_FEATURES))
		return ret;
	return set_state(l, VHOST_USER_SET_VRING_ENABLE, r->index, 1);
}

int vhost_user_link_stop(struct vhost_user_link *l, unsigned int index)
{
	struct vhost_user_message m = {.request = VHOST_USER_GET_VRING_BASE,
				       .size = sizeof(m.state),
				       .state = {.index = index}};
	int ret = get(l, &m);

	return ret == 0 && m.state.index != index ? -EPROTO : ret;
}

bool vhost_user_link_is_lost(const struct vhost_user_link *l)
{
	char byte;

	return recv(l->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
	       (errno != EAGAIN && errno != EINTR);
}

void vhost_user_link_close(struct vhost_user_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
