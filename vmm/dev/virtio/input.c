/* SPDX-License-Identifier: BSD-3-Clause */
/* The power key, see input.h. */
#include <errno.h>
#include <linux/input-event-codes.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_input.h>
#include <string.h>
#include <util.h>

#include "vmm/dev/virtio/chain.h"
#include "vmm/dev/virtio/input.h"

#define EVENTS	   0 /* queues */
#define STATUS	   1
#define QUEUES	   2
#define QUEUE_SIZE 16
#define CLASS	   0x098000 /* input, other */
#define NAME	   "kvm-cca power key"
#define BUS	   0x06 /* BUS_VIRTUAL of <linux/input.h> */

#define SELECT_AT 0 /* of the configuration, what the driver writes */
#define SUBSEL_AT 1

/* What there is of each kind of event: keys by their bits, and nothing else. */
static unsigned int event_bits(uint8_t kind, uint8_t *bits)
{
	if (kind != EV_KEY)
		return 0;
	bits[KEY_POWER / 8] = 1 << KEY_POWER % 8;
	return KEY_POWER / 8 + 1;
}

static unsigned int describe(uint8_t select, uint8_t subsel, struct virtio_input_config *c)
{
	switch (select) {
	case VIRTIO_INPUT_CFG_ID_NAME:
		memcpy(c->u.string, NAME, sizeof(NAME) - 1);
		return sizeof(NAME) - 1;
	case VIRTIO_INPUT_CFG_ID_DEVIDS:
		c->u.ids = (struct virtio_input_devids){.bustype = BUS};
		return sizeof(c->u.ids);
	case VIRTIO_INPUT_CFG_EV_BITS:
		return event_bits(subsel, c->u.bitmap);
	default:
		return 0;
	}
}

/* The rest of the configuration is the answer to what the driver selects. */
static void configure(struct virtio *v, uint32_t offset, uint8_t value)
{
	struct virtio_input_config c = {0};

	if (offset != SELECT_AT && offset != SUBSEL_AT)
		return;
	v->config[offset] = value;
	c.select = v->config[SELECT_AT];
	c.subsel = v->config[SUBSEL_AT];
	c.size = (uint8_t)describe(c.select, c.subsel, &c);
	memcpy(v->config, &c, sizeof(c));
}

/* What the driver says of LEDs and the like: there are none. */
static uint32_t ignore(struct virtio *v, struct virtio_chain *c)
{
	return 0;
}

static void kicked(struct virtio *v, unsigned int queue)
{
	if (queue == STATUS)
		virtio_serve(v, queue, ignore);
}

static void close_input(void *owner)
{
}

static const struct virtio_type type = {
	.id = VIRTIO_ID_INPUT,
	.pci_class = CLASS,
	.queues = QUEUES,
	.queue_size = QUEUE_SIZE,
	.kicked = kicked,
	.configure = configure,
	.close = close_input,
};

void virtio_input_open(struct virtio *v)
{
	v->type = &type;
	v->config_size = sizeof(struct virtio_input_config);
	_Static_assert(sizeof(struct virtio_input_config) <= sizeof(v->config), "it has room");
}

/* A buffer of the driver's for each of so many events. -EAGAIN if there are fewer. */
static int has_room(struct virtio *v, size_t count)
{
	struct virtio_queue *q = &v->queues[EVENTS];
	const struct virtio_queue mark = *q;
	int ret = 1;

	while (count-- && ret > 0)
		ret = virtio_queue_pop(q, &v->chain);
	if (ret < 0)
		virtio_break(v);
	else
		virtio_queue_rewind(q, &mark);
	return ret > 0 ? 0 : -EAGAIN;
}

static int send(struct virtio *v, const struct virtio_input_event *event)
{
	struct virtio_queue *q = &v->queues[EVENTS];
	struct buffers in;

	if (virtio_queue_pop(q, &v->chain) <= 0) {
		virtio_break(v);
		return -EAGAIN;
	}
	in = (struct buffers){virtio_chain_in(&v->chain), v->chain.in_count};
	virtio_queue_push(q, &v->chain, (uint32_t)buffers_write(&in, event, sizeof(*event)));
	return 0;
}

static int press_locked(struct virtio *v)
{
	static const struct virtio_input_event events[] = {
		{EV_KEY, KEY_POWER, 1},
		{EV_SYN, SYN_REPORT, 0},
		{EV_KEY, KEY_POWER, 0},
		{EV_SYN, SYN_REPORT, 0},
	};
	size_t i;
	int ret;

	if (!virtio_is_running(v))
		return -ENOTCONN;
	ret = has_room(v, ARRAY_SIZE(events));
	for (i = 0; i < ARRAY_SIZE(events) && ret == 0; i++)
		ret = send(v, &events[i]);
	if (ret == 0) {
		virtio_queue_publish(&v->queues[EVENTS]);
		virtio_interrupt(v, EVENTS);
	}
	return ret;
}

int virtio_input_press(struct virtio *v)
{
	int ret;

	virtio_lock(v);
	ret = press_locked(v);
	virtio_unlock(v);
	return ret;
}
