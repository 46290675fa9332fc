/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/cmd/run.c with all that is below it but KVM: in which order a VM is made, and what the user
 * gets of each end. KVM is played by this file; its vCPU does what the test says, exit by exit.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/run.h"
#include "vmm/cmd/status.h"
#include "vmm/confine/confine.h"
#include "vmm/ctl/name.h"
#include "vmm/dev/uart/address.h"
#include "vmm/gdb/gdb.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"

#define RAM_SIZE (64ULL << 20)
#define PATIENCE 60 /* seconds */

static char kernel[32];

/* The vCPU sends `text` and then does `deed`. */
static const char *text;
static void (*deed)(struct kvm_run *page);

static struct kvm_run page;
static struct vcpu vcpu;
static size_t sent;

static unsigned int gdb_port;

/* The calls that made the VM, a letter each; the one with this letter fails. */
static char calls[64], failing;

static int note(char letter)
{
	size_t count = strlen(calls);

	if (count < sizeof(calls) - 1)
		calls[count] = letter;
	return letter == failing ? error_set(-ENOMEM, "call %c failed", letter) : 0;
}

/* The sanitizers need more than a confined process has. */
int confine(int dir, void (*before_end)(void))
{
	return note('f');
}

int kvm_open(const char *path)
{
	return note('o') < 0 ? -ENOENT : open("/dev/null", O_RDWR);
}

int kvm_ioctl(int fd, unsigned long request, const void *arg)
{
	return 0;
}

int kvm_check(int fd, int cap)
{
	return 8;
}

int kvm_enable_cap(int fd, unsigned int cap, uint64_t arg)
{
	return note('c');
}

/* The debugger's socket and registers are KVM's neighbours; whether it is asked is what is seen. */
int gdb_open(struct gdb *g, struct loop *loop, struct vm *vm, unsigned int port)
{
	return note('d');
}

void gdb_renew(struct gdb *g)
{
	note('D');
}

void gdb_close(struct gdb *g)
{
}

int memory_create(struct vm *vm)
{
	return note('m');
}

int memory_load(struct vm *vm, const char *what, uint64_t gpa, const void *source, uint64_t size)
{
	return note('l');
}

int memory_convert(struct vm *vm, uint64_t gpa, uint64_t size, int to_private)
{
	return 0;
}

void memory_destroy(struct vm *vm)
{
	note('M');
}

int gic_create(struct vm *vm)
{
	return note('g');
}

int gic_init(struct vm *vm)
{
	return note('i');
}

int gic_create_its(struct vm *vm)
{
	return note('I');
}

int gic_signal_msi(struct vm *vm, uint32_t device, uint64_t address, uint32_t data)
{
	return 0;
}

int gic_set_spi(struct vm *vm, unsigned int spi, bool level)
{
	return 0;
}

int vcpu_create_all(struct vm *vm, const struct vm_config *config)
{
	vcpu = (struct vcpu){.vm = vm, .run = &page};
	vm->vcpus = &vcpu;
	vm->cpus = 1;
	return note('v');
}

int vcpu_init_pmu(struct vm *vm, const struct vm_config *config)
{
	return config->pmu ? note('p') : 0;
}

int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t fdt)
{
	return note('e');
}

void vcpu_destroy_all(struct vm *vm)
{
	note('V');
}

static int run_vcpu(void)
{
	page.exit_reason = KVM_EXIT_INTR;
	if (text[sent]) {
		page.exit_reason = KVM_EXIT_MMIO;
		page.mmio.phys_addr = UART_BASE;
		page.mmio.len = 1;
		page.mmio.is_write = 1;
		page.mmio.data[0] = (uint8_t)text[sent++];
	} else {
		deed(&page);
	}
	return 0;
}

int kvm_ioctl_value(int fd, unsigned long request, unsigned long arg)
{
	if (request == KVM_CREATE_VM)
		return note('n') < 0 ? -ENOMEM : open("/dev/null", O_RDWR);
	return run_vcpu();
}

/* ---- what a vCPU may do ---- */

static void power_off(struct kvm_run *p)
{
	p->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	p->system_event.type = KVM_SYSTEM_EVENT_SHUTDOWN;
}

static void ask_for_reset(struct kvm_run *p)
{
	p->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	p->system_event.type = KVM_SYSTEM_EVENT_RESET;
}

static unsigned int resets;

/* The guest says hi again each time. */
static void ask_for_two_resets(struct kvm_run *p)
{
	if (resets++ < 2) {
		ask_for_reset(p);
		sent = 0;
	} else {
		power_off(p);
	}
}

/* It changes while the guest runs. */
static void change_kernel_and_reset(struct kvm_run *p)
{
	assert_int_equal(truncate(kernel, 8192), 0);
	ask_for_reset(p);
}

static void fail_a_restart(struct kvm_run *p)
{
	failing = 'n';
	ask_for_reset(p);
}

static void crash(struct kvm_run *p)
{
	p->exit_reason = KVM_EXIT_ARM_NISV;
}

