/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers and interrupts of a virtio device on PCI, see pci.h. */
#include <linux/pci_regs.h>
#include <linux/virtio_pci.h>
#include <string.h>

#include "vmm/dev/pci/bus.h"
#include "vmm/dev/virtio/pci.h"
#include "vmm/vm/gic.h"

#define VENDOR	     0x1af4
#define DEVICE_FIRST 0x1040 /* and the device's type */
#define SUBSYSTEM    0x0040 /* from here on no driver of the transport before 1.0 takes it */
#define NO_VECTOR    VIRTIO_MSI_NO_VECTOR
#define ALL_ONES     ~0ULL
#define CAP_LINK     2 /* id and link, which the PCI function owns */

/* Behind a capability's link. */
struct capability {
	uint8_t size;
	uint8_t type;
	uint8_t bar;
	uint8_t id;
	uint8_t padding[2];
	uint32_t offset;
	uint32_t length;
	uint32_t more; /* notify: the step between queues; access: the data */
} __attribute__((packed));

#define ACCESS_BAR    (CAP_LINK + offsetof(struct capability, bar))
#define ACCESS_OFFSET (CAP_LINK + offsetof(struct capability, offset))
#define ACCESS_LENGTH (CAP_LINK + offsetof(struct capability, length))
#define ACCESS_DATA   (CAP_LINK + offsetof(struct capability, more))

static uint64_t device_id(const struct virtio_pci *p)
{
	return p->function.slot << 3;
}

static void send_message(void *sender, uint64_t address, uint32_t data)
{
	struct virtio_pci *p = sender;

	gic_signal_msi(p->vm, (uint32_t)device_id(p), address & ~p->device->memory.shared_bit,
		       data);
}

/* Tells KVM when the level of the pin changed. Under pin_lock. */
static void update_pin(struct virtio_pci *p)
{
	bool level = p->isr && !p->pin_off && !msix_is_enabled(&p->msix);

	if (level == p->level)
		return;
	p->level = level;
	gic_set_spi(p->vm, PCI_SPI_FIRST + p->function.slot, level);
}

static void interrupt(void *transport, int queue)
{
	struct virtio_pci *p = transport;

	if (msix_is_enabled(&p->msix)) {
		msix_raise(&p->msix,
			   queue == VIRTIO_CONFIG ? p->config_vector : p->queue_vectors[queue]);
		return;
	}
	pthread_mutex_lock(&p->pin_lock);
	p->isr |= queue == VIRTIO_CONFIG ? VIRTIO_PCI_ISR_CONFIG : 1;
	update_pin(p);
	pthread_mutex_unlock(&p->pin_lock);
}

/* Reading the interrupt status clears it. */
static uint64_t read_isr(struct virtio_pci *p)
{
	uint8_t isr;

	pthread_mutex_lock(&p->pin_lock);
	isr = p->isr;
	p->isr = 0;
	update_pin(p);
	pthread_mutex_unlock(&p->pin_lock);
	return isr;
}

static struct virtio_queue *selected(struct virtio_pci *p)
{
	return p->queue_select < p->device->type->queues ? &p->device->queues[p->queue_select]
							 : NULL;
}

static uint32_t read_queue(struct virtio_pci *p, uint32_t offset)
{
	const struct virtio_queue *q = selected(p);

	if (!q)
		return 0;
	switch (offset) {
	case VIRTIO_PCI_COMMON_Q_SIZE:
		return q->size;
	case VIRTIO_PCI_COMMON_Q_MSIX:
		return p->queue_vectors[p->queue_select];
	case VIRTIO_PCI_COMMON_Q_ENABLE:
		return q->enabled;
	case VIRTIO_PCI_COMMON_Q_NOFF:
		return p->queue_select;
	case VIRTIO_PCI_COMMON_Q_DESCLO:
		return virtio_word(q->desc, 0);
	case VIRTIO_PCI_COMMON_Q_DESCHI:
		return virtio_word(q->desc, 1);
	case VIRTIO_PCI_COMMON_Q_AVAILLO:
		return virtio_word(q->driver, 0);
	case VIRTIO_PCI_COMMON_Q_AVAILHI:
		return virtio_word(q->driver, 1);
	case VIRTIO_PCI_COMMON_Q_USEDLO:
		return virtio_word(q->device, 0);
	case VIRTIO_PCI_COMMON_Q_USEDHI:
		return virtio_word(q->device, 1);
	default:
		return 0;
	}
}

