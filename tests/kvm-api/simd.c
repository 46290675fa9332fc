// SPDX-License-Identifier: BSD-3-Clause
/*
 * The vector registers of the VMM's thread over the calls in which the RMM, or a Realm, uses them.
 * The low 128 bits stay, as over any system call. The kernel need not keep the other bits over a
 * call, but each of them must be the thread's own or zero, never a Realm's or another thread's. A
 * neighbour on the same CPU, which is preempted for these calls but makes none, keeps all it has.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#include "machine.h"

#define REGS	   32
#define Q_SIZE	   16
#define Z_MAX	   256
#define P_REGS	   16
#define RUNS	   30
#define IMAGES	   8
#define IMAGE_SIZE (2 * BLOCK)

/* Each call is long enough for the kernel to give the CPU to the other thread in between. */
#define NEIGHBOUR_TURNS 1000000
#define REALM_TURNS	1000000

#ifndef HWCAP_SVE
#define HWCAP_SVE (1 << 22)
#endif

/* The registers as the instructions store them, one behind the other at their present length. */
struct vectors {
	unsigned char z[REGS * Z_MAX];
	unsigned char p[P_REGS * Z_MAX / 8];
	uint64_t fpsr, fpcr;
};

static struct machine machine;

#define ALL_16(x)                                                                                  \
	x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11) x(12) x(13) x(14) x(15)
#define ALL_32(x)                                                                                  \
	ALL_16(x)                                                                                  \
	x(16) x(17) x(18) x(19) x(20) x(21) x(22) x(23) x(24) x(25) x(26) x(27) x(28) x(29) x(30)  \
		x(31)

#define LOAD_Q(n)  "ldr q" #n ", [%[z], #" #n " * 16]\n\t"
#define STORE_Q(n) "str q" #n ", [%[to_z], #" #n " * 16]\n\t"
#define LOAD_Z(n)  "ldr z" #n ", [%[z], #" #n ", mul vl]\n\t"
#define STORE_Z(n) "str z" #n ", [%[to_z], #" #n ", mul vl]\n\t"
#define LOAD_P(n)  "ldr p" #n ", [%[p], #" #n ", mul vl]\n\t"
#define STORE_P(n) "str p" #n ", [%[to_p], #" #n ", mul vl]\n\t"
#define CLOBBER(n) "v" #n,

#define SPIN -1 /* in place of a system call: a0 turns of a loop */

#define CALL                                                                                       \
	"msr fpsr, %[fpsr]\n\tmsr fpcr, %[fpcr]\n\ttbz x8, #63, 7f\n"                              \
	"6: subs x0, x0, #1\n\tb.ne 6b\n\tb 8f\n7: svc #0\n8: "                                    \
	"mrs %[fpsr], fpsr\n\tmrs %[fpcr], fpcr\n\tmsr fpcr, xzr\n\t"

/* A system call, or SPIN, with these registers loaded before and stored after it. */
static long call_with(bool sve, long number, long a0, long a1, long a2,
		      const struct vectors *before, struct vectors *after)
{
	register long x8 asm("x8") = number;
	register long x0 asm("x0") = a0;
	register long x1 asm("x1") = a1;
	register long x2 asm("x2") = a2;
	uint64_t fpsr = before->fpsr, fpcr = before->fpcr;

	if (sve)
		asm volatile(".arch_extension sve\n\t" ALL_16(LOAD_P) ALL_32(LOAD_Z)
				     CALL ALL_16(STORE_P) ALL_32(STORE_Z)
			     : "+r"(x0), [fpsr] "+r"(fpsr), [fpcr] "+r"(fpcr)
			     : "r"(x1), "r"(x2), "r"(x8), [z] "r"(before->z), [p] "r"(before->p),
			       [to_z] "r"(after->z), [to_p] "r"(after->p)
			     : ALL_32(CLOBBER) "memory", "cc");
	else
		asm volatile(ALL_32(LOAD_Q) CALL ALL_32(STORE_Q)
			     : "+r"(x0), [fpsr] "+r"(fpsr), [fpcr] "+r"(fpcr)
			     : "r"(x1), "r"(x2), "r"(x8), [z] "r"(before->z), [to_z] "r"(after->z)
			     : ALL_32(CLOBBER) "memory", "cc");
	after->fpsr = fpsr;
	after->fpcr = fpcr;
	return x0;
}

static size_t vector_size(bool sve)
{
	uint64_t size = Q_SIZE;

	if (sve)
		asm(".arch_extension sve\n\trdvl %0, #1" : "=r"(size));
	return size;
}

static void fill(struct vectors *v, unsigned int seed)
{
	size_t i;

	for (i = 0; i < sizeof(v->z); i++)
		v->z[i] = (unsigned char)(seed * 31 + i * 7 + 1);
	for (i = 0; i < sizeof(v->p); i++)
		v->p[i] = (unsigned char)(seed * 17 + i * 5 + 1);
	v->fpsr = 1u << (seed % 5);	      /* a cumulative exception bit */
	v->fpcr = (uint64_t)(seed % 4) << 22; /* a rounding mode */
}

