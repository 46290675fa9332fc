/* SPDX-License-Identifier: BSD-3-Clause */
/* One thread for each vCPU, in which it runs. Main thread only. */
#ifndef VMM_VM_THREAD_H
#define VMM_VM_THREAD_H

struct vm;

/* Starts the threads. A vCPU that cannot go on ends the VM (vm_end()). */
int thread_start_all(struct vm *vm);

/* Brings every thread out of KVM_RUN and waits for its end. vm_end() was called before. */
void thread_stop_all(struct vm *vm);

/*
 * For a debugger. After thread_hold() no vCPU enters the guest any more, those that run go on: any
 * thread, also that of a vCPU, and before there are threads. thread_pause_all() brings them out and
 * returns when all wait, or the VM has ended. thread_resume() lets all run, or one alone (-1: all).
 */
void thread_hold(struct vm *vm);
void thread_pause_all(struct vm *vm);
void thread_resume(struct vm *vm, int only);

#endif