static void confuse_kvm(struct kvm_run *p)
{
	p->exit_reason = KVM_EXIT_INTERNAL_ERROR;
}

/* Nothing happens until a kick. KVM_RUN may come back early and is called again then. */
static void idle(struct kvm_run *p)
{
	usleep(1000);
}

static void be_terminated(struct kvm_run *p)
{
	kill(getpid(), SIGTERM);
	idle(p);
}

/* ---- the command ---- */

static char runtime[32];

static int make_kernel(void **state)
{
	static uint8_t image[4096];

	strcpy(runtime, "/tmp/vmm-run-XXXXXX");
	assert_non_null(mkdtemp(runtime));
	setenv("XDG_RUNTIME_DIR", runtime, 1);

	memcpy(image + 56, "ARM\x64", 4);
	make_file(kernel, image, sizeof(image));
	return 0;
}

static int remove_kernel(void **state)
{
	char folder[64];

	snprintf(folder, sizeof(folder), "%s/kvm-cca", runtime);
	return unlink(kernel) | rmdir(folder) | rmdir(runtime);
}

static bool no_reboot;
static const char *name;
static unsigned int pmu;

static int reset(void **state)
{
	error_clear();
	no_reboot = false;
	gdb_port = 0;
	name = NULL;
	pmu = 0;
	resets = 0;
	text = "hi";
	deed = power_off;
	failing = 0;
	return 0;
}

/* The process's status; said is what the guest's console and the error text say. */
static int run_child(int in, int out, int report)
{
	const struct options o = {
		.boot = {.kernel = kernel, .append = ""},
		.no_reboot = no_reboot,
		.gdb = gdb_port,
		.name = name,
		.vm = {.kvm = "/dev/kvm-cca",
		       .realm = true,
		       .mem = RAM_SIZE,
		       .cpus = 1,
		       .pmu = pmu},
	};
	int status;

	alarm(PATIENCE);
	signal(SIGTERM, SIG_DFL); /* whatever the starter of the tests did with it */
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	status = run(&o);
	dprintf(report, "%s %s", calls, error_text());
	return status;
}

static char said[64], report[256];

static void read_all(int fd, char *buf, size_t size)
{
	size_t count = 0;
	ssize_t got = 1;

	while (count < size - 1 && got > 0) {
		got = read(fd, buf + count, size - 1 - count);
		count += got > 0 ? (size_t)got : 0;
	}
	buf[count] = '\0';
	close(fd);
}