/* True if the bytes are the thread's own, or all zero where a system call may clear them. */
static bool own_or_zero(bool may_clear, const unsigned char *seen, const unsigned char *own,
			size_t n)
{
	size_t i, zeroes = 0;

	for (i = 0; i < n; i++)
		zeroes += seen[i] == 0;
	return (may_clear && zeroes == n) || !memcmp(seen, own, n);
}

static bool kept(bool sve, bool may_clear, const struct vectors *own, const struct vectors *seen)
{
	size_t size = vector_size(sve), i;
	bool good = seen->fpsr == own->fpsr && seen->fpcr == own->fpcr;

	for (i = 0; i < REGS; i++) {
		const unsigned char *z = own->z + i * size, *s = seen->z + i * size;

		good = good && !memcmp(s, z, Q_SIZE) &&
		       own_or_zero(may_clear, s + Q_SIZE, z + Q_SIZE, size - Q_SIZE);
	}
	for (i = 0; sve && i < P_REGS; i++)
		good = good && own_or_zero(may_clear, seen->p + i * size / 8, own->p + i * size / 8,
					   size / 8);
	return good;
}

/* Both threads on one CPU. */
static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

struct thread {
	pthread_t thread;
	bool sve;
	atomic_bool stop; /* for the neighbour */
	unsigned int calls, lost;
	int err;
};

static long checked_call(struct thread *t, long number, long a0, long a1, long a2)
{
	static _Thread_local struct vectors own, seen;
	long ret;

	fill(&own, t->calls++ * 2 + (number == SPIN));
	memset(&seen, 0, sizeof(seen));
	ret = call_with(t->sve, number, a0, a1, a2, &own, &seen);
	t->lost += !kept(t->sve, number != SPIN, &own, &seen);
	return ret;
}

static void *neighbour(void *context)
{
	struct thread *t = context;

	pin();
	while (!atomic_load(&t->stop))
		checked_call(t, SPIN, NEIGHBOUR_TURNS, 0, 0);
	return NULL;
}

static bool populate_image(struct thread *t, char *source)
{
	int vm = new_vm(), gmem = new_gmem(vm, IMAGE_SIZE);
	struct kvm_cca_populate p = {
		.base = RAM_BASE,
		.size = IMAGE_SIZE,
		.source_uaddr = (uintptr_t)source,
		.flags = KVM_CCA_POPULATE_MEASURE,
	};
	bool good = !set_slot(vm, 0, RAM_BASE, IMAGE_SIZE, source, gmem, 0) &&
		    !set_private(vm, RAM_BASE, IMAGE_SIZE, true);

	while (good && p.size)
		good = checked_call(t, SYS_ioctl, vm, KVM_CCA_POPULATE, (long)&p) >= 0;
	close(gmem);
	close(vm);
	return good;
}

static void *populates(void *context)
{
	struct thread *t = context;
	char *source = user_memory(IMAGE_SIZE);
	unsigned int i;

	pin();
	memset(source, 0x3c, IMAGE_SIZE);
	for (i = 0; i < IMAGES && !t->err; i++)
		t->err = !populate_image(t, source);
	munmap(source, IMAGE_SIZE);
	return NULL;
}

/* In each round the Realm fills its registers, works, checks them and leaves by MMIO. */
static void *runs(void *context)
{
	struct thread *t = context;
	struct machine_vcpu *v = &machine.vcpu[0];

	pin();
	while (!machine.ended && !t->err) {
		long ret = checked_call(t, SYS_ioctl, v->fd, KVM_RUN, 0);

		t->err = ret < 0 || v->run->exit_reason != KVM_EXIT_MMIO;
		if (!t->err)
			machine_take_mmio(v);
	}
	return NULL;
}

static void beside_a_neighbour(void *(*work)(void *), bool sve, const char *what)
{
	struct thread worker = {.sve = sve}, other = {.sve = sve};

	pthread_create(&other.thread, NULL, neighbour, &other);
	pthread_create(&worker.thread, NULL, work, &worker);
	pthread_join(worker.thread, NULL);
	atomic_store(&other.stop, true);
	pthread_join(other.thread, NULL);
	ok(!worker.err && worker.calls >= IMAGES && other.calls >= IMAGES, "%s: %u calls beside %u",
	   what, worker.calls, other.calls);
	ok(worker.lost == 0, "%s: the thread's registers are kept (%u times not)", what,
	   worker.lost);
	ok(other.lost == 0, "%s: those of its neighbour too (%u times not)", what, other.lost);
}

static void run_with(bool sve, const char *what)
{
	if (!machine_create(&machine, 1, JOB_VECTORS | RUNS << 8 | (uint64_t)REALM_TURNS << 16))
		return;
	beside_a_neighbour(runs, sve, what);
	ok(machine.ended && !machine.died && machine.nr_values == 0,
	   "%s: so are the Realm's (%u times not)", what, machine.nr_values);
	machine_destroy(&machine);
}

void test_simd(void)
{
	bool sve = getauxval(AT_HWCAP) & HWCAP_SVE;

	beside_a_neighbour(populates, false, "POPULATE, no SVE state");
	run_with(false, "KVM_RUN, no SVE state");
	ok(sve, "this CPU has SVE");
	if (sve) {
		beside_a_neighbour(populates, true, "POPULATE, SVE state");
		run_with(true, "KVM_RUN, SVE state");
	}
	expect_nothing_left("all that");
}
