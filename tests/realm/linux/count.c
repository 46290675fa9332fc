// SPDX-License-Identifier: BSD-3-Clause
/*
 * Counts cycles of each CPU by the kernel's perf, which samples at each overflow of its counter:
 * count SAMPLES. It ends when each CPU has had so many samples, or with status 1 after a while
 * without one.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#define PERIOD	   2000000
#define PATIENCE_S 300
#define PAGE	   4096UL
#define RING	   (8 * PAGE)

static int open_counter(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = PERIOD,
		.sample_type = PERF_SAMPLE_IP,
		.pinned = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* Takes what is in the ring. Returns how many samples there were. */
static unsigned int take(struct perf_event_mmap_page *page)
{
	uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE), at = page->data_tail;
	unsigned int samples = 0;

	while (at < head) {
		const struct perf_event_header *h =
			(const void *)((const char *)page + PAGE + at % RING);

		samples += h->type == PERF_RECORD_SAMPLE;
		at += h->size;
	}
	__atomic_store_n(&page->data_tail, at, __ATOMIC_RELEASE);
	return samples;
}

static int count(unsigned int cpu, unsigned int wanted)
{
	struct perf_event_mmap_page *page;
	unsigned int samples = 0;
	uint64_t cycles = 0;
	int fd = pin(cpu) ? -1 : open_counter();

	if (fd < 0) {
		printf("count: CPU %u: %s\n", cpu, strerror(errno));
		return 1;
	}
	page = mmap(NULL, PAGE + RING, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		printf("count: CPU %u: no ring: %s\n", cpu, strerror(errno));
		return 1;
	}
	alarm(PATIENCE_S);
	while (samples < wanted)
		samples += take(page);
	alarm(0);
	if (read(fd, &cycles, sizeof(cycles)) != sizeof(cycles))
		cycles = 0;
	printf("count: CPU %u: %u samples, %lu cycles\n", cpu, samples, (unsigned long)cycles);
	munmap(page, PAGE + RING);
	close(fd);
	return cycles < (uint64_t)wanted * PERIOD;
}

int main(int argc, char **argv)
{
	unsigned int wanted = argc == 2 ? (unsigned int)atoi(argv[1]) : 0, cpu;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int wrong = 0;

	if (!wanted) {
		fprintf(stderr, "usage: count SAMPLES\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (cpu = 0; cpu < cpus; cpu++)
		wrong |= count(cpu, wanted);
	return wrong;
}
