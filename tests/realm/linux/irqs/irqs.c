// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest module: every CPU sends IPIs to the next one and takes timer interrupts, both as fast as it
 * can, for some seconds (parameter). Each is counted where it is asked for and where it arrives: an
 * IPI that is lost is never answered, and a timer that is lost never set again, so the CPU stops.
 */
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>

#define PERIOD_NS (2 * NSEC_PER_MSEC)
#define STUCK_S	  120

static unsigned int seconds = 5;
module_param(seconds, uint, 0);

struct counts {
	struct task_struct *thread;
	call_single_data_t csd;
	unsigned long sent;
	unsigned long received; /* of what this CPU sent; written by the next one */
	struct hrtimer timer;
	unsigned long set, fired;
};

static DEFINE_PER_CPU(struct counts, counts);
static ktime_t end;
static bool wrong;

static void arrived(void *from)
{
	struct counts *c = from;

	smp_store_release(&c->received, c->received + 1);
}

static enum hrtimer_restart fired(struct hrtimer *timer)
{
	struct counts *c = container_of(timer, struct counts, timer);

	c->fired++;
	if (ktime_after(ktime_get(), end))
		return HRTIMER_NORESTART;
	c->set++;
	hrtimer_forward_now(timer, ns_to_ktime(PERIOD_NS));
	return HRTIMER_RESTART;
}

static unsigned int next_cpu(unsigned int cpu)
{
	unsigned int next = cpumask_next(cpu, cpu_online_mask);

	return next < nr_cpu_ids ? next : cpumask_first(cpu_online_mask);
}

/* Waits for the answer to the last one; false if none came. */
static bool answered(const struct counts *c)
{
	ktime_t limit = ktime_add_ms(ktime_get(), STUCK_S * MSEC_PER_SEC);

	while (smp_load_acquire(&c->received) != c->sent) {
		if (ktime_after(ktime_get(), limit))
			return false;
		cond_resched();
	}
	return true;
}

static int work(void *unused)
{
	unsigned int cpu = smp_processor_id(), next = next_cpu(cpu);
	struct counts *c = this_cpu_ptr(&counts);

	c->set = 1;
	hrtimer_start(&c->timer, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_PINNED);
	while (next != cpu && ktime_before(ktime_get(), end)) {
		c->sent++;
		if (smp_call_function_single_async(next, &c->csd) || !answered(c)) {
			pr_err("irqs: CPU %u: IPI %lu was lost\n", cpu, c->sent);
			WRITE_ONCE(wrong, true);
			break;
		}
	}
	while (!kthread_should_stop())
		schedule_timeout_idle(HZ / 20);
	return 0;
}

static void check_timer(unsigned int cpu, const struct counts *c)
{
	ktime_t limit = ktime_add_ms(ktime_get(), STUCK_S * MSEC_PER_SEC);

	while (READ_ONCE(c->fired) != READ_ONCE(c->set) && ktime_before(ktime_get(), limit))
		schedule_timeout_idle(1);
	if (c->fired == c->set)
		return;
	pr_err("irqs: CPU %u: timer %lu was lost\n", cpu, c->set);
	wrong = true;
}

static int __init irqs_init(void)
{
	unsigned long sent = 0, received = 0, set = 0, took = 0;
	unsigned int cpu;

	end = ktime_add_ms(ktime_get(), seconds * MSEC_PER_SEC);
	for_each_online_cpu(cpu)
	{
		struct counts *c = per_cpu_ptr(&counts, cpu);

		INIT_CSD(&c->csd, arrived, c);
		hrtimer_setup(&c->timer, fired, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
		c->thread = kthread_create_on_cpu(work, NULL, cpu, "irqs/%u");
		if (IS_ERR(c->thread))
			return PTR_ERR(c->thread);
	}
	for_each_online_cpu(cpu) wake_up_process(per_cpu_ptr(&counts, cpu)->thread);
	while (ktime_before(ktime_get(), end))
		schedule_timeout_idle(HZ / 10);
	for_each_online_cpu(cpu)
	{
		struct counts *c = per_cpu_ptr(&counts, cpu);

		kthread_stop(c->thread);
		check_timer(cpu, c);
		hrtimer_cancel(&c->timer);
		sent += c->sent;
		received += c->received;
		set += c->set;
		took += c->fired;
	}
	pr_info("irqs: %lu IPIs sent, %lu received; %lu timers set, %lu fired\n", sent, received,
		set, took);
	return wrong || sent != received || set != took ? -EIO : 0;
}

static void __exit irqs_exit(void)
{
}

module_init(irqs_init);
module_exit(irqs_exit);
MODULE_DESCRIPTION("Counts interrupts, for tests");
MODULE_LICENSE("GPL");
