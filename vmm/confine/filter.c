/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system calls of a VMM that runs a guest (seccomp(2), by libseccomp). What is in neither list
 * ends the process; a call that a C library tries and can do without fails instead.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <util.h>

#include "vmm/confine/confine.h"
#include "vmm/lib/error.h"
#include "vmm/vm/kvm.h"

#define ALL  UINT64_MAX
#define WORD UINT32_MAX /* of the number of ioctl() the kernel takes no more */

/* Of <linux/kvm.h>, where its structure is one of Arm's headers. */
#define VCPU_INIT_SIZE	 32
#define PREFERRED_TARGET _IOC(_IOC_READ, KVMIO, 0xaf, VCPU_INIT_SIZE)
#define VCPU_INIT	 _IOC(_IOC_WRITE, KVMIO, 0xae, VCPU_INIT_SIZE)
#define GUEST_DEBUG_SIZE 520
#define SET_GUEST_DEBUG	 _IOC(_IOC_WRITE, KVMIO, 0x9b, GUEST_DEBUG_SIZE)

static const char *const allowed[] = {
	/* What is open: disks, interfaces, terminals, events. */
	"read",
	"write",
	"readv",
	"writev",
	"pread64",
	"pwrite64",
	"preadv",
	"preadv2",
	"pwritev",
	"lseek",
	"fallocate",
	"fdatasync",
	"fstat",
	"newfstatat",
	"close",
	"ppoll",
	"poll",
	"eventfd2",
	"dup",
	"dup3",
	"timerfd_create",
	"timerfd_settime",
	"signalfd4",
	/* The control socket, and those of other programs that serve devices. */
	"accept4",
	"recvfrom",
	"sendto",
	"recvmsg",
	"sendmsg",
	"shutdown",
	/* The end of the process that starts other programs for devices (vhost-user). */
	"wait4",
	/* Memory, threads, time. */
	"brk",
	"munmap",
	"mremap",
	"madvise",
	"futex",
	"set_robust_list",
	"rseq",
	"gettid",
	"getpid",
	"getpgid",
	"getpgrp",
	"sched_yield",
	"sched_getaffinity",
	"clock_gettime",
	"clock_getres",
	"gettimeofday",
	"time",
	"clock_nanosleep",
	"nanosleep",
	"restart_syscall",
	"getrusage",
	"getrandom",
	"exit",
	"exit_group",
	/* Signals to itself. */
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigtimedwait",
	"sigaltstack",
};

/* The C library asks for the number of CPUs, and does without; it starts threads by clone(), too.
 */
static const struct {
	const char *name;
	int err;
} refused[] = {
	{"open", EACCES},     {"openat", EACCES},     {"access", EACCES}, {"faccessat", EACCES},
	{"readlink", EACCES}, {"readlinkat", EACCES}, {"clone3", ENOSYS}, {"prlimit64", EPERM},
};

/* Numbers of ioctl(): what the calls on an open descriptor could do otherwise is a lot. */
static const unsigned int ioctls[] = {
	/* A guest that runs. */
	KVM_RUN,
	KVM_IRQ_LINE,
	KVM_SIGNAL_MSI,
	KVM_SET_MEMORY_ATTRIBUTES,
	/* One that is made anew, because it has asked for a reset. */
	KVM_CREATE_VM,
	KVM_CHECK_EXTENSION,
	KVM_ENABLE_CAP,
	KVM_CREATE_DEVICE,
	KVM_SET_DEVICE_ATTR,
	KVM_SET_USER_MEMORY_REGION,
	KVM_SET_USER_MEMORY_REGION2,
	KVM_CREATE_GUEST_MEMFD,
	KVM_CCA_POPULATE,
	KVM_CREATE_VCPU,
	KVM_GET_VCPU_MMAP_SIZE,
	PREFERRED_TARGET,
	VCPU_INIT,
	KVM_ARM_VCPU_FINALIZE,
	KVM_GET_ONE_REG,
	KVM_SET_ONE_REG,
	/* A debugger. */
	SET_GUEST_DEBUG,
	/* A driver that becomes ready, or resets its device. */
	VHOST_SET_FEATURES,
	VHOST_SET_VRING_NUM,
	VHOST_SET_VRING_BASE,
	VHOST_SET_VRING_ADDR,
	VHOST_SET_VRING_KICK,
	VHOST_SET_VRING_CALL,
	VHOST_SET_VRING_ERR,
	VHOST_VSOCK_SET_RUNNING,
	VHOST_NET_SET_BACKEND,
	TUNSETOFFLOAD,
	/* Disks and terminals. */
	BLKDISCARD,
	BLKZEROOUT,
	TCGETS,
	TCSETS,
	TIOCGPGRP,
};

/* A call that this architecture does not have needs no rule. */
static int add(scmp_filter_ctx f, uint32_t action, const char *name)
{
	int call = seccomp_syscall_resolve_name(name);

	return call < 0 ? 0 : seccomp_rule_add(f, action, call, 0);
}

static int add_lists(scmp_filter_ctx f)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(allowed) && ret == 0; i++)
		ret = add(f, SCMP_ACT_ALLOW, allowed[i]);
	for (i = 0; i < ARRAY_SIZE(refused) && ret == 0; i++)
		ret = add(f, SCMP_ACT_ERRNO((uint32_t)refused[i].err), refused[i].name);
	return ret;
}

/* Allows a call if these bits of an argument have this value. */
static int allow_if(scmp_filter_ctx f, int call, unsigned int arg, uint64_t bits, uint64_t value)
{
	const struct scmp_arg_cmp condition = {
		.arg = arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = value};

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, call, 1, &condition);
}

static int add_ioctls(scmp_filter_ctx f)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(ioctls) && ret == 0; i++)
		ret = allow_if(f, SCMP_SYS(ioctl), 1, WORD, ioctls[i]);
	return ret;
}

/*
 * The name of the control socket is removed at the end. The filter cannot tell files apart: without
 * Landlock the name is left, and whoever lists names removes it.
 */
static int add_removal(scmp_filter_ctx f, bool files_are_held)
{
	return add(f, files_are_held ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), "unlinkat");
}

/* Memory that can be executed is not made, threads are no processes, signals go to itself. */
static int add_conditions(scmp_filter_ctx f)
{
	int ret = allow_if(f, SCMP_SYS(mmap), 2, PROT_EXEC, 0);

	if (ret == 0)
		ret = allow_if(f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	if (ret == 0)
		ret = allow_if(f, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD);
	if (ret == 0)
		ret = allow_if(f, SCMP_SYS(tgkill), 0, ALL, (uint64_t)getpid());
	if (ret == 0)
		ret = allow_if(f, SCMP_SYS(fcntl), 1, ALL, F_GETFL);
	return ret;
}

static int fill(scmp_filter_ctx f, bool files_are_held)
{
	int ret = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);

	if (ret == 0)
		ret = add_lists(f);
	if (ret == 0)
		ret = add_ioctls(f);
	if (ret == 0)
		ret = add_removal(f, files_are_held);
	if (ret == 0)
		ret = add_conditions(f);
	return ret < 0 ? ret : seccomp_load(f);
}

int filter_hold(bool files_are_held)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_TRAP);
	int ret = f ? fill(f, files_are_held) : -ENOMEM;

	seccomp_release(f);
	return ret < 0 ? error_set(ret, "the filter of system calls: %s", strerror(-ret)) : 0;
}
