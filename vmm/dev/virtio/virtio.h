/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all virtio devices have in common (virtio 1.2 section 2): status, features, queues, and a
 * thread of their own in which they serve their queues, so that no vCPU waits for what they do. A
 * transport (pci.h) translates the driver's accesses into the calls below.
 *
 * A device is a struct virtio_type and the state of it. Its functions run under the device's lock.
 */
#ifndef VMM_DEV_VIRTIO_VIRTIO_H
#define VMM_DEV_VIRTIO_VIRTIO_H

#include <linux/virtio_config.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/dev/virtio/queue.h"
#include "vmm/loop/loop.h"

#define VIRTIO_QUEUES_MAX 3
#define VIRTIO_CONFIG	  (-1) /* instead of a queue's number: the device's configuration */

#define VIRTIO_FEATURE(bit) (1ULL << (bit))

struct virtio;

/* One 32-bit half of a 64-bit value, as registers show it; there are no more than two. */
static inline uint32_t virtio_word(uint64_t value, uint32_t index)
{
	return index < 2 ? (uint32_t)(value >> 32 * index) : 0;
}

/* The value with that half replaced. */
static inline uint64_t virtio_with_word(uint64_t value, uint32_t index, uint32_t part)
{
	if (index >= 2)
		return value;
	return (value & ~(0xffffffffULL << 32 * index)) | (uint64_t)part << 32 * index;
}

struct virtio_type {
	uint16_t id;	     /* virtio 1.2 section 5 */
	uint32_t pci_class;  /* class, subclass and interface */
	unsigned int queues; /* at most VIRTIO_QUEUES_MAX */
	uint16_t queue_size; /* a power of two, at most VIRTIO_QUEUE_MAX */

	/* Its loop is there, and takes sources; an error has a text. May be NULL. */
	int (*opened)(struct virtio *v);
	/*
	 * There may be chains in this queue: the device's thread calls virtio_serve() or takes them
	 * itself.
	 */
	void (*kicked)(struct virtio *v, unsigned int queue);
	/* The driver is ready, and v->accepted is what it takes. May be NULL. */
	void (*started)(struct virtio *v);
	/*
	 * The driver has reset the device. May be NULL. False: the device lets go of the driver's
	 * memory later and says so by virtio_was_reset(). Until then the driver does not read a
	 * status of 0, for which it has to wait (virtio 1.2 section 4.1.4.3.2; not on virtio-mmio).
	 */
	bool (*stopped)(struct virtio *v);
	/*
	 * The driver has written a byte of the configuration, of those that it may write. Only
	 * devices on virtio-mmio (mmio.h) have any. May be NULL.
	 */
	void (*configure)(struct virtio *v, uint32_t offset, uint8_t value);
	/* Gives back the owner, when the thread has ended. */
	void (*close)(void *owner);
};

struct virtio {
	const struct virtio_type *type;
	void *owner; /* the device's own state */
	struct guest_memory memory;
	const atomic_int *vm_end;   /* not 0 once the VM has ended; NULL if nobody says so */
	uint64_t offered, required; /* features; what is required is offered, too */
	uint64_t withheld;	    /* not offered, although all other devices have them */
	uint8_t config[136];	    /* the device's configuration; under the lock once it runs */
	size_t config_size;
	uint8_t generation; /* another one after each change that is not the driver's */

	/* Tells the driver. Under the lock; set by the transport, which `transport` belongs to. */
	void (*interrupt)(void *transport, int queue);
	void *transport;

	pthread_mutex_t lock;
	atomic_uint wanted;  /* threads of vCPUs that wait for the lock */
	atomic_uchar status; /* changes only under the lock */
	bool resetting;	     /* the device has not let go yet; under the lock */
	pthread_cond_t was_reset;
	uint64_t accepted;
	struct virtio_queue queues[VIRTIO_QUEUES_MAX];
	struct virtio_chain chain; /* the one that virtio_serve() is at */

	/* The thread: its loop is used by itself alone once it runs. */
	struct loop loop;
	struct loop_source kicks[VIRTIO_QUEUES_MAX];
	atomic_uint kicks_begun, kicks_done; /* by virtio_kick(), to see one that blocks */
	int end;			     /* event */
	pthread_t thread;
	bool running;
};

/*
 * Fills in what virtio.h owns; type, owner, memory, features and config are set already.
 * An error has a text; virtio_close() comes after either result.
 */
int virtio_open(struct virtio *v);

/* Starts the thread, which takes no signals. From now on the driver may come. */
int virtio_run(struct virtio *v);

/* Ends the thread, and has the device give back its owner. */
void virtio_close(struct virtio *v);

/* For the transport, in a vCPU's thread: virtio_lock() comes before all but reads of `status`. */
void virtio_lock(struct virtio *v);
void virtio_unlock(struct virtio *v);

/* Without the lock: the driver has put chains into a queue. */
void virtio_kick(struct virtio *v, unsigned int queue);

/*
 * The device's thread, without the lock: puts new events in the place of the kicks' ones, of which
 * another process may have copies. Such a process can make an event one that blocks and fill it;
 * who waits at the old one then goes on. Without room for descriptors all stays as it is.
 */
void virtio_renew_kicks(struct virtio *v);

/* Under the lock: the driver writes the status, with 0 it resets the device. */
void virtio_set_status(struct virtio *v, uint8_t status);

/* Under the lock: the device has let go of the driver's memory. */
void virtio_was_reset(struct virtio *v);

/* Under the lock, which is given up meanwhile: waits until it has. */
void virtio_wait_for_reset(struct virtio *v);

/* Under the lock: what the driver accepts; counts until it has said FEATURES_OK. */
void virtio_accept(struct virtio *v, uint64_t features);

/* Under the lock: the driver enables a queue. */
void virtio_enable(struct virtio *v, struct virtio_queue *q);

/* Under the lock: the device has changed its configuration. */
void virtio_config_changed(struct virtio *v);

/* Under the lock: the driver did what is not allowed. Nothing works until it resets the device. */
void virtio_break(struct virtio *v);

/* Whether queues may be served: the driver is ready, and the device is not broken. Under the lock.
 */
bool virtio_is_running(const struct virtio *v);

/* Whether the VM has ended: long work is left as it is then. Any thread. */
bool virtio_has_ended(const struct virtio *v);

/*
 * Serves a queue from its device's thread: each chain goes to the function, which returns how many
 * bytes it has written, and then back to the driver. After as many chains as the queue can have, or
 * when a vCPU waits for the lock, the rest is left for another turn of the loop. When the VM has
 * ended, no chain is served any more.
 */
void virtio_serve(struct virtio *v, unsigned int queue,
		  uint32_t (*serve)(struct virtio *v, struct virtio_chain *c));

/* Interrupts the driver if it wants it for what was pushed since. */
void virtio_interrupt(struct virtio *v, unsigned int queue);

#endif
