// SPDX-License-Identifier: BSD-3-Clause
/*
 * A Realm that takes LPIs and SPIs by messages and eventfds, with its ITS's tables in memory it
 * shares, and whose writes signal eventfds without an exit (job LPI).
 */
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

#include "machine.h"

#define PATIENCE_S 120
#define DOORBELL   (JOBS_GITS + 0x10040)
#define GSI_MSI	   1000
#define GSI_EDGE   1
#define GSI_LEVEL  2

static struct machine machine;
static int msi_fd, edge_fd, level_fd, resample_fd, match_fd, any_fd;
static int delivered[3]; /* answers of SIGNAL_MSI: first, disabled, discarded */
static int gone[2] = {-1, -1};
static unsigned int taken_while_disabled, device_exits;
static uint64_t resampled[2], matched, unmatched;

static int send_msi(uint32_t event)
{
	struct kvm_msi msi = {
		.address_lo = DOORBELL,
		.data = event,
		.flags = KVM_MSI_VALID_DEVID,
		.devid = JOBS_MSI_ID,
	};

	return ioctl(machine.vm, KVM_SIGNAL_MSI, &msi);
}

static uint64_t count_of(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

/* While the vCPU waits in the kernel for just this. */
static void *later(void *fd)
{
	struct timespec while_it_waits = {.tv_nsec = 200000000};

	nanosleep(&while_it_waits, NULL);
	eventfd_write(*(int *)fd, 1);
	return NULL;
}

static void write_later(int *fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, later, fd))
		ok(false, "a thread that signals");
	else
		pthread_detach(thread);
}

static int irqfd_level(int fd, uint32_t flags)
{
	struct kvm_irqfd args = {
		.fd = fd, .gsi = GSI_LEVEL, .flags = flags, .resamplefd = (uint32_t)resample_fd};

	return ioctl(machine.vm, KVM_IRQFD, &args);
}

/* Takes away an eventfd that holds up the line: by a call, and by its last close. */
static void level_gone(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	eventfd_write(level_fd, 1);
	gone[0] = irqfd_level(level_fd, KVM_IRQFD_FLAG_DEASSIGN);
	gone[1] = irqfd_level(fd, KVM_IRQFD_FLAG_RESAMPLE);
	eventfd_write(fd, 1);
	close(fd);
}

static void on_ready(struct machine *m, unsigned int report, uint32_t step)
{
	if (report == REPORT_VALUE && step == 0x55)
		taken_while_disabled = m->nr_taken;
	if (report != REPORT_READY)
		return;
	switch (step) {
	case LPI_SIGNAL:
		delivered[0] = send_msi(0);
		break;
	case LPI_IRQFD:
		write_later(&msi_fd);
		break;
	case LPI_MOVED:
		send_msi(0);
		break;
	case LPI_DISABLED:
		taken_while_disabled = m->nr_taken;
		delivered[1] = send_msi(0);
		break;
	case LPI_EDGE:
		write_later(&edge_fd);
		break;
	case LPI_LEVEL:
		eventfd_write(level_fd, 1);
		break;
	case LPI_LEVEL_AGAIN:
		resampled[0] = count_of(resample_fd);
		write_later(&level_fd);
		break;
	case LPI_LEVEL_GONE:
		resampled[1] = count_of(resample_fd);
		level_gone();
		break;
	case LPI_DOORBELL:
		matched = count_of(match_fd);
		unmatched = count_of(any_fd);
		break;
	case LPI_GONE:
		delivered[2] = send_msi(1);
		break;
	}
}

/* Before the Realm runs: an eventfd for each way in, two for ways out. */
static void assign(void)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[3];
	} routing = {
		.head.nr = 3,
		.entry = {{.gsi = GSI_EDGE, .type = KVM_IRQ_ROUTING_IRQCHIP},
			  {.gsi = GSI_LEVEL, .type = KVM_IRQ_ROUTING_IRQCHIP},
			  {.gsi = GSI_MSI,
			   .type = KVM_IRQ_ROUTING_MSI,
			   .flags = KVM_MSI_VALID_DEVID}},
	};
	struct kvm_irqfd msi = {.fd = msi_fd, .gsi = GSI_MSI};
	struct kvm_irqfd edge = {.fd = edge_fd, .gsi = GSI_EDGE};
	struct kvm_ioeventfd match = {.fd = match_fd,
				      .addr = JOBS_DOORBELL,
				      .len = 4,
				      .flags = KVM_IOEVENTFD_FLAG_DATAMATCH,
				      .datamatch = 2};
	struct kvm_ioeventfd any = {.fd = any_fd, .addr = JOBS_DOORBELL + 8};
	struct kvm_coalesced_mmio_zone zone = {.addr = JOBS_DOORBELL + 16, .size = 8};

	routing.entry[0].u.irqchip.pin = JOBS_SPI_EDGE - 32;
	routing.entry[1].u.irqchip.pin = JOBS_SPI_LEVEL - 32;
	routing.entry[2].u.msi.address_lo = DOORBELL;
	routing.entry[2].u.msi.data = 1;
	routing.entry[2].u.msi.devid = JOBS_MSI_ID;
	ok(!ioctl(machine.vm, KVM_SET_GSI_ROUTING, &routing), "routes");
	ok(!ioctl(machine.vm, KVM_IRQFD, &msi) && !ioctl(machine.vm, KVM_IRQFD, &edge) &&
		   !irqfd_level(level_fd, KVM_IRQFD_FLAG_RESAMPLE),
	   "eventfds that interrupt");
	ok(!ioctl(machine.vm, KVM_IOEVENTFD, &match) && !ioctl(machine.vm, KVM_IOEVENTFD, &any),
	   "eventfds that are signalled");
	ok(!ioctl(machine.vm, KVM_REGISTER_COALESCED_MMIO, &zone), "a zone of coalesced MMIO");
}

