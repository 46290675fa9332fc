// SPDX-License-Identifier: BSD-3-Clause
/*
 * The three forms of VMM (docs/uapi.md): the same Realm runs with attributes set on the VM, without
 * any, and with attributes kept in a guest_memfd that is mapped. Then the rules of such files.
 */
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "machine.h"

#define PATIENCE_S 60
#define ROUNDS	   4U
#define HOLES	   1000U
#define OFFSET	   (JOBS_WINDOW - JOBS_RAM) /* of the page that the Realm shares */

static struct machine machine;

static volatile uint64_t *word(void)
{
	return (volatile uint64_t *)(machine.ram + OFFSET);
}

/* A look at memory that gives an error where a load would be a SIGBUS. */
static bool readable(const void *at)
{
	int ends[2];
	bool good;

	if (pipe(ends))
		return false;
	good = write(ends[1], at, 8) == 8;
	close(ends[0]);
	close(ends[1]);
	return good;
}

/* ---- a Realm that shares a page, in each form ---- */

static uint64_t seen[ROUNDS];

static void answer(struct machine *m, unsigned int report, uint32_t value)
{
	if (report != REPORT_READY || value >= ROUNDS)
		return;
	seen[value] = *word();
	*word() = 0x7000 + value;
}

static void share(enum machine_form form, const char *what)
{
	struct machine_vcpu *v = &machine.vcpu[0];
	unsigned int i;

	machine_form = form;
	memset(seen, 0, sizeof(seen));
	if (!machine_create(&machine, 1, JOB_SHARE | ROUNDS << 8))
		return;
	machine.on_report = answer;
	alarm(PATIENCE_S);
	machine_run(v);
	alarm(0);
	ok(machine.ended && !machine.died && machine.nr_values == ROUNDS + 3,
	   "%s: to the end (%d, exit %u, %u values)", what, v->ret, v->exit, machine.nr_values);
	ok(v->exits[KVM_EXIT_MEMORY_FAULT] == 2, "%s: an exit for each change of RIPAS (%u)", what,
	   v->exits[KVM_EXIT_MEMORY_FAULT]);
	for (i = 0; i < ROUNDS; i++) {
		ok(seen[i] == (i ? 0x100 + i - 1 : 0x11), "%s: write %u of the Realm (%#lx)", what,
		   i, (long)seen[i]);
		ok(machine.values[1 + i] == 0x7000 + i, "%s: write %u of the VMM (%#x)", what, i,
		   machine.values[1 + i]);
	}
	ok(machine.values[0] == 0 && machine.values[ROUNDS + 1] == 0 &&
		   machine.values[ROUNDS + 2] == 0x22,
	   "%s: shared and private again", what);
	ok(readable((void *)word()) == (form != FORM_FILE), "%s: what the VMM has there now", what);
	if (form != FORM_FILE)
		ok(*word() == 0, "%s: and it sees nothing of the Realm's", what);
	machine_destroy(&machine);
}

/* ---- rules of files that keep attributes ---- */

static void attributes2(int gmem, uint64_t offset, uint64_t size, uint64_t attributes,
			uint64_t flags, int want, const char *what)
{
	struct kvm_cca_memory_attributes2 a = {
		.offset = offset, .size = size, .attributes = attributes, .flags = flags};

	expect(ioctl(gmem, KVM_CCA_SET_MEMORY_ATTRIBUTES2, &a), want, "ATTRIBUTES2: %s", what);
}

static void file_rules(int vm, int gmem)
{
	const uint64_t private = KVM_MEMORY_ATTRIBUTE_PRIVATE;

	attributes2(gmem, 0, PAGE, private, 0, 0, "private");
	attributes2(gmem, 0, PAGE, 0, 0, 0, "shared again");
	attributes2(gmem, 0, 0, 0, 0, EINVAL, "size 0");
	attributes2(gmem, 1, PAGE, 0, 0, EINVAL, "offset");
	attributes2(gmem, 0, 5, 0, 0, EINVAL, "size");
	attributes2(gmem, 0, PAGE, 1, 0, EINVAL, "unknown bit");
	attributes2(gmem, 0, PAGE, 0, 1, EINVAL, "flags");
	attributes2(gmem, BLOCK, PAGE, 0, 0, EINVAL, "beyond");
	attributes2(gmem, -PAGE, 2 * PAGE, 0, 0, EINVAL, "wraps");
	attributes2(vm, 0, PAGE, 0, 0, ENOTTY, "of a VM");
	expect(ioctl(gmem, KVM_CCA_SET_MEMORY_ATTRIBUTES2, 8), EFAULT, "ATTRIBUTES2: from nowhere");
	expect(ioctl(gmem, KVM_RUN, 0), ENOTTY, "a file has no other call");
	ok(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, gmem, 0) == MAP_FAILED && errno == EINVAL,
	   "a file is mapped shared or not at all");
}

