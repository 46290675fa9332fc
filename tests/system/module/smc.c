// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test module: any SMC or HVC of the host's kernel. For tests only: it breaks whatever it asks to
 * be broken.
 *
 * /dev/smc, by writing, on the CPU of the writer; numbers are hexadecimal:
 * smc X0 [X1 ...], smc1 X0 [X1 ...], hvc X0 [X1 ...]
 *   one call with up to eight registers, others of them 0, with the immediate 0, 1, 0; logs
 *   "smc: X0 X1 X2 X3" as they are afterwards, and " changed" if X8 to X17 are not as before
 * time X0 [X1 ...]
 *   logs "smc: N ticks", the counter's for a thousand SMCs, in which all were answered alike
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include <asm/barrier.h>
#include <asm/sysreg.h>

#define REGS   8
#define HIGH   10 /* X8 to X17 */
#define ROUNDS 1000

struct call {
	u64 x[REGS];
};

/* With all that the callee could change. */
struct whole_call {
	struct call call;
	u64 high[HIGH];
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

#define WHOLE_CALL(insn, regs)                                                                     \
	CALL("ldp x8, x9, [x19, #64]\n\t"                                                          \
	     "ldp x10, x11, [x19, #80]\n\t"                                                        \
	     "ldp x12, x13, [x19, #96]\n\t"                                                        \
	     "ldp x14, x15, [x19, #112]\n\t"                                                       \
	     "ldp x16, x17, [x19, #128]\n\t" insn "\n\t"                                           \
	     "stp x8, x9, [x19, #64]\n\t"                                                          \
	     "stp x10, x11, [x19, #80]\n\t"                                                        \
	     "stp x12, x13, [x19, #96]\n\t"                                                        \
	     "stp x14, x15, [x19, #112]\n\t"                                                       \
	     "stp x16, x17, [x19, #128]",                                                          \
	     &(regs)->call)

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

static int one_call(const char *kind, const struct call *call)
{
	struct whole_call whole = {*call, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, before = whole;
	const u64 *x = whole.call.x;

	if (!strcmp(kind, "time"))
		return time_calls(call);
	if (!strcmp(kind, "smc"))
		WHOLE_CALL("smc #0", &whole);
	else if (!strcmp(kind, "smc1"))
		WHOLE_CALL("smc #1", &whole);
	else if (!strcmp(kind, "hvc"))
		WHOLE_CALL("hvc #0", &whole);
	else
		return -EINVAL;
	pr_info("smc: %llx %llx %llx %llx%s\n", x[0], x[1], x[2], x[3],
		memcmp(whole.high, before.high, sizeof(whole.high)) ? " changed" : "");
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
