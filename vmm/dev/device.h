/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a device is to the rest of the VMM: a description that says where the guest finds it, and
 * functions. To add a device, write its file, which defines its struct device, and put its name
 * into list.h; nothing else changes.
 *
 * The description alone must do for the device tree, which is also made where no VM is. What a
 * device needs while it runs it gets in open(): it may register descriptors with the loop, raise
 * its interrupt by gic_set_spi(), and use the VM's descriptor to have KVM do things for it. All
 * that it has taken it gives back in close().
 */
#ifndef VMM_DEV_DEVICE_H
#define VMM_DEV_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/dev/config.h"
#include "vmm/dev/list.h"

#define DEVICE_REGIONS 2
#define DEVICE_NO_SPI  (-1)

struct back_ends;
struct console;
struct loop;
struct tree;
struct vm;

/* What devices are opened with. It is gone after open(), what it points to stays until close(). */
struct device_context {
	struct vm *vm; /* without vCPUs that run */
	struct loop *loop;
	struct console *console;
	const struct device_config *config;
	const struct back_ends *back_ends; /* of devices that other programs serve; may be NULL */
};

/* Guest-physical addresses from MAP_DEVICES on; size 0: there is none. */
struct device_region {
	uint64_t base;
	uint64_t size;
};

struct device {
	const char *name; /* of its node, without the address */
	struct device_region regions[DEVICE_REGIONS];
	int spi;       /* its level-triggered interrupt, counted from 0, or DEVICE_NO_SPI */
	int more_spis; /* how many that follow it are the device's, too */

	/* Whether the guest has it. Pure: the result is measured. NULL: always. */
	bool (*is_wanted)(const struct device_config *c);

	/* Writes the device's node or nodes. Pure: the result is measured. NULL: it has none. */
	void (*node)(const struct device *d, struct tree *t);

	/*
	 * Main thread, before vCPUs run: opens all that the device will need. An error has a text,
	 * and leaves nothing behind.
	 */
	int (*open)(const struct device *d, const struct device_context *c, void **state);
	/*
	 * Starts the device's threads. Main thread, once all devices are open and the process is
	 * confined. An error has a text. NULL: it has none.
	 */
	int (*start)(void *state);
	/*
	 * The guest starts anew, in a VM of the same place and memory: as after open(). Main
	 * thread, while no vCPU runs. NULL: the device keeps nothing that the guest has changed.
	 */
	void (*reset)(void *state);
	/* Main thread, after vCPUs have stopped. */
	void (*close)(void *state);

	/*
	 * Somebody outside presses the machine's power key. Main thread. -ENOTCONN if nothing in
	 * the guest listens. NULL: the device has no such key.
	 */
	int (*press)(void *state);

	/*
	 * An access of the guest, by the thread of its vCPU; several may come at once. `offset`
	 * lies in the region of this index, and so does the whole access of `size` (1 to 8) bytes.
	 * NULL: reads as ones, ignores writes.
	 */
	uint64_t (*read)(void *state, unsigned int region, uint64_t offset, unsigned int size);
	void (*write)(void *state, unsigned int region, uint64_t offset, unsigned int size,
		      uint64_t value);
};

#define DEVICE_DECLARE(name) extern const struct device name##_device;
DEVICE_LIST(DEVICE_DECLARE)
#undef DEVICE_DECLARE

/* How many devices list.h has. */
#define DEVICE_COUNT_ONE(name) +1
enum { DEVICE_COUNT = DEVICE_LIST(DEVICE_COUNT_ONE) };
#undef DEVICE_COUNT_ONE

/* Those of list.h that the configuration wants, in their order. Returns how many. */
size_t devices_choose(const struct device_config *c, const struct device *list[DEVICE_COUNT]);

/* Most nodes have this much in common: name, compatible and reg, then the interrupt at the end. */
void device_begin_node(const struct device *d, struct tree *t, const char *compatible);
void device_end_node(const struct device *d, struct tree *t);

/* The devices of one VM. */
struct devices {
	const struct device *const *list;
	size_t count; /* of those that are open */
	void **states;
};

/*
 * Opens the devices of a list in its order. -EINVAL with an error text if one is not where devices
 * may be, or two have an address or an interrupt in common; other errors are a device's own. After
 * an error nothing is open.
 */
int devices_open(struct devices *ds, const struct device *const *list, size_t count,
		 const struct device_context *c);

/* Starts the threads of all that are open. An error has a text. */
int devices_start(struct devices *ds);

/* Brings all that are open into the state in which open() left them. */
void devices_reset(struct devices *ds);

/* Presses the power key. -ENOTCONN, without an error text, if nothing in the guest listens. */
int devices_press_key(struct devices *ds);

/* Closes those that are open, the last one first. */
void devices_close(struct devices *ds);

/*
 * An access of a vCPU of 1 to 8 bytes at this address: `data` is what is written, or gets what is
 * read. What lies in no device, or not wholly in one region, reads as ones and ignores writes, like
 * a bus with nothing on it. Any thread.
 */
void devices_access(void *devices, uint64_t address, uint8_t *data, unsigned int size,
		    bool is_write);

#endif