static uint32_t read_common(struct virtio_pci *p, uint32_t offset)
{
	switch (offset) {
	case VIRTIO_PCI_COMMON_DFSELECT:
		return p->offered_select;
	case VIRTIO_PCI_COMMON_DF:
		return virtio_word(p->device->offered, p->offered_select);
	case VIRTIO_PCI_COMMON_GFSELECT:
		return p->accepted_select;
	case VIRTIO_PCI_COMMON_GF:
		return virtio_word(p->device->accepted, p->accepted_select);
	case VIRTIO_PCI_COMMON_MSIX:
		return p->config_vector;
	case VIRTIO_PCI_COMMON_NUMQ:
		return p->device->type->queues;
	case VIRTIO_PCI_COMMON_CFGGENERATION:
		return p->device->generation;
	case VIRTIO_PCI_COMMON_Q_SELECT:
		return p->queue_select;
	default:
		return read_queue(p, offset);
	}
}

static uint16_t vector(const struct virtio_pci *p, uint32_t value)
{
	return value < p->msix.count ? (uint16_t)value : NO_VECTOR;
}

/* The places of the areas and the size stay as they are once the queue is enabled. */
static void place_queue(struct virtio_pci *p, struct virtio_queue *q, uint32_t offset,
			uint32_t value)
{
	bool packed = p->device->accepted & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);

	switch (offset) {
	case VIRTIO_PCI_COMMON_Q_SIZE:
		if (virtio_queue_takes_size(q, packed, (uint16_t)value))
			q->size = (uint16_t)value;
		break;
	case VIRTIO_PCI_COMMON_Q_DESCLO:
		q->desc = virtio_with_word(q->desc, 0, value);
		break;
	case VIRTIO_PCI_COMMON_Q_DESCHI:
		q->desc = virtio_with_word(q->desc, 1, value);
		break;
	case VIRTIO_PCI_COMMON_Q_AVAILLO:
		q->driver = virtio_with_word(q->driver, 0, value);
		break;
	case VIRTIO_PCI_COMMON_Q_AVAILHI:
		q->driver = virtio_with_word(q->driver, 1, value);
		break;
	case VIRTIO_PCI_COMMON_Q_USEDLO:
		q->device = virtio_with_word(q->device, 0, value);
		break;
	case VIRTIO_PCI_COMMON_Q_USEDHI:
		q->device = virtio_with_word(q->device, 1, value);
		break;
	}
}

static void write_queue(struct virtio_pci *p, uint32_t offset, uint32_t value)
{
	struct virtio_queue *q = selected(p);

	if (!q)
		return;
	if (offset == VIRTIO_PCI_COMMON_Q_MSIX)
		p->queue_vectors[p->queue_select] = vector(p, value);
	else if (offset == VIRTIO_PCI_COMMON_Q_ENABLE && value == 1)
		virtio_enable(p->device, q);
	else if (!q->enabled)
		place_queue(p, q, offset, value);
}

/* A reset by the driver takes the interrupts back, too. */
static void write_status(struct virtio_pci *p, uint8_t status)
{
	unsigned int i;

	virtio_set_status(p->device, status);
	if (status)
		return;
	p->config_vector = NO_VECTOR;
	for (i = 0; i < VIRTIO_QUEUES_MAX; i++)
		p->queue_vectors[i] = NO_VECTOR;
	read_isr(p);
}

static void write_common(struct virtio_pci *p, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case VIRTIO_PCI_COMMON_DFSELECT:
		p->offered_select = value;
		break;
	case VIRTIO_PCI_COMMON_GFSELECT:
		p->accepted_select = value;
		break;
	case VIRTIO_PCI_COMMON_GF:
		virtio_accept(p->device,
			      virtio_with_word(p->device->accepted, p->accepted_select, value));
		break;
	case VIRTIO_PCI_COMMON_MSIX:
		p->config_vector = vector(p, value);
		break;
	case VIRTIO_PCI_COMMON_STATUS:
		write_status(p, (uint8_t)value);
		break;
	case VIRTIO_PCI_COMMON_Q_SELECT:
		p->queue_select = (uint16_t)value;
		break;
	default:
		write_queue(p, offset, value);
	}
}

/* Registers are read and written as a whole, 64-bit ones by halves. */
static unsigned int register_size(uint32_t offset)
{
	switch (offset) {
	case VIRTIO_PCI_COMMON_STATUS:
	case VIRTIO_PCI_COMMON_CFGGENERATION:
		return 1;
	case VIRTIO_PCI_COMMON_MSIX:
	case VIRTIO_PCI_COMMON_NUMQ:
	case VIRTIO_PCI_COMMON_Q_SELECT:
	case VIRTIO_PCI_COMMON_Q_SIZE:
	case VIRTIO_PCI_COMMON_Q_MSIX:
	case VIRTIO_PCI_COMMON_Q_ENABLE:
	case VIRTIO_PCI_COMMON_Q_NOFF:
		return 2;
	default:
		return 4;
	}
}

