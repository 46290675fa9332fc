// SPDX-License-Identifier: BSD-3-Clause
/* See machine.h. */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "machine.h"

#define PAYLOAD "/lib/tests/jobs.bin"
#define REG_X0	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 0)
#define REG_PC	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 0x40)

enum machine_form machine_form;

struct memory_fault {
	uint64_t flags;
	uint64_t gpa;
	uint64_t size;
};

static bool set_attr(int fd, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return ioctl(fd, KVM_SET_DEVICE_ATTR, &a) == 0;
}

static bool set_reg(int fd, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	return ioctl(fd, KVM_SET_ONE_REG, &reg) == 0;
}

static bool create_gic(struct machine *m)
{
	static const uint64_t dist = JOBS_GICD, redist = JOBS_GICR;
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};

	if (ioctl(m->vm, KVM_CREATE_DEVICE, &create))
		return false;
	m->gic = (int)create.fd;
	return set_attr(m->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist) &&
	       set_attr(m->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist);
}

static bool create_its(struct machine *m)
{
	static const uint64_t base = JOBS_GITS;
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_ITS};

	if (ioctl(m->vm, KVM_CREATE_DEVICE, &create))
		return false;
	m->its = (int)create.fd;
	return set_attr(m->its, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &base);
}

static bool init_gic(struct machine *m)
{
	static const uint32_t irqs = 64;

	return set_attr(m->gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs) &&
	       set_attr(m->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

static bool has_pmu(uint64_t x0)
{
	return (x0 & 0xff) == JOB_PMU;
}

static bool create_vcpu(struct machine *m, unsigned int i, uint64_t x0)
{
	struct machine_vcpu *v = &m->vcpu[i];
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};
	size_t size = 2 * PAGE;

	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | (i ? 1u << KVM_ARM_VCPU_POWER_OFF : 0) |
			   (has_pmu(x0) ? 1u << KVM_ARM_VCPU_PMU_V3 : 0);
	v->m = m;
	v->fd = ioctl(m->vm, KVM_CREATE_VCPU, (unsigned long)i);
	v->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	return v->fd >= 0 && v->run != MAP_FAILED && !ioctl(v->fd, KVM_ARM_VCPU_INIT, &init);
}

static bool init_pmu(struct machine *m)
{
	static const int irq = JOBS_PPI_PMU;
	unsigned int i;
	bool good = true;

	for (i = 0; i < m->cpus; i++)
		good &= set_attr(m->vcpu[i].fd, KVM_ARM_VCPU_PMU_V3_CTRL, KVM_ARM_VCPU_PMU_V3_IRQ,
				 &irq) &&
			set_attr(m->vcpu[i].fd, KVM_ARM_VCPU_PMU_V3_CTRL, KVM_ARM_VCPU_PMU_V3_INIT,
				 NULL);
	return good;
}

static bool load(struct machine *m)
{
	char *image = user_memory(MACHINE_SIZE);
	int fd = open(PAYLOAD, O_RDONLY);
	ssize_t size = fd < 0 ? -1 : read(fd, image, MACHINE_SIZE);
	bool good;

	close(fd);
	good = size > 0 && !populate(m->vm, JOBS_RAM, image, (size + PAGE - 1) & -PAGE);
	munmap(image, MACHINE_SIZE);
	return good;
}

/* In FORM_FILE the memory is the file's, and begins as shared; the others have two backings. */
static bool create_memory(struct machine *m)
{
	m->gmem = new_gmem_with(m->vm, MACHINE_SIZE, m->form == FORM_FILE ? KVM_CCA_GMEM_FLAGS : 0);
	m->ram = user_memory(MACHINE_SIZE);
	if (m->gmem < 0 || !m->ram)
		return false;
	if (m->form == FORM_FILE && mmap(m->ram, MACHINE_SIZE, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_FIXED, m->gmem, 0) != m->ram)
		return false;
	return !set_slot(m->vm, 0, JOBS_RAM, MACHINE_SIZE, m->ram, m->gmem, 0) &&
	       (m->form == FORM_PLAIN || !machine_convert(m, JOBS_RAM, MACHINE_SIZE, true));
}

bool machine_try_create(struct machine *m, unsigned int cpus, uint64_t x0)
{
	unsigned int i;
	bool good;

	memset(m, 0, sizeof(*m));
	m->its = -1;
	m->vm = new_vm();
	m->form = machine_form;
	good = m->vm >= 0 && create_memory(m) && create_gic(m) &&
	       ((x0 & 0xff) != JOB_LPI || create_its(m));
	for (i = 0; i < cpus && good; i++, m->cpus = i)
		good = create_vcpu(m, i, x0);
	return good && init_gic(m) && (!has_pmu(x0) || init_pmu(m)) && load(m) &&
	       set_reg(m->vcpu[0].fd, REG_X0, x0) && set_reg(m->vcpu[0].fd, REG_PC, JOBS_RAM);
}

bool machine_create(struct machine *m, unsigned int cpus, uint64_t x0)
{
	bool good = machine_try_create(m, cpus, x0);

	ok(good, "a bare-metal Realm with %u vCPUs for job %u", cpus, (unsigned int)(x0 & 0xff));
	return good;
}

void machine_destroy(struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->cpus; i++) {
		munmap(m->vcpu[i].run, 2 * PAGE);
		close(m->vcpu[i].fd);
	}
	close(m->gic);
	close(m->its);
	close(m->gmem);
	close(m->vm);
	munmap(m->ram, MACHINE_SIZE);
}

