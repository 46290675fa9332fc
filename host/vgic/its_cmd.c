// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of an ITS and the tables they fill, see its_model.h.
 *
 * One at a time works on an ITS (`busy`), so what it has looked up stays, but for the registers: a
 * guest may write those meanwhile, and a command that it has so made void (`age`) changes nothing.
 * Memory of the guest is read, and memory is allocated, outside the lock. A command that is wrong
 * is passed over, as one of KVM's ITS is: nobody is told (GITS_TYPER.SEIS is 0).
 */
#include <linux/errno.h>

#include "host/vgic/its_model.h"

#define VALID	       (1ULL << 63)
#define TABLE_SIZE(r)  ((((r)&0xff) + 1) << 16)
#define TABLE_INDIRECT (1ULL << 62)
#define ENTRY_SIZE     8
#define L2_DEVICES     (0x10000 / ENTRY_SIZE) /* in one page of an indirect table */
#define QUEUE_ADDRESS  0xffffffffff000ULL
#define QUEUE_SIZE(r)  ((((r)&0xff) + 1) << 12)

#define CMD_SIZE 32

enum its_command {
	CMD_MOVI = 0x01,
	CMD_INT = 0x03,
	CMD_CLEAR = 0x04,
	CMD_SYNC = 0x05,
	CMD_MAPD = 0x08,
	CMD_MAPC = 0x09,
	CMD_MAPTI = 0x0a,
	CMD_MAPI = 0x0b,
	CMD_INV = 0x0c,
	CMD_INVALL = 0x0d,
	CMD_MOVALL = 0x0e,
	CMD_DISCARD = 0x0f,
};

struct its_cmd {
	u64 word[4];
	unsigned int age;
	unsigned int cost;
};

static u32 cmd_device(const struct its_cmd *cmd)
{
	return cmd->word[0] >> 32;
}

static u32 cmd_event(const struct its_cmd *cmd)
{
	return cmd->word[1];
}

static u32 cmd_collection(const struct its_cmd *cmd)
{
	return cmd->word[2] & 0xffff;
}

static u64 cmd_redist(u64 word)
{
	return word >> 16 & 0x7ffffffffULL;
}

static bool cmd_void(const struct its_model *its, const struct its_cmd *cmd)
{
	return its->age != cmd->age;
}

/* ---- tables ---- */

/* Where the device is or would be; NULL: no page of the table is there. */
static struct its_device **device_slot(struct its_model *its, u32 id)
{
	struct its_page *page;
	unsigned int index;

	if (id >= 1U << ITS_DEVICE_BITS)
		return NULL;
	index = array_index_nospec(id, 1U << ITS_DEVICE_BITS);
	page = its->pages[index / ITS_PAGE];
	return page ? &page->device[index % ITS_PAGE] : NULL;
}

static u16 *event_slot(struct its_model *its, u32 id, u32 event)
{
	struct its_device **slot = device_slot(its, id);

	if (!slot || !*slot || event >= (*slot)->nr_events)
		return NULL;
	return &(*slot)->lpi[array_index_nospec(event, (*slot)->nr_events)];
}

static struct vgic_lpi *event_lpi(struct its_model *its, u32 id, u32 event)
{
	u16 *slot = event_slot(its, id, event);

	return slot ? vgic_lpi(its->gic, *slot) : NULL;
}

static bool collection_fits(const struct its_model *its, u32 id)
{
	return its->collection_table & VALID && id < ITS_COLLECTIONS &&
	       id < TABLE_SIZE(its->collection_table) / ENTRY_SIZE;
}

/* NULL: it is mapped to none. */
static struct vgic_cpu *collection_target(const struct its_model *its, u32 id)
{
	unsigned int target;

	if (id >= ITS_COLLECTIONS)
		return NULL;
	target = its->target[array_index_nospec(id, ITS_COLLECTIONS)];
	return target ? its->gic->cpus[target - 1] : NULL;
}