static uint64_t access_common(struct virtio_pci *p, uint32_t offset, unsigned int size,
			      bool is_write, uint64_t value)
{
	if (size != register_size(offset))
		return 0;
	if (!is_write && offset == VIRTIO_PCI_COMMON_STATUS)
		return atomic_load(&p->device->status);
	virtio_lock(p->device);
	if (is_write)
		write_common(p, offset, (uint32_t)value);
	else
		value = read_common(p, offset);
	virtio_unlock(p->device);
	return value;
}

static uint64_t read_device(struct virtio *v, uint32_t offset, unsigned int size)
{
	uint64_t value = 0;

	virtio_lock(v);
	if (offset < v->config_size && size <= v->config_size - offset)
		memcpy(&value, v->config + offset, size);
	virtio_unlock(v);
	return value;
}

static uint64_t read_bar(void *owner, unsigned int bar, uint32_t offset, unsigned int size)
{
	struct virtio_pci *p = owner;
	uint32_t at = offset % VIRTIO_BAR_PART;

	switch (offset - at) {
	case VIRTIO_BAR_COMMON:
		return access_common(p, at, size, false, 0);
	case VIRTIO_BAR_ISR:
		return at == 0 ? read_isr(p) : 0;
	case VIRTIO_BAR_DEVICE:
		return read_device(p->device, at, size);
	case VIRTIO_BAR_MSIX:
		return msix_read(&p->msix, at, size);
	case VIRTIO_BAR_PENDING:
		return msix_read_pending(&p->msix, at, size);
	default:
		return 0;
	}
}

static void write_bar(void *owner, unsigned int bar, uint32_t offset, unsigned int size,
		      uint64_t value)
{
	struct virtio_pci *p = owner;
	uint32_t at = offset % VIRTIO_BAR_PART;

	switch (offset - at) {
	case VIRTIO_BAR_COMMON:
		access_common(p, at, size, true, value);
		break;
	case VIRTIO_BAR_NOTIFY:
		if (at % VIRTIO_NOTIFY_STEP == 0)
			virtio_kick(p->device, at / VIRTIO_NOTIFY_STEP);
		break;
	case VIRTIO_BAR_MSIX:
		msix_write(&p->msix, at, size, value);
		break;
	}
}

/* What the access capability names, if that is something in the BAR. */
static bool find_access(struct virtio_pci *p, uint32_t *offset, unsigned int *size)
{
	const struct pci_function *f = &p->function;

	*offset = pci_function_get32(f, p->access + ACCESS_OFFSET);
	*size = pci_function_get32(f, p->access + ACCESS_LENGTH);
	return f->config[p->access + ACCESS_BAR] == VIRTIO_BAR &&
	       (*size == 1 || *size == 2 || *size == 4) && *offset % *size == 0 &&
	       *offset < VIRTIO_BAR_SIZE;
}

static bool overlaps(unsigned int offset, unsigned int size, unsigned int at, unsigned int length)
{
	return offset < at + length && at < offset + size;
}

static void before_config_read(void *owner, unsigned int offset, unsigned int size)
{
	struct virtio_pci *p = owner;
	struct pci_function *f = &p->function;
	unsigned int length;
	uint32_t at;

	if (overlaps(offset, size, PCI_STATUS, 2)) {
		pthread_mutex_lock(&p->pin_lock);
		f->config[PCI_STATUS] &= (uint8_t)~PCI_STATUS_INTERRUPT;
		if (p->isr && !msix_is_enabled(&p->msix))
			f->config[PCI_STATUS] |= PCI_STATUS_INTERRUPT;
		pthread_mutex_unlock(&p->pin_lock);
	}
	if (overlaps(offset, size, p->access + ACCESS_DATA, 4) && find_access(p, &at, &length))
		pci_function_set32(f, p->access + ACCESS_DATA,
				   (uint32_t)read_bar(p, VIRTIO_BAR, at, length));
}

