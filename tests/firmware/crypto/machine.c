/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory map, GIC and timer of QEMU's virt machine, and the TAP output of the payload. */
#include <mbedtls_port.h>
#include <print.h>
#include <sysreg.h>

#include "payload.h"

#define UART_DR	       (*(volatile uint32_t *)0x09000000)
#define UART_CR	       (*(volatile uint32_t *)0x09000030)
#define GICD_CTLR      (*(volatile uint32_t *)0x08000000)
#define GICR_WAKER     (*(volatile uint32_t *)0x080a0014)
#define GICR_IGROUPR0  (*(volatile uint32_t *)0x080b0080)
#define GICR_ISENABLE0 (*(volatile uint32_t *)0x080b0100)
#define GICR_PRIORITY  ((volatile uint8_t *)0x080b0400)
#define TIMER_INTID    26
#define PSCI_OFF       0x84000008

#define BLOCK_VALID 0x701 /* AF, inner shareable, block */
#define BLOCK_DEV   0x401
#define BLOCK_ATTR1 0x004
#define BLOCK_XN    (UINT64_C(1) << 54)

static uint64_t l1[512] __attribute__((aligned(4096)));
static unsigned int points, failures;

/* Flat: the first GiB is Device, the second, DRAM, Normal write-back. 39 bits of VA. */
void mmu_on(void)
{
	l1[0] = BLOCK_DEV | BLOCK_ATTR1 | BLOCK_XN;
	l1[1] = BLOCK_VALID | UINT64_C(0x40000000);
	write_sysreg(mair_el2, 0x00ff);
	write_sysreg(tcr_el2, 0x80803519); /* T0SZ 25, WB, inner shareable, 32-bit PA */
	write_sysreg(ttbr0_el2, l1);
	dsb(sy);
	isb();
	write_sysreg(sctlr_el2, 0x30c51835 | 1 << 0 | 1 << 2 | 1 << 12);
	isb();
}

void print_char(char c)
{
	UART_CR = 0x301; /* on, both ways */
	UART_DR = (unsigned char)c;
}

void ok(bool passed, const char *what)
{
	points++;
	failures += !passed;
	print("%sok %u - %s\n", passed ? "" : "not ", points, what);
}

void figure(const char *name, uint64_t value, const char *unit)
{
	print("# %s %lu %s\n", name, (unsigned long)value, unit);
}

void finish(void)
{
	register uint64_t x0 __asm__("x0");

	print("1..%u\n# %u failed\n", points, failures);
	x0 = PSCI_OFF;
	__asm__ volatile("smc #0" : "+r"(x0) : : "memory");
	for (;;)
		wfi();
}

void payload_fault(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far)
{
	print("Bail out! vector %lu esr %lx elr %lx far %lx\n", (unsigned long)vector,
	      (unsigned long)esr, (unsigned long)elr, (unsigned long)far);
	finish();
}

void crypto_port_panic(const char *what)
{
	print("Bail out! %s\n", what);
	finish();
}

void timer_init(void)
{
	write_sysreg(S3_4_C12_C9_5, 0xf); /* ICC_SRE_EL2 */
	isb();
	GICD_CTLR = 0x12; /* ARE, group 1 */
	GICR_WAKER = 0;
	while (GICR_WAKER & 4)
		cpu_relax();
	GICR_IGROUPR0 = UINT32_MAX;
	GICR_PRIORITY[TIMER_INTID] = 0x80;
	GICR_ISENABLE0 = 1u << TIMER_INTID;
	write_sysreg(S3_0_C4_C6_0, 0xff); /* ICC_PMR_EL1 */
	write_sysreg(S3_0_C12_C12_7, 1);  /* ICC_IGRPEN1_EL1 */
	isb();
}

uint64_t timer_now(void)
{
	isb();
	return read_sysreg(cntpct_el0);
}

void timer_start(uint64_t ticks)
{
	write_sysreg(cnthp_cval_el2, timer_now() + ticks);
	write_sysreg(cnthp_ctl_el2, 1);
	isb();
}

uint64_t timer_late(void)
{
	return timer_now() - read_sysreg(cnthp_cval_el2);
}

void timer_stop(void)
{
	write_sysreg(cnthp_ctl_el2, 0);
	isb();
}

bool timer_take(void)
{
	uint64_t intid = read_sysreg(S3_0_C12_C12_0); /* ICC_IAR1_EL1 */

	timer_stop();
	if (intid != TIMER_INTID)
		return false;
	write_sysreg(S3_0_C12_C12_1, intid); /* ICC_EOIR1_EL1 */
	isb();
	return true;
}