/* The redistributor of a command, by its number. */
static struct vgic_cpu *redist_cpu(const struct its_model *its, u64 number)
{
	if (number >= its->gic->nr_cpus)
		return NULL;
	return its->gic->cpus[array_index_nospec(number, its->gic->nr_cpus)];
}

/* One event less is mapped to the LPI. Lock held. */
static void lpi_put(struct its_model *its, struct vgic_lpi *lpi)
{
	vgic_lpi_clear_pending(its->gic, &lpi->irq);
	if (!--lpi->events)
		vgic_lpi_set_owner(its->gic, &lpi->irq, NULL);
}

/* Unmaps the events of a device that is in no table any more, and frees it. Returns the units. */
static unsigned int device_drop(struct its_model *its, struct its_device *device)
{
	unsigned int i, cost = 0;

	for (i = 0; i < device->nr_events; i++) {
		if (i % VGIC_LPI_CHUNK == 0) {
			vgic_lock(its->gic);
			cost++;
		}
		if (device->lpi[i])
			lpi_put(its, vgic_lpi(its->gic, device->lpi[i]));
		if (i % VGIC_LPI_CHUNK == VGIC_LPI_CHUNK - 1 || i == device->nr_events - 1) {
			vgic_unlock(its->gic);
			vgic_relax();
		}
	}
	vgic_release(device);
	return cost;
}

/* ---- all LPIs ---- */

struct lpi_walk {
	/* Lock held. */
	void (*visit)(struct its_model *its, struct vgic_lpi *lpi, const struct lpi_walk *walk);
	u32 collection;
	bool any_collection;
	struct vgic_cpu *from;
	struct vgic_cpu *to;
	const u8 *properties; /* of the chunk */
};

static void walk_chunk(struct its_model *its, unsigned int index, const struct lpi_walk *walk)
{
	unsigned int i;

	vgic_lock(its->gic);
	for (i = 0; i < VGIC_LPI_CHUNK; i++) {
		struct vgic_lpi *lpi = &its->gic->lpis[index]->lpi[i];

		if (lpi->events)
			walk->visit(its, lpi, walk);
	}
	vgic_unlock(its->gic);
	vgic_relax();
}

static unsigned int walk_lpis(struct its_model *its, const struct lpi_walk *walk)
{
	unsigned int i, cost = 0;

	for (i = 0; i < VGIC_LPI_CHUNKS; i++) {
		if (!its->gic->lpis[i]) /* no LPI of this chunk was ever mapped */
			continue;
		walk_chunk(its, i, walk);
		cost++;
	}
	return cost;
}

static void retarget(struct its_model *its, struct vgic_lpi *lpi, const struct lpi_walk *walk)
{
	if (lpi->its == its->id && (walk->any_collection || lpi->collection == walk->collection))
		vgic_lpi_set_owner(its->gic, &lpi->irq, walk->to);
}

static void move(struct its_model *its, struct vgic_lpi *lpi, const struct lpi_walk *walk)
{
	if (lpi->irq.owner == walk->from)
		vgic_lpi_set_owner(its->gic, &lpi->irq, walk->to);
}

static void reconfigure(struct its_model *its, struct vgic_lpi *lpi, const struct lpi_walk *walk)
{
	unsigned int i = (lpi->irq.intid - VGIC_LPI_FIRST) % VGIC_LPI_CHUNK;

	if (lpi->irq.owner == walk->from)
		vgic_lpi_configure(its->gic, &lpi->irq, walk->properties[i]);
}

/* ---- devices ---- */

/* Is there room for the device in the guest's table, which may be of two levels. */
static bool device_fits(struct its_model *its, u32 id)
{
	u64 table, entry, max;

	vgic_lock(its->gic);
	table = its->device_table;
	vgic_unlock(its->gic);
	max = TABLE_SIZE(table) / ENTRY_SIZE;
	if (!(table & VALID) || id >= 1U << ITS_DEVICE_BITS)
		return false;
	if (!(table & TABLE_INDIRECT))
		return id < max;
	if (id / L2_DEVICES >= max)
		return false;
	/* Pages of 64 KiB: bits [15:12] are bits [51:48] of the address. */
	table = (table & 0xffffffff0000ULL) | (table & 0xf000) << 36;
	return !vgic_guest_read(its->gic, table + id / L2_DEVICES * ENTRY_SIZE, &entry,
				ENTRY_SIZE) &&
	       entry & VALID;
}

