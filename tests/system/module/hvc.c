/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test module: HVCs of a hostile kernel at EL1, and a look at who has EL2. For tests only.
 *
 * /dev/hvc, by writing, on the CPU of the writer:
 * f SECONDS SEED
 *   random calls with random registers; fails with EIO at a wrong answer, with EINTR by a signal
 * o
 *   logs "hvc: cpuN: the stub" or "hvc: cpuN: the kernel"
 * v ADDRESS
 *   has code run at EL2 by SOFT_RESTART, which ends the stub there, and logs whether VBAR_EL2 is
 * the kernel's symbol at ADDRESS
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include <asm/virt.h>

#define HYP_ENTER     0xc600cc00
#define HYP_SIZE      272 /* the argument with which it enters what is in the shared page */
#define HYP_RESULTS   3	  /* results of HYP_ENTER are below */
#define REGS	      18
#define CALLS_AT_ONCE 1000

struct call {
	u64 x[REGS];
};

static noinline void hvc(struct call *call)
{
	register struct call *at asm("x19") = call;

	asm volatile("ldp x0, x1, [x19]\n\t"
		     "ldp x2, x3, [x19, #16]\n\t"
		     "ldp x4, x5, [x19, #32]\n\t"
		     "ldp x6, x7, [x19, #48]\n\t"
		     "ldp x8, x9, [x19, #64]\n\t"
		     "ldp x10, x11, [x19, #80]\n\t"
		     "ldp x12, x13, [x19, #96]\n\t"
		     "ldp x14, x15, [x19, #112]\n\t"
		     "ldp x16, x17, [x19, #128]\n\t"
		     "hvc #0\n\t"
		     "stp x0, x1, [x19]\n\t"
		     "stp x2, x3, [x19, #16]\n\t"
		     "stp x4, x5, [x19, #32]\n\t"
		     "stp x6, x7, [x19, #48]\n\t"
		     "stp x8, x9, [x19, #64]\n\t"
		     "stp x10, x11, [x19, #80]\n\t"
		     "stp x12, x13, [x19, #96]\n\t"
		     "stp x14, x15, [x19, #112]\n\t"
		     "stp x16, x17, [x19, #128]"
		     : "+r"(at)
		     :
		     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		       "x12", "x13", "x14", "x15", "x16", "x17", "memory", "cc");
}

/* xorshift64* */
static u64 random64(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static u64 random_function(u64 *state)
{
	u64 n = random64(state);

	switch (n >> 60) {
	case 0 ... 5:
		return n & 0xf;
	case 6 ... 8:
		return HYP_ENTER;
	case 9 ... 11:
		return HYP_ENTER + (n & 0xffff) - 0x8000;
	case 12:
		return (u32)n;
	default:
		return n;
	}
}

/* A random value, often a physical address of memory; is_harmless() sorts out the allowed ones. */
static u64 random_address(u64 *state)
{
	u64 n = random64(state);

	switch (n >> 62) {
	case 0:
		return PHYS_OFFSET + (n & GENMASK_ULL(30, 0));
	case 1:
		return n & GENMASK_ULL(31, 0);
	default:
		return n;
	}
}

/* False for a call that gives EL2 away: a kernel may make it, so a random call must not. */
static bool is_harmless(const struct call *call)
{
	bool ram = call->x[1] >= PHYS_OFFSET && call->x[1] < virt_to_phys(high_memory - 1);

	switch (call->x[0]) {
	case HVC_RESET_VECTORS:
		return false;
	case HVC_SET_VECTORS:
		return !ram || call->x[1] & 0x7ff;
	case HVC_SOFT_RESTART:
		return !ram || call->x[1] & 3;
	default:
		return true;
	}
}

/* True if the call gave an error and changed nothing else. HYP_ENTER may change registers. */
static bool is_right(const struct call *before, const struct call *after)
{
	if (before->x[0] == HYP_ENTER)
		return after->x[0] < HYP_RESULTS;
	return after->x[0] == HVC_STUB_ERR &&
	       !memcmp(&before->x[1], &after->x[1], sizeof(after->x) - sizeof(after->x[0]));
}

static bool one_call(u64 *state)
{
	struct call before, after;
	int i;

	for (i = 0; i < REGS; i++)
		before.x[i] = random64(state);
	before.x[0] = random_function(state);
	before.x[1] = random64(state) >> 62 ? random_address(state) : HYP_SIZE;
	if (!is_harmless(&before))
		return true;
	after = before;
	hvc(&after);
	if (is_right(&before, &after))
		return true;
	pr_err("hvc: function 0x%llx, x1 0x%llx: answer 0x%llx, x1 0x%llx\n", before.x[0],
	       before.x[1], after.x[0], after.x[1]);
	return false;
}

static int fuzz(unsigned int seconds, u64 seed)
{
	ktime_t end = ktime_add_ms(ktime_get(), seconds * MSEC_PER_SEC);
	u64 state = seed ?: 1, calls = 0;

	do {
		unsigned int i;

		for (i = 0; i < CALLS_AT_ONCE; i++) {
			if (!one_call(&state))
				return -EIO;
		}
		calls += CALLS_AT_ONCE;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (ktime_before(ktime_get(), end));
	pr_info("hvc: cpu%u: %llu calls\n", raw_smp_processor_id(), calls);
	return 0;
}

static u64 call3(u64 function, u64 x1)
{
	struct call call = {{function, x1}};

	hvc(&call);
	return call.x[0];
}

/* HYP_ENTER without its argument enters nothing, whatever REC the shared page holds. */
static void say_owner(void)
{
	bool kernel = call3(HYP_ENTER, 0) == HVC_STUB_ERR;

	pr_info("hvc: cpu%u: %s\n", raw_smp_processor_id(), kernel ? "the kernel" : "the stub");
}

/* MRS X0, VBAR_EL2; ERET: run at EL2 by SOFT_RESTART, MMU off. */
static const u32 read_vbar[] = {0xd53cc000, 0xd69f03e0};

static int say_vectors(u64 address)
{
	u32 *code = (u32 *)get_zeroed_page(GFP_KERNEL);
	u64 vbar;

	if (!code)
		return -ENOMEM;
	memcpy(code, read_vbar, sizeof(read_vbar));
	asm volatile("dc cvac, %0\n\tdsb sy\n\tic ialluis\n\tdsb ish\n\tisb" ::"r"(code)
		     : "memory");
	vbar = call3(HVC_SOFT_RESTART, virt_to_phys(code));
	free_page((unsigned long)code);
	pr_info("hvc: cpu%u: vectors at 0x%llx: %s\n", raw_smp_processor_id(), vbar,
		vbar == __kimg_to_phys(address) ? "the kernel's" : "others");
	return 0;
}

static ssize_t hvc_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	unsigned int seconds;
	char text[64] = {};
	u64 number;
	int ret;

	if (is_kernel_in_hyp_mode())
		return -ENODEV;
	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EINVAL;
	if (sscanf(text, "f %u %llu", &seconds, &number) == 2) {
		ret = fuzz(seconds, number);
	} else if (sscanf(text, "v %llx", &number) == 1) {
		ret = say_vectors(number);
	} else if (text[0] == 'o') {
		say_owner();
		ret = 0;
	} else {
		ret = -EINVAL;
	}
	return ret ?: size;
}

static const struct file_operations hvc_fops = {
	.owner = THIS_MODULE,
	.write = hvc_write,
};

static struct miscdevice hvc_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hvc",
	.fops = &hvc_fops,
};
module_misc_device(hvc_device);

MODULE_DESCRIPTION("Hostile HVCs, for tests");
MODULE_LICENSE("GPL");
