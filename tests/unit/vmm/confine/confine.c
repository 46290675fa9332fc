/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/confine/: what a confined process can do and what ends it. Each deed is done by a child,
 * whose status says how it went.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/kvm.h>
#include <linux/vhost.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/confine/confine.h"
#include "vmm/loop/event.h"
#include "vmm/loop/loop.h"

#define FAILED 99
#define ENDED  (-SIGSYS)

static char folder[32], file[64], other[64];
static int told[2]; /* before_end() writes here */

static void tell(void)
{
	(void)!write(told[1], "!", 1);
}

/* A deed returns 0, or an errno. */
static int confined(int (*deed)(void))
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY);

	if (confine(dir, tell) < 0)
		return FAILED;
	return deed();
}

/* The child's status, or the negative signal that ended it. */
static int try(int (*deed)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		close(STDERR_FILENO);
		_exit(confined(deed));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int begin(void **state)
{
	error_clear();
	strcpy(folder, "/tmp/vmm-confine-XXXXXX");
	strcpy(other, "/tmp/vmm-confine-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(close(mkstemp(other)), 0);
	snprintf(file, sizeof(file), "%s/file", folder);
	assert_int_equal(close(open(file, O_CREAT | O_RDWR, 0600)), 0);
	return pipe(told);
}

static int finish(void **state)
{
	close(told[0]);
	close(told[1]);
	unlink(file);
	unlink(other);
	return rmdir(folder);
}

static int result(bool good)
{
	return good ? 0 : errno;
}

/* ---- forbidden ---- */

static int run_program(void)
{
	execl("/bin/true", "true", NULL);
	return result(false);
}

static int make_process(void)
{
	return fork() == 0 ? FAILED : 0;
}

static int make_socket(void)
{
	return result(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int connect_unix(void)
{
	struct sockaddr a = {.sa_family = AF_UNIX};

	return result(connect(told[0], &a, sizeof(a)) == 0);
}

static int trace(void)
{
	return result(ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0);
}

static int kill_parent(void)
{
	return result(kill(getppid(), 0) == 0);
}

static int signal_parent(void)
{
	return result(syscall(SYS_tgkill, getppid(), getppid(), 0) == 0);
}

static int make_code(void)
{
	return result(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		      MAP_FAILED);
}

static int make_memory_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return result(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int type_at_the_terminal(void)
{
	return result(ioctl(told[0], TIOCSTI, "x") == 0);
}

/* Numbers of ioctl() that the descriptors of a VMM would take. */
static const unsigned long bad_ioctls[] = {
	KVM_GET_API_VERSION,
	KVM_GET_DIRTY_LOG,
	KVM_SET_IDENTITY_MAP_ADDR,
	KVM_IRQFD,
	KVM_IOEVENTFD,
	KVM_SET_GSI_ROUTING,
	KVM_SET_SIGNAL_MASK,
	KVM_GET_DEVICE_ATTR,
	VHOST_SET_OWNER,
	VHOST_RESET_OWNER,
	VHOST_SET_LOG_FD,
	VHOST_SET_LOG_BASE,
	VHOST_VSOCK_SET_GUEST_CID,
	VHOST_SET_MEM_TABLE,
	TIOCSTI,
	TIOCLINUX,
	TIOCSCTTY,
	TIOCSETD,
	TUNSETIFF,
	TUNATTACHFILTER,
	FIOASYNC,
	FIONBIO,
	FICLONE,
	BLKRRPART,
};
static size_t ioctl_at;

static int number_bad_ioctl(void)
{
	return result(ioctl(told[0], bad_ioctls[ioctl_at], 0) == 0);
}

static void other_ioctls_end_it(void **state)
{
	char byte;

	for (ioctl_at = 0; ioctl_at < sizeof(bad_ioctls) / sizeof(bad_ioctls[0]); ioctl_at++) {
		int status = try(number_bad_ioctl);

		if (status != ENDED)
			fail_msg("%#lx: status %d", bad_ioctls[ioctl_at], status);
		assert_int_equal(read(told[0], &byte, 1), 1);
	}
}

/* What an attacker would like to have, by its number: arguments do not matter. */
static const long bad_calls[] = {
	SYS_execveat,
	SYS_prctl,
	SYS_personality,
	SYS_setsid,
	SYS_setns,
	SYS_unshare,
	SYS_mount,
	SYS_pivot_root,
	SYS_bind,
	SYS_socketpair,
	SYS_listen,
	SYS_setsockopt,
	SYS_pipe2,
	SYS_memfd_create,
	SYS_userfaultfd,
	SYS_pidfd_open,
	SYS_pidfd_getfd,
	SYS_kcmp,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_process_madvise,
	SYS_pkey_mprotect,
	SYS_shmget,
	SYS_msgget,
	SYS_keyctl,
	SYS_add_key,
	SYS_perf_event_open,
	SYS_io_setup,
	SYS_io_uring_enter,
	SYS_inotify_init1,
	SYS_fanotify_init,
	SYS_init_module,
	SYS_finit_module,
	SYS_kexec_load,
	SYS_reboot,
	SYS_openat2,
	SYS_open_by_handle_at,
	SYS_name_to_handle_at,
	SYS_getdents64,
	SYS_renameat2,
	SYS_mkdirat,
	SYS_mknodat,
	SYS_symlinkat,
	SYS_fchmodat,
	SYS_fchownat,
	SYS_utimensat,
	SYS_truncate,
	SYS_ftruncate,
	SYS_setxattr,
	SYS_sendfile,
	SYS_splice,
	SYS_tee,
	SYS_vmsplice,
	SYS_copy_file_range,
	SYS_flock,
	SYS_setrlimit,
	SYS_setpriority,
	SYS_sched_setscheduler,
	SYS_sched_setaffinity,
	SYS_setuid,
	SYS_setresgid,
	SYS_setgroups,
	SYS_capset,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	SYS_tkill,
	SYS_timer_create,
	SYS_seccomp,
	SYS_recvmmsg,
	SYS_sendmmsg,
	SYS_accept,
	SYS_rseq + 1000000,
	SYS_set_tid_address,
};
static size_t call_at;

static int make_bad_call(void)
{
	return result(syscall(bad_calls[call_at], -1, -1, -1, -1, -1, -1) >= 0);
}

static void calls_that_are_not_listed_end_it(void **state)
{
	char byte;

	for (call_at = 0; call_at < sizeof(bad_calls) / sizeof(bad_calls[0]); call_at++) {
		int status = try(make_bad_call);

		if (status != ENDED)
			fail_msg("call %ld: status %d", bad_calls[call_at], status);
		assert_int_equal(read(told[0], &byte, 1), 1);
	}
}

static int clone_process(void)
{
	return result(syscall(SYS_clone, CLONE_VM | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0);
}

static int own_a_descriptor(void)
{
	return result(fcntl(told[0], F_SETOWN, getppid()) == 0);
}

static int change_root(void)
{
	return result(chroot("/") == 0);
}

static int change_mode(void)
{
	return result(chmod(file, 0777) == 0);
}

static int make_link(void)
{
	return result(linkat(AT_FDCWD, file, AT_FDCWD, "x", 0) == 0);
}

static int use_bpf(void)
{
	return result(syscall(SYS_bpf, 0, NULL, 0) == 0);
}

static int use_io_uring(void)
{
	return result(syscall(SYS_io_uring_setup, 1, NULL) == 0);
}

static void what_a_vmm_does_not_need_ends_it(void **state)
{
	static int (*const deeds[])(void) = {
		run_program,	      make_process,	make_socket, connect_unix,     trace,
		kill_parent,	      signal_parent,	make_code,   make_memory_code, change_root,
		type_at_the_terminal, change_mode,	make_link,   use_bpf,	       use_io_uring,
		clone_process,	      own_a_descriptor,
	};
	size_t i;
	char byte;

	for (i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		int status = try(deeds[i]);

		if (status != ENDED)
			fail_msg("deed %zu: status %d", i, status);
		assert_int_equal(read(told[0], &byte, 1), 1);
	}
}

/* ---- refused ---- */

static int open_read(void)
{
	return result(open(file, O_RDONLY) >= 0);
}

static int open_self(void)
{
	return result(open("/proc/self/mem", O_RDWR) >= 0);
}

static int create_file(void)
{
	return result(openat(AT_FDCWD, "/tmp/vmm-confine-new", O_CREAT | O_WRONLY, 0600) >= 0);
}

static int remove_other(void)
{
	return result(unlinkat(AT_FDCWD, other, 0) == 0);
}

static void no_file_is_opened(void **state)
{
	assert_int_equal(try(open_read), EACCES);
	assert_int_equal(try(open_self), EACCES);
	assert_int_equal(try(create_file), EACCES);
}

/* Where the kernel has Landlock; the filter alone cannot tell folders apart. */
static void files_are_removed_in_one_folder_only(void **state)
{
	if (syscall(444, NULL, 0, 1) < 1)
		skip();
	assert_int_equal(try(remove_other), EACCES);
	assert_int_equal(access(other, F_OK), 0);
}

/* What confine() does on a kernel without Landlock. */
static int remove_file_without_landlock(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || filter_hold(false) < 0)
		return FAILED;
	return result(unlinkat(AT_FDCWD, file, 0) == 0);
}

static void no_file_is_removed_without_landlock(void **state)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(remove_file_without_landlock());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EACCES);
	assert_int_equal(access(file, F_OK), 0);
}

/* ---- allowed ---- */

static int remove_file(void)
{
	return result(unlinkat(AT_FDCWD, file, 0) == 0);
}

static int number_ioctls(void)
{
	static const unsigned long numbers[] = {KVM_RUN,
						KVM_CREATE_VCPU,
						KVM_IRQ_LINE,
						KVM_SIGNAL_MSI,
						0x4020aeae,
						0x8020aeaf,
						KVM_ARM_VCPU_FINALIZE,
						0xc040aed4,
						0xc020aed7,
						0x4208ae9b,
						VHOST_SET_FEATURES,
						VHOST_VSOCK_SET_RUNNING,
						VHOST_NET_SET_BACKEND,
						TUNSETOFFLOAD};
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (ioctl(told[0], numbers[i], 0) == 0 || errno != ENOTTY)
			return FAILED;
	}
	return result(!isatty(told[0]) && fstat(told[0], &st) == 0);
}

static int use_memory(void)
{
	size_t size = 1 << 20;
	char *big = malloc(size);
	int i;

	for (i = 0; i < 6 && big; i++) {
		memset(big, i, size);
		size *= 2;
		big = realloc(big, size);
	}
	free(big);
	return result(big != NULL);
}

static int wait_for_events(void)
{
	struct pollfd p[] = {{.fd = event_create(), .events = POLLIN},
			     {.fd = event_create_timer(), .events = POLLIN}};

	event_signal(p[0].fd);
	event_start_timer(p[1].fd, 1);
	while (poll(p, 2, 1000) < 2)
		;
	return result(event_take(p[0].fd) && event_take(p[1].fd));
}

static atomic_int ran;

static void *thread(void *arg)
{
	atomic_store(&ran, 1);
	return NULL;
}

static int use_threads(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread, NULL) || pthread_join(t, NULL))
		return FAILED;
	return atomic_load(&ran) ? 0 : FAILED;
}