/*
 * Puts *device, which may be NULL, in the place of the device of this number. The device that was
 * there comes back in *device, for the caller to drop; so does the new one if there is no page for
 * it. *page is put into the table if it is needed, and is NULL then. Lock held.
 */
static void device_replace(struct its_model *its, u32 id, struct its_device **device,
			   struct its_page **page)
{
	struct its_device **slot, *new = *device;

	if (!device_slot(its, id) && *page) {
		its->pages[id / ITS_PAGE] = *page;
		*page = NULL;
	}
	slot = device_slot(its, id);
	if (!slot)
		return;
	*device = *slot;
	*slot = NULL;
	if (*device)
		its->nr_events -= (*device)->nr_events;
	if (!new)
		return;
	*slot = new;
	its->nr_events += new->nr_events;
}

static struct its_device *device_new(unsigned int bits)
{
	struct its_device *device;

	if (bits > ITS_EVENT_BITS)
		return NULL;
	device = vgic_alloc(sizeof(*device) + (sizeof(device->lpi[0]) << bits));
	if (device)
		device->nr_events = 1U << bits;
	return device;
}

/* Whether a device with `more` events fits, once the device that it replaces has gone. */
static bool events_fit(struct its_model *its, u32 id, u32 more)
{
	struct its_device **slot = device_slot(its, id);
	u32 less = slot && *slot ? (*slot)->nr_events : 0;

	return its->nr_events - less + more <= ITS_MAX_EVENTS;
}

static void cmd_mapd(struct its_model *its, struct its_cmd *cmd)
{
	unsigned int bits = (cmd->word[1] & 0x1f) + 1;
	u32 id = cmd_device(cmd);
	struct its_device *device = NULL;
	struct its_page *page = NULL;

	if (!device_fits(its, id))
		return;
	if (cmd->word[2] & VALID) {
		device = device_new(bits);
		page = vgic_alloc(sizeof(*page));
		if (!device || !page)
			goto out;
	}
	vgic_lock(its->gic);
	if (!cmd_void(its, cmd) && (!device || events_fit(its, id, device->nr_events)))
		device_replace(its, id, &device, &page);
	vgic_unlock(its->gic);
out:
	if (device)
		cmd->cost += device_drop(its, device);
	vgic_release(page);
}

/* ---- collections ---- */

static void cmd_mapc(struct its_model *its, struct its_cmd *cmd)
{
	bool valid = cmd->word[2] & VALID;
	u32 id = cmd_collection(cmd);
	struct vgic_cpu *cpu = valid ? redist_cpu(its, cmd_redist(cmd->word[2])) : NULL;
	struct lpi_walk walk = {.visit = retarget, .collection = id, .to = cpu};
	bool fits;

	vgic_lock(its->gic);
	fits = collection_fits(its, id) && !cmd_void(its, cmd) && (cpu || !valid);
	if (fits)
		its->target[array_index_nospec(id, ITS_COLLECTIONS)] = cpu ? cpu->index + 1 : 0;
	vgic_unlock(its->gic);
	if (fits)
		cmd->cost += walk_lpis(its, &walk);
}

static void cmd_movall(struct its_model *its, struct its_cmd *cmd)
{
	struct lpi_walk walk = {
		.visit = move,
		.from = redist_cpu(its, cmd_redist(cmd->word[2])),
		.to = redist_cpu(its, cmd_redist(cmd->word[3])),
	};

	if (walk.from && walk.to && walk.from != walk.to)
		cmd->cost += walk_lpis(its, &walk);
}

