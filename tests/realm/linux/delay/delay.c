// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest module: how long udelay() takes, with interrupts on and off. Linux begins each delay with a
 * WFIT where the CPU has one. A host that takes the WFIT for a WFI makes every delay last to the
 * next interrupt. Single delays may be long because the host is busy; at least a quarter must not
 * be.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include <asm/sysreg.h>

#define ROUNDS	 100
#define SLACK_US 1000 /* a tick is four times that */

static u64 one_delay(unsigned int us, bool off)
{
	unsigned long flags = 0;
	u64 start, took;

	if (off)
		local_irq_save(flags);
	start = ktime_get_ns();
	udelay(us);
	took = ktime_get_ns() - start;
	if (off)
		local_irq_restore(flags);
	return took / NSEC_PER_USEC;
}

/* False if more than three quarters of the delays were far too long, or one was too short. */
static bool measure(unsigned int us, bool off)
{
	unsigned int i, good = 0, early = 0;
	u64 sum = 0;

	for (i = 0; i < ROUNDS; i++) {
		u64 took = one_delay(us, off);

		sum += took;
		early += took < us;
		good += took < us + SLACK_US;
	}
	pr_info("delay: udelay(%u), interrupts %s: %llu us on average, %u of %u in time, %u "
		"early\n",
		us, off ? "off" : "on", sum / ROUNDS, good, ROUNDS, early);
	return good >= ROUNDS / 4 && !early;
}

static int __init delay_init(void)
{
	bool good;

	pr_info("delay: WFxT is %u\n", (unsigned int)(read_sysreg_s(SYS_ID_AA64ISAR2_EL1) & 0xf));
	good = measure(50, false);
	good &= measure(50, true);
	good &= measure(1000, false);
	return good ? 0 : -EIO;
}

static void __exit delay_exit(void)
{
}

module_init(delay_init);
module_exit(delay_exit);
MODULE_DESCRIPTION("Measures udelay(), for tests");
MODULE_LICENSE("GPL");