/* Pages are somebody's at a time: user space's while shared, the Realm's while private. */
static void conversions(int vm, int gmem, char *at)
{
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	char *source = user_memory(BLOCK);

	at[5 * PAGE] = 1;
	expect(populate(vm, RAM_BASE, source, PAGE), EINVAL, "a shared page is not populated");
	expect(set_file_private(gmem, 0, 8 * PAGE, true), 0, "pages become private");
	ok(!readable(at + 5 * PAGE), "private pages are out of reach");
	expect(populate(vm, RAM_BASE, source, 8 * PAGE), 0, "private pages are populated");
	ok(readable(at + 9 * PAGE), "their neighbours are in reach");
	expect(set_file_private(gmem, 0, BLOCK, false), 0, "all pages are shared again");
	ok(readable(at + 5 * PAGE) && at[5 * PAGE] == 0, "shared pages begin with zeros");
	at[5 * PAGE] = 2;
	expect(fallocate(gmem, punch, 5 * PAGE, PAGE), 0, "a hole");
	ok(at[5 * PAGE] == 0, "its page is a new one, and still shared");
	expect(set_private(vm, RAM_BASE, PAGE, true), EINVAL, "a VM's attributes do not reach it");
	munmap(source, BLOCK);
}

/* A pipe holds a reference to the page. */
static void page_in_use(int gmem, char *at)
{
	struct kvm_cca_memory_attributes2 a = {.size = 16 * PAGE,
					       .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE};
	struct iovec held = {at + 7 * PAGE, PAGE};
	char out[PAGE];
	int ends[2];

	at[7 * PAGE] = 3;
	ok(!pipe(ends) && vmsplice(ends[1], &held, 1, 0) == PAGE, "a page in a pipe");
	expect(ioctl(gmem, KVM_CCA_SET_MEMORY_ATTRIBUTES2, &a), EAGAIN, "a page in use stays");
	ok(a.error_offset == 7 * PAGE, "the answer says which (%#llx)", a.error_offset);
	ok(readable(at) && at[7 * PAGE] == 3, "all are as before");
	ok(read(ends[0], out, PAGE) == PAGE && out[0] == 3, "the pipe is empty again");
	close(ends[0]);
	close(ends[1]);
	expect(ioctl(gmem, KVM_CCA_SET_MEMORY_ATTRIBUTES2, &a), 0, "then they become private");
}

static atomic_bool looked_enough;

static void *look_on(void *at)
{
	while (!atomic_load(&looked_enough))
		(void)*(volatile char *)at;
	return NULL;
}

/*
 * While a page is faulted in again and again, holes take it away. Whoever looks afterwards sees the
 * page that the file has, by each mapping.
 */
static void holes_under_way(int gmem, char *at)
{
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	volatile char *other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, gmem, 0);
	unsigned int i, old = 0;
	pthread_t thread;

	atomic_store(&looked_enough, false);
	expect(set_file_private(gmem, 0, BLOCK, false), 0, "pages are shared");
	pthread_create(&thread, NULL, look_on, at);
	for (i = 0; i < HOLES; i++) {
		fallocate(gmem, punch, 0, PAGE);
		other[0] = (char)(i % 100 + 1);
		old += *(volatile char *)at != other[0];
	}
	atomic_store(&looked_enough, true);
	pthread_join(thread, NULL);
	ok(!old, "after a hole all mappings have the same page (%u of %u had not)", old, HOLES);
	munmap((void *)other, PAGE);
}

static void files(void)
{
	int vm = new_vm(), gmem = new_gmem_with(vm, BLOCK, KVM_CCA_GMEM_FLAGS);
	char *at = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, gmem, 0);

	ok(gmem >= 0 && at != MAP_FAILED, "a file to be mapped");
	expect(set_slot(vm, 0, RAM_BASE, BLOCK, at, gmem, 0), 0, "its slot");
	file_rules(vm, gmem);
	conversions(vm, gmem, at);
	page_in_use(gmem, at);
	holes_under_way(gmem, at);
	close(gmem);
	close(vm);
	ok(counter("vms") == 1, "a mapping keeps the file and its VM");
	munmap(at, BLOCK);
	expect_nothing_left("the files");
}

/* ---- a VMM that is late ---- */

/* A change of RIPAS is not carried out before the file agrees; the Realm is told nothing. */
static void late_conversion(void)
{
	struct machine_vcpu *v = &machine.vcpu[0];
	struct kvm_run *run;
	int i, ret = 0;

	machine_form = FORM_FILE;
	if (!machine_create(&machine, 1, JOB_SHARE | ROUNDS << 8))
		return;
	run = v->run;
	machine.on_report = answer;
	for (i = 0; i < 3; i++) {
		ret = ioctl(v->fd, KVM_RUN, 0) < 0 ? errno : 0;
		ok(ret == EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT,
		   "late: exit %d is a memory fault (%d, %u)", i, ret, run->exit_reason);
	}
	machine_run(v);
	ok(machine.ended && !machine.died && machine.values[ROUNDS + 2] == 0x22,
	   "late: then to the end (%d, exit %u)", v->ret, v->exit);
	machine_destroy(&machine);
}