static void cmd_invall(struct its_model *its, struct its_cmd *cmd)
{
	u8 properties[VGIC_LPI_CHUNK];
	struct lpi_walk walk = {.visit = reconfigure, .properties = properties};
	unsigned int i, intid, limit;
	u64 table;

	vgic_lock(its->gic);
	walk.from = collection_target(its, cmd_collection(cmd));
	limit = vgic_lpi_limit(its->gic);
	table = vgic_lpi_property_at(its->gic, VGIC_LPI_FIRST);
	vgic_unlock(its->gic);
	for (i = 0; walk.from && i < VGIC_LPI_CHUNKS; i++) {
		intid = VGIC_LPI_FIRST + i * VGIC_LPI_CHUNK;
		if (!its->gic->lpis[i] || intid >= limit)
			continue;
		cmd->cost++;
		if (!vgic_guest_read(its->gic, table + intid - VGIC_LPI_FIRST, properties,
				     sizeof(properties)))
			walk_chunk(its, i, &walk);
	}
}

/* ---- events ---- */

/* What is read and allocated before an event is mapped: neither can be done under the lock. */
struct mapping {
	u32 intid;
	u64 property_at;
	u64 pending_at; /* 0: the redistributor has no table of pending LPIs */
	u8 property;
	u8 pending;
	struct vgic_lpi_chunk *chunk;
};

/* Lock held. The event of the command may be mapped to m->intid. */
static bool may_map(struct its_model *its, const struct its_cmd *cmd, const struct mapping *m)
{
	u16 *slot = event_slot(its, cmd_device(cmd), cmd_event(cmd));

	return slot && !*slot && !cmd_void(its, cmd) && collection_fits(its, cmd_collection(cmd)) &&
	       m->intid >= VGIC_LPI_FIRST && m->intid < vgic_lpi_limit(its->gic);
}

static bool look_up_mapping(struct its_model *its, const struct its_cmd *cmd, struct mapping *m)
{
	struct vgic_cpu *cpu;
	bool good;

	vgic_lock(its->gic);
	good = may_map(its, cmd, m);
	cpu = collection_target(its, cmd_collection(cmd));
	m->property_at = vgic_lpi_property_at(its->gic, m->intid);
	m->pending_at = cpu && cpu->lpis_on ? vgic_lpi_pending_at(cpu, m->intid) : 0;
	vgic_unlock(its->gic);
	return good;
}

static bool read_mapping(struct its_model *its, struct mapping *m)
{
	if (vgic_guest_read(its->gic, m->property_at, &m->property, 1))
		return false;
	if (m->pending_at && vgic_guest_read(its->gic, m->pending_at, &m->pending, 1))
		m->pending = 0;
	m->chunk = NULL;
	if (its->gic->lpis[vgic_lpi_chunk_of(m->intid)])
		return true;
	m->chunk = vgic_alloc(sizeof(*m->chunk));
	if (m->chunk)
		vgic_lpi_chunk_init(m->chunk, vgic_lpi_chunk_of(m->intid));
	return m->chunk;
}

/* Lock held. Another ITS may have made the chunk meanwhile: then ours is left. */
static void map_event(struct its_model *its, const struct its_cmd *cmd, struct mapping *m)
{
	struct vgic_lpi_chunk **chunk = &its->gic->lpis[vgic_lpi_chunk_of(m->intid)];
	struct vgic_lpi *lpi;

	if (!may_map(its, cmd, m))
		return;
	if (!*chunk) {
		*chunk = m->chunk;
		m->chunk = NULL;
	}
	lpi = vgic_lpi(its->gic, m->intid);
	lpi->events++;
	lpi->its = its->id;
	lpi->collection = cmd_collection(cmd);
	*event_slot(its, cmd_device(cmd), cmd_event(cmd)) = m->intid;
	vgic_lpi_configure(its->gic, &lpi->irq, m->property);
	vgic_lpi_set_owner(its->gic, &lpi->irq, collection_target(its, lpi->collection));
	if (m->pending >> m->intid % 8 & 1)
		vgic_irq_set_pending(its->gic, &lpi->irq);
}