static int wait_for(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run_with(int in)
{
	int out[2], rep[2];
	pid_t child;

	assert_int_equal(pipe(out) | pipe(rep), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(run_child(in, out[1], rep[1]));
	close(out[1]);
	close(rep[1]);
	read_all(out[0], said, sizeof(said));
	read_all(rep[0], report, sizeof(report));
	return wait_for(child);
}

static int run_in_vain(void)
{
	int in = open("/dev/null", O_RDONLY), status = run_with(in);

	close(in);
	return status;
}

static void assert_report(const char *want)
{
	if (strncmp(report, want, strlen(want)) != 0)
		fail_msg("\"%s\" is not \"%s\"", report, want);
}

/*
 * The letters: open, new VM, memory, GIC, vCPUs, init of the GIC, two loads, entry,
 * and the process is confined. V, M: ends.
 */
static void a_vm_is_made_in_its_order_and_given_back(void **state)
{
	assert_int_equal(run_in_vain(), STATUS_OK);
	assert_string_equal(report, "onmgvillefVM ");
	assert_string_equal(said, "hi");
}

/* KVM wants the GIC to be initialised before it takes the interrupt of a PMU. */
static void a_pmu_comes_after_the_gic(void **state)
{
	pmu = 6;
	assert_int_equal(run_in_vain(), STATUS_OK);
	assert_string_equal(report, "onmgvipllefVM ");
	failing = 'p';
	assert_int_equal(run_in_vain(), STATUS_NOT_STARTED);
	assert_report("onmgvipVM call p failed");
}

static void what_fails_is_said_and_all_is_given_back(void **state)
{
	static const struct {
		char letter;
		const char *report;
	} steps[] = {
		{'o', "oVM call o failed"},	     {'n', "onVM call n failed"},
		{'m', "onmVM call m failed"},	     {'g', "onmgVM call g failed"},
		{'v', "onmgvVM call v failed"},	     {'i', "onmgviVM call i failed"},
		{'l', "onmgvilVM call l failed"},    {'e', "onmgvilleVM call e failed"},
		{'f', "onmgvillefVM call f failed"},
	};
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		failing = steps[i].letter;
		assert_int_equal(run_in_vain(), STATUS_NOT_STARTED);
		assert_report(steps[i].report);
		assert_string_equal(said, "");
	}
}

/* With the same device and files, and all else anew. */
static void a_reset_starts_the_guest_again(void **state)
{
	deed = ask_for_two_resets;
	assert_int_equal(run_in_vain(), STATUS_OK);
	assert_string_equal(report, "onmgvillefVnmgvilleVnmgvilleVM ");
	assert_string_equal(said, "hihihi");
}

/* d, D: the debugger is there before the process is confined, and knows each set of vCPUs. */
static void a_debugger_sees_each_start(void **state)
{
	gdb_port = 1234;
	deed = ask_for_two_resets;
	assert_int_equal(run_in_vain(), STATUS_OK);
	assert_string_equal(report, "onmgvilledfDVnmgvilleDVnmgvilleDVM ");
	failing = 'd';
	assert_int_equal(run_in_vain(), STATUS_NOT_STARTED);
	assert_report("onmgvilledVM call d failed");
}

static void it_starts_as_the_same_or_not_at_all(void **state)
{
	deed = change_kernel_and_reset;
	assert_int_equal(run_in_vain(), STATUS_RESET);
	assert_report("onmgvillefVM the guest asked for a reset, and its kernel or initrd has "
		      "changed");
	deed = fail_a_restart;
	assert_int_equal(run_in_vain(), STATUS_KVM);
	assert_report("onmgvillefVnVM call n failed");
}

static void a_name_is_that_of_one_vm(void **state)
{
	struct name other;

	assert_no_error(name_take(&other, "one"));
	name = "one";
	assert_int_equal(run_in_vain(), STATUS_NOT_STARTED);
	assert_report(" --name one: another VM");
	name_give_back(&other);
	assert_int_equal(run_in_vain(), STATUS_OK);
	assert_no_error(name_take(&other, "one"));
	name_give_back(&other);
}

/* Where there is no place for names, a VM without one runs all the same. */
static void a_name_that_nobody_gave_is_not_needed(void **state)
{
	setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
	assert_int_equal(run_in_vain(), STATUS_OK);
	name = "one";
	assert_int_equal(run_in_vain(), STATUS_NOT_STARTED);
	setenv("XDG_RUNTIME_DIR", runtime, 1);
}

static void each_end_has_its_status(void **state)
{
	no_reboot = true;
	deed = ask_for_reset;
	assert_int_equal(run_in_vain(), STATUS_RESET);
	assert_report("onmgvillefVM the guest asked for a reset");
	deed = crash;
	assert_int_equal(run_in_vain(), STATUS_CRASH);
	assert_report("onmgvillefVM the guest used");
	deed = confuse_kvm;
	assert_int_equal(run_in_vain(), STATUS_KVM);
	assert_report("onmgvillefVM KVM failed");
	assert_string_equal(said, "hi");
}

static void a_signal_ends_it_without_an_error(void **state)
{
	deed = be_terminated;
	assert_int_equal(run_in_vain(), STATUS_SIGNAL + SIGTERM);
	assert_string_equal(report, "onmgvillefVM ");
	assert_string_equal(said, "hi");
}

/* More than the console holds, to a reader that takes it late. */
static void all_output_arrives(void **state)
{
	static char much[3 * 4096];
	int out[2], status;
	size_t count = 0;
	ssize_t got;
	pid_t child;

	memset(much, 'x', sizeof(much) - 1);
	text = much;
	assert_int_equal(pipe(out), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(run_child(open("/dev/null", O_RDONLY), out[1], open("/dev/null", O_WRONLY)));
	close(out[1]);
	while ((got = read(out[0], said, sizeof(said))) > 0)
		count += (size_t)got;
	status = wait_for(child);
	close(out[0]);
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(count, sizeof(much) - 1);
}

static void the_escape_key_ends_it_and_the_terminal_is_as_before(void **state)
{
	struct termios before = {0}, after = {0};
	int master, terminal;

	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(terminal, &before), 0);
	/* Typed ahead: the keys wait until the terminal is raw. */
	assert_int_equal(write(master, "\1x", 2), 2);
	deed = idle;
	assert_int_equal(run_with(terminal), STATUS_CONSOLE);
	assert_int_equal(tcgetattr(terminal, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	close(master);
	close(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_vm_is_made_in_its_order_and_given_back, reset),
		cmocka_unit_test_setup(a_pmu_comes_after_the_gic, reset),
		cmocka_unit_test_setup(what_fails_is_said_and_all_is_given_back, reset),
		cmocka_unit_test_setup(a_reset_starts_the_guest_again, reset),
		cmocka_unit_test_setup(a_debugger_sees_each_start, reset),
		cmocka_unit_test_setup(it_starts_as_the_same_or_not_at_all, reset),
		cmocka_unit_test_setup(a_name_is_that_of_one_vm, reset),
		cmocka_unit_test_setup(a_name_that_nobody_gave_is_not_needed, reset),
		cmocka_unit_test_setup(each_end_has_its_status, reset),
		cmocka_unit_test_setup(a_signal_ends_it_without_an_error, reset),
		cmocka_unit_test_setup(all_output_arrives, reset),
		cmocka_unit_test_setup(the_escape_key_ends_it_and_the_terminal_is_as_before, reset),
	};

	return cmocka_run_group_tests_name("vmm/cmd/run", tests, make_kernel, remove_kernel);
}