/* ---- faults beforehand ---- */

static int pre_fault(int vcpu, struct kvm_pre_fault_memory *range)
{
	return ioctl(vcpu, KVM_PRE_FAULT_MEMORY, range);
}

static void fault_rule(uint64_t gpa, uint64_t size, uint64_t flags, int want, const char *what)
{
	struct kvm_pre_fault_memory range = {.gpa = gpa, .size = size, .flags = flags};

	expect(pre_fault(machine.vcpu[0].fd, &range), want, "PRE_FAULT_MEMORY: %s", what);
}

static void faults_beforehand(enum machine_form form, const char *what)
{
	struct kvm_pre_fault_memory range = {.gpa = JOBS_RAM, .size = MACHINE_SIZE + PAGE};
	long before;

	machine_form = form;
	if (!machine_create(&machine, 1, JOB_SPIN))
		return;
	fault_rule(JOBS_RAM, PAGE, 0, EBUSY, "before the Realm runs");
	machine_run_once(&machine.vcpu[0]);
	fault_rule(JOBS_RAM, 0, 0, EINVAL, "size 0");
	fault_rule(JOBS_RAM, 77, 0, EINVAL, "size");
	fault_rule(JOBS_RAM + 1, PAGE, 0, EINVAL, "address");
	fault_rule(JOBS_RAM, PAGE, 1, EINVAL, "flags");
	fault_rule(-PAGE, 2 * PAGE, 0, EINVAL, "wraps");
	fault_rule(0, PAGE, 0, ENOENT, "no slot");
	before = counter("private");
	expect(pre_fault(machine.vcpu[0].fd, &range), 0, "%s: all memory is faulted in", what);
	ok(range.gpa == JOBS_RAM + MACHINE_SIZE && range.size == PAGE,
	   "%s: up to the end of the slot (%#llx)", what, (unsigned long long)range.gpa);
	ok(counter("private") > before, "%s: it is there (%ld, %ld before)", what,
	   counter("private"), before);
	machine_destroy(&machine);
}

/* ---- everything at once ---- */

#define STRESS_ROUNDS 100U
#define NEIGHBOURS    16UL /* pages behind the Realm's, which one fault maps with it */

static atomic_bool over;
static pthread_t stress_thread;
static unsigned int stress_turns;

static void fork_once(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* The Realm's page stays shared, and what is around it comes and goes. */
static void *stress(void *turns)
{
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	char *at = machine.ram + OFFSET + PAGE;
	unsigned int i;

	for (i = 0; !atomic_load(&over); i++) {
		set_file_private(machine.gmem, OFFSET + PAGE, NEIGHBOURS * PAGE, false);
		at[i % NEIGHBOURS * PAGE] = 1;
		if (i % 4 == 1)
			fallocate(machine.gmem, punch, OFFSET, (1 + NEIGHBOURS) * PAGE);
		if (i % 4 == 2)
			madvise(machine.ram, MACHINE_SIZE, MADV_DONTNEED);
		if (i % 16 == 3)
			fork_once();
		set_file_private(machine.gmem, OFFSET + PAGE, NEIGHBOURS * PAGE, true);
	}
	*(unsigned int *)turns = i;
	return NULL;
}

/*
 * A hole where the Realm has private memory destroys what is there, and then no fault can be cured.
 * So the stress begins when the page is shared, and ends before the Realm takes it back.
 */
static void stress_while_shared(struct machine *m, unsigned int report, uint32_t value)
{
	if (report != REPORT_READY)
		return;
	if (value == 0) {
		pthread_create(&stress_thread, NULL, stress, &stress_turns);
	} else if (value == STRESS_ROUNDS) {
		atomic_store(&over, true);
		pthread_join(stress_thread, NULL);
	}
}

static void everything_at_once(void)
{
	struct machine_vcpu *v = &machine.vcpu[0];

	machine_form = FORM_FILE;
	if (!machine_create(&machine, 1, JOB_SHARE | STRESS_ROUNDS << 8))
		return;
	machine.on_report = stress_while_shared;
	alarm(PATIENCE_S);
	machine_run(v);
	alarm(0);
	ok(machine.ended && !machine.died && stress_turns,
	   "stress: the Realm ran on in %u turns (%d, %u)", stress_turns, v->ret, v->exit);
	machine_destroy(&machine);
}

void test_forms(void)
{
	share(FORM_VM, "attributes on the VM");
	share(FORM_PLAIN, "no attributes");
	share(FORM_FILE, "attributes on the file");
	files();
	late_conversion();
	faults_beforehand(FORM_PLAIN, "no attributes");
	faults_beforehand(FORM_FILE, "attributes on the file");
	everything_at_once();
	machine_form = FORM_VM;
	expect_nothing_left("the forms group");
}