static void cmd_map(struct its_model *its, struct its_cmd *cmd, u32 intid)
{
	struct mapping m = {.intid = intid};

	if (!look_up_mapping(its, cmd, &m) || !read_mapping(its, &m))
		return;
	vgic_lock(its->gic);
	map_event(its, cmd, &m);
	vgic_unlock(its->gic);
	vgic_release(m.chunk);
}

static void cmd_inv(struct its_model *its, struct its_cmd *cmd)
{
	struct vgic_lpi *lpi;
	u64 at = 0;
	u8 property;

	vgic_lock(its->gic);
	lpi = event_lpi(its, cmd_device(cmd), cmd_event(cmd));
	if (lpi)
		at = vgic_lpi_property_at(its->gic, lpi->irq.intid);
	vgic_unlock(its->gic);
	if (!lpi || vgic_guest_read(its->gic, at, &property, 1))
		return;
	vgic_lock(its->gic);
	vgic_lpi_configure(its->gic, &lpi->irq, property);
	vgic_unlock(its->gic);
}

/* Lock held; the event is mapped to lpi. */
static void event_command(struct its_model *its, const struct its_cmd *cmd, struct vgic_lpi *lpi)
{
	struct vgic_cpu *cpu = collection_target(its, cmd_collection(cmd));

	switch (cmd->word[0] & 0xff) {
	case CMD_INT:
		its_send(its, cmd_device(cmd), cmd_event(cmd));
		break;
	case CMD_CLEAR:
		vgic_lpi_clear_pending(its->gic, &lpi->irq);
		break;
	case CMD_DISCARD:
		*event_slot(its, cmd_device(cmd), cmd_event(cmd)) = 0;
		lpi_put(its, lpi);
		break;
	case CMD_MOVI:
		if (!cpu)
			break;
		lpi->its = its->id;
		lpi->collection = cmd_collection(cmd);
		vgic_lpi_set_owner(its->gic, &lpi->irq, cpu);
		break;
	}
}

static void cmd_event_now(struct its_model *its, const struct its_cmd *cmd)
{
	struct vgic_lpi *lpi;

	vgic_lock(its->gic);
	lpi = event_lpi(its, cmd_device(cmd), cmd_event(cmd));
	if (lpi && !cmd_void(its, cmd))
		event_command(its, cmd, lpi);
	vgic_unlock(its->gic);
}

/* ---- the queue ---- */

static void cmd_run(struct its_model *its, struct its_cmd *cmd)
{
	switch (cmd->word[0] & 0xff) {
	case CMD_MAPD:
		cmd_mapd(its, cmd);
		break;
	case CMD_MAPC:
		cmd_mapc(its, cmd);
		break;
	case CMD_MAPTI:
		cmd_map(its, cmd, cmd->word[1] >> 32);
		break;
	case CMD_MAPI:
		cmd_map(its, cmd, cmd_event(cmd));
		break;
	case CMD_INV:
		cmd_inv(its, cmd);
		break;
	case CMD_INVALL:
		cmd_invall(its, cmd);
		break;
	case CMD_MOVALL:
		cmd_movall(its, cmd);
		break;
	case CMD_SYNC: /* each command has its effect before the next */
		break;
	default:
		cmd_event_now(its, cmd);
	}
}

static bool is_queued(const struct its_model *its)
{
	return its->enabled && its->creadr != its->cwriter;
}

static unsigned int command(struct its_model *its)
{
	struct its_cmd cmd = {.cost = 1};
	bool queued;
	u64 at;

	vgic_lock(its->gic);
	queued = is_queued(its);
	cmd.age = its->age;
	at = (its->cbaser & QUEUE_ADDRESS) + its->creadr;
	vgic_unlock(its->gic);
	/* The guest may have given the ITS another queue since there was something in this one. */
	if (!queued)
		return cmd.cost;
	if (!vgic_guest_read(its->gic, at, cmd.word, CMD_SIZE))
		cmd_run(its, &cmd);
	vgic_lock(its->gic);
	if (!cmd_void(its, &cmd))
		its->creadr = (its->creadr + CMD_SIZE) % QUEUE_SIZE(its->cbaser);
	vgic_unlock(its->gic);
	return cmd.cost;
}

