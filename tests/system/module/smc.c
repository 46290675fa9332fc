// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test module: any SMC or HVC of the host's kernel. For tests only: it breaks whatever it asks to
 * be broken.
 *
 * /dev/smc, by writing, on the CPU of the writer; numbers are hexadecimal:
 * smc X0 [X1 ...], smc1 X0 [X1 ...], hvc X0 [X1 ...]
 *   one call with up to eight registers, the others 0, with the immediate 0, 1, 0; logs
 *   "smc: X0 X1 X2 X3" as they are afterwards
 * time X0 [X1 ...]
 *   logs "smc: N ticks", the counter's for a thousand SMCs, in which all were answered alike
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include <asm/barrier.h>
#include <asm/sysreg.h>

#define REGS   8
#define ROUNDS 1000

struct call {
	u64 x[REGS];
};

#define CALL(insn, regs)                                                                           \
	({                                                                                         \
		register struct call *at_ asm("x19") = (regs);                                     \
		asm volatile("ldp x0, x1, [x19]\n\t"                                               \
			     "ldp x2, x3, [x19, #16]\n\t"                                          \
			     "ldp x4, x5, [x19, #32]\n\t"                                          \
			     "ldp x6, x7, [x19, #48]\n\t" insn "\n\t"                              \
			     "stp x0, x1, [x19]\n\t"                                               \
			     "stp x2, x3, [x19, #16]"                                              \
			     : "+r"(at_)                                                           \
			     :                                                                     \
			     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",  \
			       "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory", "cc");   \
	})

static u64 counter(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

static int time_calls(const struct call *call)
{
	struct call first = *call, each;
	bool alike = true;
	u64 start;
	int i;

	CALL("smc #0", &first);
	local_irq_disable();
	start = counter();
	for (i = 0; i < ROUNDS; i++) {
		each = *call;
		CALL("smc #0", &each);
		alike &= each.x[0] == first.x[0];
	}
	start = counter() - start;
	local_irq_enable();
	pr_info("smc: %llu ticks\n", start);
	return alike ? 0 : -EIO;
}

static int one_call(const char *kind, struct call *call)
{
	if (!strcmp(kind, "time"))
		return time_calls(call);
	if (!strcmp(kind, "smc"))
		CALL("smc #0", call);
	else if (!strcmp(kind, "smc1"))
		CALL("smc #1", call);
	else if (!strcmp(kind, "hvc"))
		CALL("hvc #0", call);
	else
		return -EINVAL;
	pr_info("smc: %llx %llx %llx %llx\n", call->x[0], call->x[1], call->x[2], call->x[3]);
	return 0;
}

static ssize_t smc_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	struct call call = {};
	char text[256] = {}, kind[8];
	u64 *x = call.x;
	int ret;

	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EINVAL;
	if (sscanf(text, "%7s %llx %llx %llx %llx %llx %llx %llx %llx", kind, &x[0], &x[1], &x[2],
		   &x[3], &x[4], &x[5], &x[6], &x[7]) < 2)
		return -EINVAL;
	ret = one_call(kind, &call);
	return ret ?: size;
}

static const struct file_operations smc_fops = {
	.owner = THIS_MODULE,
	.write = smc_write,
};

static struct miscdevice smc_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "smc",
	.fops = &smc_fops,
};
module_misc_device(smc_device);

MODULE_DESCRIPTION("Any SMC or HVC, for tests");
MODULE_LICENSE("GPL");
