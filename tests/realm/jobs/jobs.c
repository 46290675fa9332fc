// SPDX-License-Identifier: BSD-3-Clause
/* The bare-metal Realm of kvm-api-test: one job per start, see jobs.h. */
#include <stdbool.h>
#include <stdint.h>
#include <sysreg.h>

#include "abi/psci.h"
#include "abi/rsi.h"
#include "common.h"

#define SPI	   32
#define SPURIOUS   1020
#define CTLR_EOI_1 2 /* EOImode: priority drop and deactivation apart */

void payload_main(uint64_t job);
void payload_irq(void);
void payload_sync(void);

static volatile uint64_t started[JOBS_CPUS_MAX];
static volatile uint64_t taken;
static volatile bool expect_abort;
static void (*volatile handler)(uint64_t intid); /* of an interrupt in a job of its own */

uint64_t smc(uint64_t fid, uint64_t a, uint64_t b, uint64_t c, uint64_t *x1, uint64_t *x2)
{
	register uint64_t r0 __asm__("x0") = fid;
	register uint64_t r1 __asm__("x1") = a;
	register uint64_t r2 __asm__("x2") = b;
	register uint64_t r3 __asm__("x3") = c;
	register uint64_t r4 __asm__("x4") = 0;

	__asm__ volatile("smc #0"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4)
			 :
			 : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
			   "x16", "x17", "memory");
	if (x1)
		*x1 = r1;
	if (x2)
		*x2 = r2;
	return r0;
}

volatile uint64_t *device(uint64_t address)
{
	return (volatile uint64_t *)(address | JOBS_SHARED);
}

void write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)device(address) = value;
}

void report(enum report what, uint32_t value)
{
	*device(JOBS_DEVICE) = (uint64_t)what << 32 | value;
}