static void after_config_write(void *owner, unsigned int offset, unsigned int size)
{
	struct virtio_pci *p = owner;
	struct pci_function *f = &p->function;
	unsigned int length;
	uint32_t at;

	msix_config_written(&p->msix, f, offset, size);
	pthread_mutex_lock(&p->pin_lock);
	p->pin_off = pci_function_get16(f, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
	update_pin(p);
	pthread_mutex_unlock(&p->pin_lock);
	if (overlaps(offset, size, p->access + ACCESS_DATA, 4) && find_access(p, &at, &length))
		write_bar(p, VIRTIO_BAR, at, length,
			  pci_function_get32(f, p->access + ACCESS_DATA));
}

static const struct pci_function_ops ops = {
	.read = read_bar,
	.write = write_bar,
	.before_read = before_config_read,
	.after_write = after_config_write,
};

static void add_part(struct virtio_pci *p, uint8_t type, uint32_t offset, uint32_t length)
{
	const struct capability c = {
		.size = CAP_LINK + sizeof(c) - sizeof(c.more),
		.type = type,
		.bar = VIRTIO_BAR,
		.offset = offset,
		.length = length,
	};

	pci_function_add_capability(&p->function, PCI_CAP_ID_VNDR, &c, c.size - CAP_LINK);
}

static void add_notify(struct virtio_pci *p)
{
	const struct capability c = {
		.size = CAP_LINK + sizeof(c),
		.type = VIRTIO_PCI_CAP_NOTIFY_CFG,
		.bar = VIRTIO_BAR,
		.offset = VIRTIO_BAR_NOTIFY,
		.length = p->device->type->queues * VIRTIO_NOTIFY_STEP,
		.more = VIRTIO_NOTIFY_STEP,
	};

	pci_function_add_capability(&p->function, PCI_CAP_ID_VNDR, &c, sizeof(c));
}

static void add_access(struct virtio_pci *p)
{
	const struct capability c = {
		.size = CAP_LINK + sizeof(c),
		.type = VIRTIO_PCI_CAP_PCI_CFG,
	};
	uint8_t *may;

	p->access = pci_function_add_capability(&p->function, PCI_CAP_ID_VNDR, &c, sizeof(c));
	may = &p->function.writable[p->access];
	may[ACCESS_BAR] = 0xff;
	memset(may + ACCESS_OFFSET, 0xff, 4);
	memset(may + ACCESS_LENGTH, 0xff, 4);
	memset(may + ACCESS_DATA, 0xff, 4);
}

static void add_capabilities(struct virtio_pci *p)
{
	const struct virtio *v = p->device;

	add_part(p, VIRTIO_PCI_CAP_COMMON_CFG, VIRTIO_BAR_COMMON,
		 sizeof(struct virtio_pci_common_cfg));
	add_part(p, VIRTIO_PCI_CAP_ISR_CFG, VIRTIO_BAR_ISR, 1);
	add_notify(p);
	if (v->config_size)
		add_part(p, VIRTIO_PCI_CAP_DEVICE_CFG, VIRTIO_BAR_DEVICE, (uint32_t)v->config_size);
	add_access(p);
	msix_init(&p->msix, &p->function, VIRTIO_BAR, VIRTIO_BAR_MSIX, VIRTIO_BAR_PENDING);
}

int virtio_pci_open(struct virtio_pci *p, struct vm *vm, struct pci_bus *bus, struct virtio *v)
{
	const struct pci_identity id = {
		.vendor = VENDOR,
		.device = (uint16_t)(DEVICE_FIRST + v->type->id),
		.subsystem_vendor = VENDOR,
		.subsystem = SUBSYSTEM,
		.revision = 1,
		.class = v->type->pci_class,
	};

	*p = (struct virtio_pci){
		.vm = vm,
		.device = v,
		.function = {.ops = &ops, .owner = p},
		.msix = {.send = send_message, .sender = p, .count = v->type->queues + 1},
		.config_vector = NO_VECTOR,
	};
	memset(p->queue_vectors, 0xff, sizeof(p->queue_vectors));
	pthread_mutex_init(&p->pin_lock, NULL);
	pci_function_init(&p->function, &id);
	pci_function_add_bar(&p->function, VIRTIO_BAR, VIRTIO_BAR_SIZE);
	add_capabilities(p);
	v->interrupt = interrupt;
	v->transport = p;
	return pci_bus_add(bus, &p->function);
}

void virtio_pci_reset(struct virtio_pci *p)
{
	virtio_lock(p->device);
	write_status(p, 0);
	virtio_wait_for_reset(p->device);
	p->offered_select = p->accepted_select = 0;
	p->queue_select = 0;
	virtio_unlock(p->device);
	pci_function_reset(&p->function);
	msix_reset(&p->msix);
	pthread_mutex_lock(&p->pin_lock);
	p->pin_off = false;
	update_pin(p);
	pthread_mutex_unlock(&p->pin_lock);
}