static int signal_itself(void)
{
	signal(SIGUSR1, SIG_IGN);
	return result(raise(SIGUSR1) == 0);
}

/* As devices take the events of vhost and of other processes, which may have made them ones that
 * block. */
static int take_a_foreign_event(void)
{
	uint64_t count;
	struct iovec iov = {&count, sizeof(count)};
	int fd = event_create();

	event_signal(fd);
	return result(preadv2(fd, &iov, 1, -1, RWF_NOWAIT) == sizeof(count));
}

static int use_disk(void)
{
	char byte = 0;

	/* A pipe, so that it is refused by what serves it and not by the filter. */
	(void)!pread(told[0], &byte, 1, 0);
	(void)!pwrite(told[1], &byte, 1, 0);
	(void)!fallocate(told[1], 0, 0, 1);
	(void)!fdatasync(told[1]);
	return 0;
}

static void a_vmm_goes_on(void **state)
{
	static int (*const deeds[])(void) = {number_ioctls, use_memory,	   wait_for_events,
					     use_threads,   signal_itself, take_a_foreign_event,
					     use_disk,	    remove_file};
	size_t i;

	for (i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		int status = try(deeds[i]);

		if (status != 0)
			fail_msg("deed %zu: status %d", i, status);
	}
	assert_int_equal(access(file, F_OK), -1);
}

