/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated machine, see machine.h. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"
#include "rmm/core/core.h"

#define WINDOW_SIZE (2 * MACHINE_HALF_SIZE)
#define GPI_STEP    16 /* granules between two looks for an interrupt */

uint8_t *machine_realm_window;
static uint8_t *ns_window;
static uint8_t *pas_table; /* by granule number */
static void *granule_table;
/* Readers: Non-secure accesses. Writer: a GPT change, which no access may straddle. */
static pthread_rwlock_t gpt_lock = PTHREAD_RWLOCK_INITIALIZER;

uint32_t machine_irq;
void (*machine_spin)(void);
_Thread_local unsigned int machine_cpu;
struct machine_tlbi machine_tlbi;
struct machine_code machine_code;
void (*machine_code_gone)(void);
uint32_t machine_ns_budget = ~0u;
bool machine_no_entropy;
unsigned int machine_simd_depth;

static const struct granule_bank banks[] = {
	{{BANK0_BASE}, BANK0_SIZE},
	{{BANK1_BASE}, BANK1_SIZE},
	{{BANK2_BASE}, BANK2_SIZE},
};

_Noreturn void arch_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "RMM panic: %s:%d: %s\n", file, line, what);
	abort();
}

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "machine: %s\n", what);
	abort();
}