/* ---- a table that is gone ---- */

/* Takes out the next device, or a page that has none left; both NULL at the end. */
static void take_next(struct its_model *its, struct its_device **device, struct its_page **page)
{
	unsigned int i, end = 1U << ITS_DEVICE_BITS;

	while (its->forget_at < end && !its->pages[its->forget_at / ITS_PAGE])
		its->forget_at += ITS_PAGE;
	if (its->forget_at == end)
		return;
	*page = its->pages[its->forget_at / ITS_PAGE];
	for (i = 0; i < ITS_PAGE; i++) {
		if (!(*page)->device[i])
			continue;
		*device = (*page)->device[i];
		(*page)->device[i] = NULL;
		its->nr_events -= (*device)->nr_events;
		*page = NULL;
		return;
	}
	its->pages[its->forget_at / ITS_PAGE] = NULL;
}

static unsigned int forget_devices(struct its_model *its)
{
	struct its_device *device = NULL;
	struct its_page *page = NULL;
	unsigned int cost = 1;

	vgic_lock(its->gic);
	take_next(its, &device, &page);
	its->forget_devices = device || page;
	vgic_unlock(its->gic);
	if (device)
		cost += device_drop(its, device);
	vgic_release(page);
	return cost;
}

static unsigned int forget_collections(struct its_model *its)
{
	struct lpi_walk walk = {.visit = retarget, .any_collection = true};
	unsigned int i;

	vgic_lock(its->gic);
	its->forget_collections = false;
	for (i = 0; i < ITS_COLLECTIONS; i++)
		its->target[i] = 0;
	vgic_unlock(its->gic);
	return 1 + walk_lpis(its, &walk);
}

/* ---- work ---- */

static bool work_left(const struct its_model *its)
{
	return its->forget_devices || its->forget_collections || is_queued(its);
}

bool its_has_work(const struct its_model *its)
{
	return !its->busy && work_left(its);
}

static unsigned int work_once(struct its_model *its)
{
	bool devices, collections;

	vgic_lock(its->gic);
	devices = its->forget_devices;
	collections = its->forget_collections;
	vgic_unlock(its->gic);
	if (devices)
		return forget_devices(its);
	return collections ? forget_collections(its) : command(its);
}

bool its_work(struct its_model *its, unsigned int budget)
{
	unsigned int cost = 0;
	bool left;

	vgic_lock(its->gic);
	left = its_has_work(its);
	its->busy |= left;
	vgic_unlock(its->gic);
	if (!left)
		return false;
	do {
		cost += work_once(its);
		vgic_relax();
		vgic_lock(its->gic);
		left = work_left(its);
		if (!left || cost >= budget)
			its->busy = false;
		vgic_unlock(its->gic);
	} while (left && cost < budget);
	return left;
}

bool its_reset(struct its_model *its)
{
	bool idle;

	vgic_lock(its->gic);
	idle = !its->busy;
	if (idle) {
		its->enabled = false;
		its->age++;
		its->cbaser = its->device_table = its->collection_table = 0;
		its->cwriter = its->creadr = 0;
		its->forget_devices = its->forget_collections = true;
		its->forget_at = 0;
	}
	vgic_unlock(its->gic);
	return idle;
}

int its_send(struct its_model *its, u32 device, u32 event)
{
	struct vgic_lpi *lpi;

	if (!its->enabled)
		return -EBUSY;
	lpi = event_lpi(its, device, event);
	if (!lpi || !lpi->irq.owner)
		return 0;
	if (!lpi->irq.owner->lpis_on)
		return -EBUSY;
	vgic_irq_set_pending(its->gic, &lpi->irq);
	return 1;
}

void its_free(struct its_model *its)
{
	unsigned int i, j;

	for (i = 0; i < (1 << ITS_DEVICE_BITS) / ITS_PAGE; i++) {
		for (j = 0; its->pages[i] && j < ITS_PAGE; j++)
			vgic_release(its->pages[i]->device[j]);
		vgic_release(its->pages[i]);
		its->pages[i] = NULL;
	}
}
