/* SPDX-License-Identifier: BSD-3-Clause */
/* One thread for each vCPU, in which it runs. Main thread only. */
#ifndef VMM_VM_THREAD_H
#define VMM_VM_THREAD_H

struct vm;

/* Starts the threads. A vCPU that cannot go on ends the VM (vm_end()). */
int thread_start_all(struct vm *vm);

/* Brings every thread out of KVM_RUN and waits for its end. vm_end() was called before. */
void thread_stop_all(struct vm *vm);

#endif
