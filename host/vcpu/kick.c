// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kicks (kick.h). A kick makes the thread of a vCPU look again at what changed: it wakes a thread
 * that waits, and sends an interrupt to a CPU that runs the REC, which ends the run. The thread
 * sets in_guest before its last look, and the kicker changes state before it reads in_guest, with a
 * full barrier on both sides: at least one of the two sees what the other did.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

#include "host/vcpu/kick.h"

#define LEAVE_SECONDS 10 /* time for an RMM to react to an interrupt when the host goes down */

void cca_vcpu_kick(struct cca_vcpu *vcpu)
{
	struct task_struct *task;

	rcuwait_wake_up(&vcpu->wait);
	smp_mb(); /* pairs with run_enter() of run.c */
	if (!READ_ONCE(vcpu->in_guest))
		return;
	rcu_read_lock();
	task = READ_ONCE(vcpu->task);
	if (task)
		kick_process(task);
	rcu_read_unlock();
}

void cca_vcpu_wait_left(struct cca_vcpu *vcpu)
{
	unsigned long deadline = jiffies + LEAVE_SECONDS * HZ;

	while (smp_load_acquire(&vcpu->in_guest) && time_before(jiffies, deadline)) {
		cca_vcpu_kick(vcpu);
		usleep_range(50, 500);
	}
}

void cca_vm_kill(struct cca_vm *vm)
{
	unsigned int i, n;

	WRITE_ONCE(vm->dead, true);
	smp_mb(); /* a vCPU that is not kicked below sees dead */
	n = cca_nr_vcpus(vm);
	for (i = 0; i < n; i++)
		cca_vcpu_kick(vm->vcpus[i]);
}