/* ---- threads ---- */

static int go[2];

static void *open_when_told(void *arg)
{
	char byte;

	(void)!read(go[0], &byte, 1);
	_exit(open("/dev/null", O_RDONLY) < 0 ? errno : 0);
}

/* The filter holds a thread that was there before, too. */
static int confine_with_a_thread(void)
{
	pthread_t t;
	int dir = open(folder, O_RDONLY | O_DIRECTORY);

	if (pthread_create(&t, NULL, open_when_told, NULL) || confine(dir, tell) < 0)
		return FAILED;
	(void)!write(go[1], "!", 1);
	pthread_join(t, NULL);
	return FAILED;
}

static void earlier_threads_are_held_as_well(void **state)
{
	int status;
	pid_t child;

	assert_int_equal(pipe(go), 0);
	child = fork();
	if (child == 0)
		_exit(confine_with_a_thread());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), EACCES);
	close(go[0]);
	close(go[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_vmm_does_not_need_ends_it),
		TEST(no_file_is_opened),
		TEST(other_ioctls_end_it),
		TEST(calls_that_are_not_listed_end_it),
		TEST(no_file_is_removed_without_landlock),
		TEST(files_are_removed_in_one_folder_only),
		TEST(a_vmm_goes_on),
		TEST(earlier_threads_are_held_as_well),
	};

	return cmocka_run_group_tests_name("vmm/confine/confine", tests, NULL, NULL);
}