static void take_report(struct machine *m, uint64_t data)
{
	uint32_t report = data >> 32, value = (uint32_t)data;

	if (report == REPORT_VALUE && m->nr_values < MACHINE_REPORTS)
		m->values[m->nr_values++] = value;
	if (report == REPORT_TAKEN && m->nr_taken < MACHINE_REPORTS)
		m->taken[m->nr_taken++] = value;
	m->ended |= report == REPORT_END || report == REPORT_DIED;
	m->died |= report == REPORT_DIED;
	if (m->on_report)
		m->on_report(m, report, value);
}

void machine_take_mmio(struct machine_vcpu *v)
{
	uint64_t data = 0;

	if (!v->run->mmio.is_write) {
		memset(v->run->mmio.data, 0, sizeof(v->run->mmio.data));
		return;
	}
	memcpy(&data, v->run->mmio.data, v->run->mmio.len);
	if (v->run->mmio.phys_addr == JOBS_DEVICE)
		take_report(v->m, data);
}

/* With two backings, the memory of the half that is left is given back. */
int machine_convert(struct machine *m, uint64_t gpa, uint64_t size, bool private)
{
	uint64_t offset = gpa - JOBS_RAM;
	int ret = 0;

	if (m->form == FORM_VM)
		ret = set_private(m->vm, gpa, size, private);
	else if (m->form == FORM_FILE)
		ret = set_file_private(m->gmem, offset, size, private);
	else if (!private)
		ret = fallocate(m->gmem, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
				(off_t)size);
	if (!ret && private && m->form != FORM_FILE)
		ret = madvise(m->ram + offset, size, MADV_DONTNEED);
	return ret ? -errno : 0;
}

static int convert(struct machine *m, const struct memory_fault *f)
{
	return machine_convert(m, f->gpa, f->size, f->flags & KVM_MEMORY_ATTRIBUTE_PRIVATE);
}

int machine_run_once(struct machine_vcpu *v)
{
	atomic_store(&v->running, true);
	v->ret = ioctl(v->fd, KVM_RUN, 0) < 0 ? -errno : 0;
	atomic_store(&v->running, false);
	v->exit = v->run->exit_reason;
	v->exits[v->exit % 64]++;
	if (!v->ret && v->exit == KVM_EXIT_MMIO)
		machine_take_mmio(v);
	if (v->ret == -EFAULT && v->exit == KVM_EXIT_MEMORY_FAULT)
		v->ret = convert(v->m, (void *)&v->run->mmio);
	return v->ret;
}

void machine_run(struct machine_vcpu *v)
{
	do {
		machine_run_once(v);
	} while (!v->ret && !v->m->ended &&
		 (v->exit == KVM_EXIT_MMIO || v->exit == KVM_EXIT_MEMORY_FAULT));
}

static void *run_thread(void *v)
{
	machine_run(v);
	return NULL;
}

void machine_start(struct machine_vcpu *v)
{
	if (pthread_create(&v->thread, NULL, run_thread, v))
		ok(false, "a thread for a vCPU");
}

bool machine_joined(struct machine_vcpu *v)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 100000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return !pthread_timedjoin_np(v->thread, NULL, &until);
}

bool machine_pull_out(struct machine_vcpu *v)
{
	int i;

	for (i = 0; i < MACHINE_PATIENCE_S * 10; i++) {
		pthread_kill(v->thread, SIGUSR1);
		if (machine_joined(v))
			return true;
	}
	return false;
}

void machine_set_spi(struct machine *m, unsigned int spi, bool level)
{
	struct kvm_irq_level irq = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | spi,
		.level = level,
	};

	if (ioctl(m->vm, KVM_IRQ_LINE, &irq))
		ok(false, "interrupt line %u", spi);
}