static void open_eventfds(void)
{
	int *all[] = {&msi_fd, &edge_fd, &level_fd, &resample_fd, &match_fd, &any_fd};
	unsigned int i;

	for (i = 0; i < 6; i++)
		*all[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static void close_eventfds(void)
{
	int all[] = {msi_fd, edge_fd, level_fd, resample_fd, match_fd, any_fd};
	unsigned int i;

	for (i = 0; i < 6; i++)
		close(all[i]);
}

/* Counts the writes to the doorbell that came to user space. */
static void run_first(struct machine_vcpu *v)
{
	do {
		machine_run_once(v);
		if (!v->ret && v->exit == KVM_EXIT_MMIO &&
		    v->run->mmio.phys_addr - JOBS_DOORBELL < 32)
			device_exits++;
	} while (!v->ret && !machine.ended &&
		 (v->exit == KVM_EXIT_MMIO || v->exit == KVM_EXIT_MEMORY_FAULT));
}

static void on_signal(int signal)
{
}

static void results(void)
{
	const struct kvm_coalesced_mmio_ring *ring = (void *)machine.vcpu[1].run + PAGE;
	static const uint32_t order[] = {JOBS_LPI,	JOBS_LPI + 1,	JOBS_LPI,      JOBS_LPI,
					 JOBS_SPI_EDGE, JOBS_SPI_LEVEL, JOBS_SPI_LEVEL};
	unsigned int i, n = sizeof(order) / sizeof(order[0]);

	ok(machine.nr_taken == n, "%u interrupts are taken (%u)", n, machine.nr_taken);
	for (i = 0; i < n && i < machine.nr_taken; i++)
		ok(machine.taken[i] == order[i], "interrupt %u is %u (%u)", i, order[i],
		   machine.taken[i]);
	ok(delivered[0] == 1, "a message is delivered (%d)", delivered[0]);
	ok(delivered[1] == 1 && taken_while_disabled == 3,
	   "one that is disabled waits (%d, %u taken)", delivered[1], taken_while_disabled);
	ok(delivered[2] == 0, "one that is discarded is blocked (%d)", delivered[2]);
	ok(resampled[0] == 1 && resampled[1] == 1, "each end of the level is told (%lu, %lu)",
	   (long)resampled[0], (long)resampled[1]);
	ok(!gone[0] && !gone[1], "a line that is up goes down with its eventfd (%d, %d)", gone[0],
	   gone[1]);
	ok(matched == 2, "two writes match (%lu)", (long)matched);
	ok(unmatched == 2, "writes of any length are counted (%lu)", (long)unmatched);
	ok(ring->last == 2 && ring->coalesced_mmio[0].phys_addr == JOBS_DOORBELL + 20 &&
		   ring->coalesced_mmio[0].len == 4 && ring->coalesced_mmio[0].data[0] == 97 &&
		   ring->coalesced_mmio[1].phys_addr == JOBS_DOORBELL + 16 &&
		   ring->coalesced_mmio[1].len == 8 && ring->coalesced_mmio[1].data[0] == 96,
	   "two writes wait in the second vCPU's ring, too (%u)", ring->last);
	ok(device_exits == 3, "only the others come to user space (%u)", device_exits);
}

void test_msi(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &action, NULL);
	if (!machine_create(&machine, 2, JOB_LPI))
		return;
	machine.on_report = on_ready;
	open_eventfds();
	assign();
	alarm(PATIENCE_S);
	machine_start(&machine.vcpu[1]);
	run_first(&machine.vcpu[0]);
	ok(machine.ended && !machine.died, "the Realm comes to its end (%d, exit %u)",
	   machine.vcpu[0].ret, machine.vcpu[0].exit);
	ok(machine_pull_out(&machine.vcpu[1]), "and the second vCPU by a signal");
	alarm(0);
	results();
	close_eventfds();
	machine_destroy(&machine);
	expect_nothing_left("the msi group");
}