static uint8_t *reserve(void)
{
	void *p = mmap(NULL, WINDOW_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	check(p != MAP_FAILED, "no address space");
	return p;
}

static void map_bank(const struct granule_bank *bank)
{
	int fd = memfd_create("dram", 0);
	const int flags = MAP_SHARED | MAP_FIXED;

	check(fd >= 0 && ftruncate(fd, (off_t)bank->size) == 0, "no memory");
	check(mmap(machine_realm_window + machine_offset(bank->base.v), bank->size, PROT_NONE,
		   flags, fd, 0) != MAP_FAILED &&
		      mmap(ns_window + machine_offset(bank->base.v), bank->size,
			   PROT_READ | PROT_WRITE, flags, fd, 0) != MAP_FAILED,
	      "no mapping");
	close(fd);
}

void machine_default_features(void)
{
	arch_features = (struct arch_features){
		.pa_bits = 48,
		.lpa2 = true,
		.vmid16 = true,
		.sve = true,
		.sve_vl_max = 15,
		.num_bps = 5,
		.num_wps = 3,
		.pmu = true,
		.pmu_num_ctrs = 6,
		.hpmn0 = true,
		.gicv3_vtr = 0x90080003,
		.l0gptsz = 0,
		.pps = 2,
	};
}

void machine_init(void)
{
	machine_realm_window = reserve();
	ns_window = reserve();
	pas_table = calloc(WINDOW_SIZE >> GRANULE_SHIFT, 1);
	for (size_t i = 0; i < ARRAY_SIZE(banks); i++)
		map_bank(&banks[i]);
	machine_default_features();
	granule_table = calloc(1, granule_table_size(banks, ARRAY_SIZE(banks)));
	core_init(banks, ARRAY_SIZE(banks), granule_table);
}

void machine_high_bank(bool there)
{
	const struct granule_bank more[] = {banks[0], banks[1], {{HIGH_BANK_BASE}, HIGH_BANK_SIZE}};
	size_t count = ARRAY_SIZE(more) - !there;

	free(granule_table);
	granule_table = calloc(1, granule_table_size(more, count));
	core_init(more, count, granule_table);
}

static bool in_dram(uint64_t pa)
{
	for (size_t i = 0; i < ARRAY_SIZE(banks); i++)
		if (pa - banks[i].base.v < banks[i].size)
			return true;
	return false;
}

enum machine_pas machine_pas(uint64_t pa)
{
	check(in_dram(pa), "PAS of an address that is not DRAM");
	return pas_table[machine_offset(pa) >> GRANULE_SHIFT];
}

/* Writer's lock held. */
static void put_pas(uint64_t pa, size_t n, enum machine_pas pas)
{
	memset(pas_table + (machine_offset(pa) >> GRANULE_SHIFT), pas, n);
	check(mprotect(machine_realm_window + machine_offset(pa), n << GRANULE_SHIFT,
		       pas == PAS_REALM ? PROT_READ | PROT_WRITE : PROT_NONE) == 0,
	      "mprotect");
}

void machine_set_pas(uint64_t pa, enum machine_pas pas)
{
	pthread_rwlock_wrlock(&gpt_lock);
	put_pas(pa, 1, pas);
	pthread_rwlock_unlock(&gpt_lock);
}

void machine_reset(uint64_t pa, uint64_t size)
{
	put_pas(pa, size >> GRANULE_SHIFT, PAS_NS);
	memset(granule_table, 0, granule_table_size(banks, ARRAY_SIZE(banks)));
}

/* Looks for interrupts now and then, as EL3 does. */
static size_t change_pas(uint64_t pa, size_t n, enum machine_pas from, enum machine_pas to)
{
	size_t done = 0;

	check(n > 0 && n <= 512 && pa / MIB(2) == (pa + (n << GRANULE_SHIFT) - 1) / MIB(2),
	      "a GPI change is not within 2 MiB");
	pthread_rwlock_wrlock(&gpt_lock);
	while (done < n && machine_pas(pa + (done << GRANULE_SHIFT)) == from)
		if (++done % GPI_STEP == 0 && arch_irq_pending())
			break;
	if (done)
		put_pas(pa, done, to);
	pthread_rwlock_unlock(&gpt_lock);
	return done;
}

size_t arch_gpi_to_realm(pa_t pa, size_t n)
{
	return change_pas(pa.v, n, PAS_NS, PAS_REALM);
}

size_t arch_gpi_to_ns(pa_t pa, size_t n)
{
	return change_pas(pa.v, n, PAS_REALM, PAS_NS);
}

/* Takes the reader's lock if the access is good. */
static bool ns_access(uint64_t pa, size_t n)
{
	check(is_aligned(pa, 8) && is_aligned(n, 8) && n != 0 &&
		      pa / GRANULE_SIZE == (pa + n - 1) / GRANULE_SIZE,
	      "a Non-secure copy is not aligned, or crosses a granule");
	if (__atomic_load_n(&machine_ns_budget, __ATOMIC_RELAXED) != ~0u &&
	    machine_ns_budget-- == 0) {
		machine_ns_budget = 0;
		return false;
	}
	pthread_rwlock_rdlock(&gpt_lock);
	if (in_dram(pa) && machine_pas(pa) == PAS_NS)
		return true;
	pthread_rwlock_unlock(&gpt_lock);
	return false;
}

/*
 * Non-secure memory changes under the RMM's hands, which is not a race of the RMM's own: these
 * accesses are hidden from ThreadSanitizer, those to the RMM's side of the copy are not.
 */
__attribute__((no_sanitize("thread"))) static void
copy_words(volatile uint64_t *dst, const volatile uint64_t *src, size_t n)
{
	for (size_t i = 0; i < n / 8; i++)
		dst[i] = src[i];
}

bool arch_ns_read(void *dst, pa_t src, size_t n)
{
	uint64_t words[GRANULE_SIZE / 8];

	if (!ns_access(src.v, n))
		return false;
	copy_words(words, (uint64_t *)(ns_window + machine_offset(src.v)), n);
	pthread_rwlock_unlock(&gpt_lock);
	memcpy(dst, words, n);
	return true;
}

bool arch_ns_write(pa_t dst, const void *src, size_t n)
{
	uint64_t words[GRANULE_SIZE / 8];

	memcpy(words, src, n);
	if (!ns_access(dst.v, n))
		return false;
	copy_words((uint64_t *)(ns_window + machine_offset(dst.v)), words, n);
	pthread_rwlock_unlock(&gpt_lock);
	return true;
}

void *host_ptr(uint64_t pa)
{
	check(machine_pas(pa) == PAS_NS, "the host uses memory that is not its own");
	return ns_window + machine_offset(pa);
}

bool host_can_read(uint64_t pa)
{
	return machine_pas(pa) == PAS_NS;
}

void arch_tlbi_range(const struct s2 *s2, ipa_t base, uint64_t size, bool leaf_only)
{
	check(size != 0 && granule_aligned(base.v) && granule_aligned(size), "TLBI range");
	__atomic_fetch_add(&machine_tlbi.ranges, 1, __ATOMIC_RELAXED);
	if (machine_cpu != 0)
		return;
	machine_tlbi.vmid = s2->vmid;
	machine_tlbi.base = base.v;
	machine_tlbi.size = size;
	machine_tlbi.leaf_only = leaf_only;
}

void arch_tlbi_all(const struct s2 *s2)
{
	__atomic_fetch_add(&machine_tlbi.all, 1, __ATOMIC_RELAXED);
}

void arch_clean_code(const void *p, size_t n)
{
	check(n != 0 && granule_aligned((uintptr_t)p) && granule_aligned(n), "code to clean");
	__atomic_fetch_add(&machine_code.cleaned, (unsigned int)(n >> GRANULE_SHIFT),
			   __ATOMIC_RELAXED);
	machine_code.last = p;
}

void arch_forget_code(void)
{
	__atomic_fetch_add(&machine_code.forgotten, 1, __ATOMIC_RELAXED);
	if (machine_code_gone)
		machine_code_gone();
}

bool arch_random(void *buf, size_t n)
{
	static uint32_t seed = 1;
	uint32_t v = __atomic_add_fetch(&seed, 1, __ATOMIC_RELAXED);

	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = (uint8_t)((v * 2654435761u + i * 40503u) >> 13);
	return !machine_no_entropy;
}

void arch_simd_begin(void)
{
	__atomic_fetch_add(&machine_simd_depth, 1, __ATOMIC_RELAXED);
}

void arch_simd_end(void)
{
	__atomic_fetch_sub(&machine_simd_depth, 1, __ATOMIC_RELAXED);
}

/* Output address of a descriptor, 4K granules (DDI0487 D8.3). */
static uint64_t output_address(uint64_t raw, bool lpa2)
{
	if (!lpa2)
		return raw & 0x0000fffffffff000;
	return (raw & 0x0003fffffffff000) | (raw & 0x300) << 42;
}

struct machine_walk machine_walk(const struct s2 *s2, uint64_t ipa)
{
	struct machine_walk w = {.level = s2->start_level};
	unsigned int shift = 12 + 9 * (3 - w.level);
	/* The root is one table of as many entries as the IPA width asks for. */
	const uint64_t *table = arch_realm_ptr(s2->root);
	uint64_t raw = table[ipa >> shift];

	while (w.level < 3 && (raw & 3) == 3) {
		table = arch_realm_ptr(pa_of(output_address(raw, s2->lpa2)));
		w.level++;
		shift -= 9;
		raw = table[(ipa >> shift) & 511];
	}
	w.valid = w.level == 3 ? (raw & 3) == 3 : (raw & 3) == 1;
	if (w.level < 1)
		w.valid = false;
	w.pa = output_address(raw, s2->lpa2) + (ipa & ((1ull << shift) - 1));
	w.ns = raw >> 55 & 1;
	w.xn = (raw >> 53 & 3) != 0;
	w.memattr = raw >> 2 & 0xf;
	w.s2ap = raw >> 6 & 3;
	return w;
}
