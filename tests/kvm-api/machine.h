/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest VMM: runs the bare-metal Realm of tests/realm/jobs with one thread per vCPU. Each
 * test starts a machine with a job and looks at what comes back.
 */
#ifndef KVM_API_MACHINE_H
#define KVM_API_MACHINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "kvm_api.h"
#include "tests/realm/jobs/jobs.h"

#ifndef KVM_EXIT_MEMORY_FAULT
#define KVM_EXIT_MEMORY_FAULT 39
#endif

#define MACHINE_SIZE	   (4 * BLOCK)
#define MACHINE_PATIENCE_S 60
#define MACHINE_REPORTS	   256

/* How a VMM tells which memory is private: docs/uapi.md, "Three forms of VMM". */
enum machine_form {
	FORM_VM,    /* attributes on the VM */
	FORM_PLAIN, /* not at all */
	FORM_FILE,  /* attributes on the guest_memfd, which is mapped as well */
};

/* Of the machines created next; FORM_VM at first. */
extern enum machine_form machine_form;

struct machine;

struct machine_vcpu {
	struct machine *m;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	atomic_bool running; /* KVM_RUN was called and has not come back */
	int ret;	     /* of the last KVM_RUN: 0 or -errno */
	unsigned int exit;   /* its reason */
	unsigned int exits[64];
};

struct machine {
	enum machine_form form;
	int vm, gmem, gic, its; /* an ITS for job LPI; else -1 */
	char *ram;
	unsigned int cpus;
	struct machine_vcpu vcpu[JOBS_CPUS_MAX];
	/* called by a vCPU's thread for each REPORT_x that is not only kept */
	void (*on_report)(struct machine *m, unsigned int report, uint32_t value);
	uint32_t values[MACHINE_REPORTS]; /* of REPORT_VALUE */
	uint32_t taken[MACHINE_REPORTS];
	unsigned int nr_values, nr_taken;
	bool ended, died;
};

/*
 * False, with a failed result, if it cannot be set up. X0: the job of the first vCPU. Job LPI has
 * an ITS, job PMU a PMU.
 */
bool machine_create(struct machine *m, unsigned int cpus, uint64_t x0);
/* The same without a result. What was made is for machine_destroy() in both cases. */
bool machine_try_create(struct machine *m, unsigned int cpus, uint64_t x0);
void machine_destroy(struct machine *m);

/* KVM_RUN once; MMIO of the device is answered. 0 or -errno; v->exit is the reason. */
int machine_run_once(struct machine_vcpu *v);
/* Makes memory private or shared in the form's way. 0 or -errno. */
int machine_convert(struct machine *m, uint64_t gpa, uint64_t size, bool private);
/* Answers the MMIO exit of a KVM_RUN that was not machine_run_once(). */
void machine_take_mmio(struct machine_vcpu *v);
/* Runs the vCPU until REPORT_END or until KVM_RUN says something else than MMIO or a new RIPAS. */
void machine_run(struct machine_vcpu *v);
/* The same by a thread. */
void machine_start(struct machine_vcpu *v);
/* Waits a tenth of a second for the end of a thread. */
bool machine_joined(struct machine_vcpu *v);
/* Signals (SIGUSR1) until the thread is out of KVM_RUN. False if it stays. */
bool machine_pull_out(struct machine_vcpu *v);

void machine_set_spi(struct machine *m, unsigned int spi, bool level);

#endif