static uint64_t now(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

void payload_sync(void)
{
	uint64_t esr = read_sysreg(esr_el1);

	if (expect_abort) {
		expect_abort = false;
		report(REPORT_VALUE, (uint32_t)esr);
		write_sysreg(elr_el1, read_sysreg(elr_el1) + 4);
		return;
	}
	for (;;)
		report(REPORT_DIED, (uint32_t)esr);
}

/* ---- power off ---- */

static void exit_all_the_time(unsigned int cpu)
{
	for (;;) {
		(void)*(volatile uint32_t *)device(JOBS_GICD + 4);
		started[cpu]++;
	}
}

static void job_off(unsigned int cpus, uint64_t delay)
{
	unsigned int i;
	uint64_t until;

	for (i = 1; i < cpus; i++)
		smc(PSCI_CPU_ON64, i, (uint64_t)start, 0, 0, 0);
	for (i = 1; i < cpus; i++) {
		while (started[i] < 20)
			;
	}
	for (until = now() + delay; now() < until;)
		;
	smc(PSCI_SYSTEM_OFF, 0, 0, 0, 0, 0);
	report(REPORT_DIED, 0);
}

/* ---- interrupts ---- */

void gic_cpu_on(bool split)
{
	write_sysreg(icc_sre_el1, 7);
	isb();
	write_sysreg(icc_pmr_el1, 0xff);
	write_sysreg(icc_ctlr_el1, split ? CTLR_EOI_1 : 0);
	write_sysreg(icc_igrpen1_el1, 1);
	isb();
}

void gic_on(uint64_t config, bool split)
{
	unsigned int i;

	for (i = 0; i < JOBS_SPIS; i++) {
		/* The higher an interrupt's number, the more urgent it is. */
		*(volatile uint8_t *)device(JOBS_GICD + 0x400 + SPI + i) = 0xf0 - 8 * i;
		*device(JOBS_GICD + 0x6000 + 8 * (SPI + i)) = 0;
	}
	write32(JOBS_GICD + 0x80 + 4, 0xffffffff);
	write32(JOBS_GICD + 0xc00 + 8, (uint32_t)config);
	write32(JOBS_GICD + 0xc00 + 12, (uint32_t)config);
	write32(JOBS_GICD, 0x12);
	gic_cpu_on(split);
	write32(JOBS_GICD + 0x100 + 4, (1u << JOBS_SPIS) - 1);
}

void payload_irq(void)
{
	uint64_t intid = read_sysreg(icc_iar1_el1);

	if (intid >= SPURIOUS && intid < JOBS_LPI)
		return;
	if (handler) {
		handler(intid);
		return;
	}
	/* Another vCPU that sees the count knows that the VMM has been told. */
	report(REPORT_TAKEN, (uint32_t)intid);
	taken++;
	write_sysreg(icc_eoir1_el1, intid);
	isb();
}

void irqs_on(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

void irqs_off(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

void irqs_to(void (*function)(uint64_t intid))
{
	handler = function;
}

uint64_t irqs_taken(void)
{
	return taken;
}

void wait_taken(uint64_t number)
{
	while (taken < number)
		__asm__ volatile("wfi");
}

/* At READY the VMM makes all SPIs pending. */
static void job_irqs(uint64_t config, bool split)
{
	unsigned int i;

	gic_on(config, split);
	report(REPORT_READY, 0);
	irqs_on();
	wait_taken(JOBS_SPIS);
	/* Deactivates every third interrupt first, so not in the order in which they were taken. */
	for (i = 0; split && i < JOBS_SPIS; i++) {
		write_sysreg(icc_dir_el1, SPI + i * 3 % JOBS_SPIS);
		isb();
	}
	/* No interrupt is active any more, so all of them come again. */
	report(REPORT_READY, 1);
	wait_taken(2 * JOBS_SPIS);
	report(REPORT_END, (uint32_t)taken);
}

/* ---- memory ---- */

uint32_t set_ripas(uint64_t base, uint64_t size, uint64_t ripas)
{
	uint64_t top = base + size;

	while (base < top) {
		uint64_t next = base, response = 0;

		if (smc(RSI_IPA_STATE_SET, base, top, ripas, &next, &response))
			return 1;
		if (response || next <= base)
			return 2;
		base = next;
	}
	return 0;
}

/* At READY the VMM may change the word; the VMM knows what the Realm must report then. */
static void job_share(uint64_t rounds)
{
	volatile uint64_t *word = device(JOBS_WINDOW);
	uint32_t i;

	report(REPORT_VALUE, set_ripas(JOBS_WINDOW, 4096, RSI_RIPAS_EMPTY));
	*word = 0x11;
	for (i = 0; i < rounds; i++) {
		report(REPORT_READY, i);
		report(REPORT_VALUE, (uint32_t)*word);
		*word = 0x100 + i;
	}
	report(REPORT_READY, i);
	report(REPORT_VALUE, set_ripas(JOBS_WINDOW, 4096, RSI_RIPAS_RAM));
	*(volatile uint64_t *)JOBS_WINDOW = 0x22;
	report(REPORT_VALUE, (uint32_t) * (volatile uint64_t *)JOBS_WINDOW);
	report(REPORT_END, 0);
}

static void job_no_isv(void)
{
	uint64_t a, b;

	expect_abort = true;
	__asm__ volatile("ldp %0, %1, [%2]"
			 : "=r"(a), "=r"(b)
			 : "r"(device(JOBS_DEVICE))
			 : "memory");
	report(REPORT_END, expect_abort);
}

#define EACH_V                                                                                     \
	".arch_extension fp\n\t.arch_extension simd\n\t"                                           \
	".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, "   \
	"22, 23, "                                                                                 \
	"24, 25, 26, 27, 28, 29, 30, 31\n\t"

static void vectors_fill(uint64_t value)
{
	__asm__ volatile(EACH_V "dup v\\n\\().2d, %0\n\t.endr" ::"r"(value));
}

static bool vectors_hold(uint64_t value)
{
	uint64_t differ = 0, lane;

	__asm__ volatile(EACH_V
			 "umov %1, v\\n\\().d[0]\n\teor %1, %1, %2\n\torr %0, %0, %1\n\t"
			 "umov %1, v\\n\\().d[1]\n\teor %1, %1, %2\n\torr %0, %0, %1\n\t.endr"
			 : "+r"(differ), "=&r"(lane)
			 : "r"(value));
	return !differ;
}

static void job_vectors(uint64_t rounds, uint64_t turns)
{
	uint64_t i, left;

	write_sysreg(cpacr_el1, UINT64_C(3) << 20);
	isb();
	for (i = 1; i <= rounds; i++) {
		vectors_fill(0x7ea1000000000000 + i);
		report(REPORT_READY, (uint32_t)i);
		for (left = turns; left; left--)
			__asm__ volatile("");
		if (!vectors_hold(0x7ea1000000000000 + i))
			report(REPORT_VALUE, (uint32_t)i);
	}
	report(REPORT_END, 0);
}

/* ---- waiting ---- */

#define INSN_WFIT(n) ".inst 0xd5031020 + " #n "\n\t"
#define INSN_WFET(n) ".inst 0xd5031000 + " #n "\n\t"

/* How long one of them lasts, in milliseconds. */
#define WAIT_UNTIL(insn)                                                                           \
	({                                                                                         \
		uint64_t frequency_ = read_sysreg(cntfrq_el0), from_ = now();                      \
		register uint64_t until_ __asm__("x9") = from_ + frequency_ * JOBS_WFIT_MS / 1000; \
                                                                                                   \
		__asm__ volatile(insn ::"r"(until_) : "memory");                                   \
		(uint32_t)((now() - from_) * 1000 / frequency_);                                   \
	})

/* A Realm that is shown FEAT_WFxT uses it. */
static void job_wfit(void)
{
	uint64_t wfxt = read_sysreg(S3_0_C0_C6_2) & 0xf;

	report(REPORT_VALUE, (uint32_t)wfxt);
	if (wfxt) {
		report(REPORT_VALUE, WAIT_UNTIL(INSN_WFIT(9)));
		report(REPORT_VALUE, WAIT_UNTIL(INSN_WFET(9)));
	}
	report(REPORT_END, 0);
}

static void job_timer(enum job_timer kind)
{
	write_sysreg(cntv_cval_el0, kind == JOB_TIMER_FAR ? ~UINT64_C(0) : now() - 1);
	write_sysreg(cntv_ctl_el0, kind == JOB_TIMER_MASKED ? 3 : 1);
	isb();
	report(REPORT_READY, 0);
	for (;;)
		__asm__ volatile("wfi");
}

/* ---- calls of the host ---- */

static struct rsi_host_call call __attribute__((aligned(RSI_HOST_CALL_ALIGN)));

static void job_calls(void)
{
	static const uint32_t functions[] = {JOBS_CALLS};
	unsigned int i, n;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		for (n = 0; n < RSI_HOST_CALL_GPRS; n++)
			call.gprs[n] = 0x100 + n;
		call.gprs[0] = functions[i];
		report(REPORT_VALUE, (uint32_t)smc(RSI_HOST_CALL, (uint64_t)&call, 0, 0, 0, 0));
		report(REPORT_VALUE, (uint32_t)call.gprs[0]);
		report(REPORT_VALUE, (uint32_t)call.gprs[30]);
	}
	report(REPORT_END, 0);
}

/* ---- the state of another vCPU's interrupts ---- */

#define SGI	     3
#define GICR(cpu)    (JOBS_GICR + (cpu)*UINT64_C(0x20000) + 0x10000)
#define ISPENDR	     0x200
#define ISACTIVER    0x300
#define MUTUAL_READS 200

/* Where an interrupt of the first vCPU has its bits: private or shared, and which bit of a word. */
struct place {
	uint64_t frame;
	uint32_t bit;
};

static const struct place places[] = {{JOBS_GICD + SPI / 8, 1u << SPI % 32}, {GICR(0), 1u << SGI}};

enum active_step { STEP_IDLE, STEP_TAKEN, STEP_END_IT, STEP_ENDED, STEP_GO_ON };
static volatile uint64_t step, mutual[2], wrong[4];

uint32_t read32(uint64_t address)
{
	return *(volatile uint32_t *)device(address);
}

static void wait_step(uint64_t wanted)
{
	while (step != wanted)
		;
}

/* The handler makes no exit of its own, so the interrupt stays in the list register. */
static void active_irq(uint64_t intid)
{
	step = STEP_TAKEN;
	wait_step(STEP_END_IT);
	write_sysreg(icc_eoir1_el1, intid);
	isb();
	step = STEP_ENDED;
	wait_step(STEP_GO_ON);
}

/* Reads the other vCPU's state while its interrupt is active, and when it has just ended. */
static void look_at(const struct place *p)
{
	write32(p->frame + ISPENDR, p->bit);
	wait_step(STEP_TAKEN);
	wrong[0] += !(read32(p->frame + ISACTIVER) & p->bit);
	wrong[1] += !!(read32(p->frame + ISPENDR) & p->bit);
	step = STEP_END_IT;
	wait_step(STEP_ENDED);
	wrong[2] += !!(read32(p->frame + ISACTIVER) & p->bit);
	step = STEP_GO_ON;
}

/* Both vCPUs have an interrupt active and read the other's state at the same time. */
static void look_at_each_other(unsigned int cpu)
{
	unsigned int i;

	mutual[cpu] = 1;
	while (!mutual[!cpu])
		;
	for (i = 0; i < MUTUAL_READS; i++)
		wrong[3] += !(read32(GICR(!cpu) + ISACTIVER) & 1u << SGI);
	mutual[cpu] = 2;
	while (mutual[!cpu] != 2)
		;
}

static void mutual_irq(uint64_t intid)
{
	look_at_each_other(read_sysreg(mpidr_el1) & 0xf);
	write_sysreg(icc_eoir1_el1, intid);
	isb();
}

static void take_mutual(unsigned int cpu)
{
	handler = mutual_irq;
	write32(GICR(cpu) + ISPENDR, 1u << SGI);
	while (mutual[cpu] != 2)
		;
}

static void job_active(uint64_t job)
{
	unsigned int i;

	gic_on(0xaaaaaaaa, false);
	handler = active_irq;
	smc(PSCI_CPU_ON64, 1, (uint64_t)start, job, 0, 0);
	irqs_on();
	while (!mutual[1])
		;
	take_mutual(0);
	for (i = 0; i < 4; i++)
		report(REPORT_VALUE, (uint32_t)wrong[i]);
	report(REPORT_END, 0);
}

static void active_second(void)
{
	unsigned int i;

	gic_cpu_on(false);
	for (i = 0; i < JOBS_ROUNDS; i++)
		look_at(&places[i % 2]);
	irqs_on();
	take_mutual(1);
	for (;;)
		__asm__ volatile("wfi");
}

void payload_main(uint64_t job)
{
	unsigned int cpu = read_sysreg(mpidr_el1) & 0xf;

	if (cpu && (job & 0xff) == JOB_ACTIVE)
		active_second();
	if (cpu && (job & 0xff) == JOB_LPI)
		lpi_second();
	if (cpu && (job & 0xff) == JOB_PMU)
		pmu_second();
	if (cpu)
		exit_all_the_time(cpu);
	switch (job & 0xff) {
	case JOB_OFF:
		job_off(job >> 8 & 0xff, job >> 16);
		break;
	case JOB_SPIN:
		report(REPORT_READY, 0);
		for (;;)
			__asm__ volatile("" ::: "memory");
	case JOB_WFI:
		report(REPORT_READY, 0);
		for (;;)
			__asm__ volatile("wfi");
	case JOB_VECTORS:
		job_vectors(job >> 8 & 0xff, job >> 16);
		break;
	case JOB_EDGE:
		job_irqs(0xaaaaaaaa, false);
		break;
	case JOB_DIR:
		job_irqs(0xaaaaaaaa, true);
		break;
	case JOB_LEVEL:
		job_irqs(0, false);
		break;
	case JOB_SHARE:
		job_share(job >> 8);
		break;
	case JOB_NO_ISV:
		job_no_isv();
		break;
	case JOB_WFIT:
		job_wfit();
		break;
	case JOB_TIMER:
		job_timer(job >> 8 & 0xff);
		break;
	case JOB_CALLS:
		job_calls();
		break;
	case JOB_ACTIVE:
		job_active(job);
		break;
	case JOB_LPI:
		job_lpi();
		break;
	case JOB_PMU:
		job_pmu();
		break;
	}
	for (;;)
		__asm__ volatile("wfi");
}
