/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: granule transitions from up to four CPUs at once. Each CPU knows what its own
 * granules must be; granules of different CPUs share descriptors, 2 MiB blocks and larger areas,
 * so that splits and fuses of one CPU meet changes of another.
 */
#include <stddef.h>
#include "abi/firme.h"
#include "abi/rmm_el3.h"
#include "tests/firmware/el2/granule.h"
#include "tests/firmware/el2/firmware.h"

#define MAX_WORKERS 4
#define AREA	    MIB(64)
#define SECONDS	    300

struct worker {
	uint64_t base;
	uint32_t index;
	uint32_t workers;
	uint64_t rounds;
	uint64_t errors;    /* calls that failed */
	uint64_t misplaced; /* granules that are not what they should be */
	uint64_t first_bad; /* PA of the first */
	int64_t first_result;
};

static void expect(struct worker *worker, uint64_t pa, bool realm)
{
	if (is_gpf(probe_read64(pa)) == realm)
		return;
	if (!worker->misplaced++)
		worker->first_bad = pa;
}

static void move(struct worker *worker, uint64_t pa, uint64_t granules, bool realm)
{
	uint64_t done;
	int64_t result = agent_gpi_set(pa, granules, realm ? GPI_REALM : GPI_NS, &done);

	if (result == FIRME_SUCCESS && done == granules)
		return;
	if (!worker->errors++) {
		worker->first_bad = pa;
		worker->first_result = result;
	}
}

/* Granule i belongs to CPU i % workers: all CPUs change nibbles of the same descriptors. */
static void interleaved_granules(void *argument)
{
	struct worker *worker = argument;
	uint64_t seed = 0x1000 + worker->index;
	uint64_t owned = MIB(2) / GRANULE_SIZE / worker->workers;
	bool state[512] = {false};

	for (uint64_t round = 0; round < worker->rounds; round++) {
		uint64_t mine = random_next(&seed) % owned;
		uint64_t pa =
			worker->base + (mine * worker->workers + worker->index) * GRANULE_SIZE;

		state[mine] = !state[mine];
		move(worker, pa, 1, state[mine]);
		expect(worker, pa, state[mine]);
		mine = random_next(&seed) % owned;
		pa = worker->base + (mine * worker->workers + worker->index) * GRANULE_SIZE;
		expect(worker, pa, state[mine]);
	}
	for (uint64_t mine = 0; mine < owned; mine++) {
		uint64_t pa =
			worker->base + (mine * worker->workers + worker->index) * GRANULE_SIZE;

		expect(worker, pa, state[mine]);
		if (state[mine])
			move(worker, pa, 1, false);
	}
}

/*
 * 2 MiB block i belongs to CPU i % workers: whole blocks, so that 32 MiB areas fuse and split
 * under the other CPUs' feet; the border granules of the block are looked at each time.
 */
static void interleaved_blocks(void *argument)
{
	struct worker *worker = argument;
	uint64_t seed = 0x2000 + worker->index;
	uint64_t owned = AREA / MIB(2) / worker->workers;
	uint64_t block_granules = MIB(2) / GRANULE_SIZE;
	bool state[AREA / MIB(2)] = {false};

	for (uint64_t round = 0; round < worker->rounds; round++) {
		/* Long phases of one direction let the large areas fuse. */
		bool realm = round / owned & 1;
		uint64_t mine = round % owned;
		uint64_t pa = worker->base + (mine * worker->workers + worker->index) * MIB(2);

		if (state[mine] == realm)
			continue;
		state[mine] = realm;
		move(worker, pa, block_granules, realm);
		expect(worker, pa, realm);
		expect(worker, pa + MIB(2) - GRANULE_SIZE, realm);
		expect(worker, pa + random_next(&seed) % block_granules * GRANULE_SIZE, realm);
	}
	for (uint64_t mine = 0; mine < owned; mine++) {
		uint64_t pa = worker->base + (mine * worker->workers + worker->index) * MIB(2);

		if (state[mine])
			move(worker, pa, block_granules, false);
	}
}

/* Random ranges in an area of the CPU's own, areas side by side in one 512 MiB region. */
static void own_area(void *argument)
{
	struct worker *worker = argument;
	uint64_t seed = 0x3000 + worker->index;
	uint64_t size = AREA / worker->workers;
	uint64_t granules = size / GRANULE_SIZE;
	uint64_t base = worker->base + worker->index * size;

	for (uint64_t round = 0; round < worker->rounds; round++) {
		uint64_t first = random_next(&seed) % granules;
		uint64_t count = 1 + random_next(&seed) % (granules - first);
		uint64_t pa = base + first * GRANULE_SIZE;

		move(worker, pa, count, true);
		expect(worker, pa, true);
		expect(worker, pa + (count - 1) * GRANULE_SIZE, true);
		expect(worker, pa + random_next(&seed) % count * GRANULE_SIZE, true);
		if (first)
			expect(worker, pa - GRANULE_SIZE, false);
		if (first + count < granules)
			expect(worker, pa + count * GRANULE_SIZE, false);
		move(worker, pa, count, false);
		expect(worker, pa + random_next(&seed) % count * GRANULE_SIZE, false);
	}
}

struct race {
	uint64_t pa;
	uint64_t rounds;
	uint64_t won[MAX_WORKERS];
	uint64_t wrong;
};

struct racer {
	struct race *race;
	uint32_t index;
};

/* All CPUs delegate the same granule: one gets it, the others hear BAD_PAS. */
static void race_for_granules(void *argument)
{
	struct racer *racer = argument;
	struct race *race = racer->race;

	for (uint64_t round = 0; round < race->rounds; round++) {
		int64_t result = agent_gtsi(RMM_EL3_GTSI_DELEGATE, race->pa + round * GRANULE_SIZE);

		if (result == RMM_EL3_OK)
			race->won[racer->index]++;
		else if (result != RMM_EL3_BAD_PAS)
			__atomic_add_fetch(&race->wrong, 1, __ATOMIC_RELAXED);
	}
}

/* Runs job on each CPU with its element of the array at `arguments`. */
static void run_all(void (*job)(void *), void *arguments, size_t size, uint32_t workers,
		    const char *what)
{
	bool done = true;

	for (uint32_t i = 1; i < workers; i++)
		cpu_run(i, job, (uint8_t *)arguments + i * size);
	job(arguments);
	for (uint32_t i = 1; i < workers; i++)
		done = cpu_wait(i, SECONDS) && done;
	check(done, "%u CPUs: %s: all come to an end", workers, what);
}

static void run_workers(void (*job)(void *), uint64_t base, uint32_t workers, uint64_t rounds,
			const char *what)
{
	struct worker worker[MAX_WORKERS];

	for (uint32_t i = 0; i < workers; i++) {
		worker[i] = (struct worker){
			.base = base, .index = i, .workers = workers, .rounds = rounds};
	}
	run_all(job, worker, sizeof(worker[0]), workers, what);
	for (uint32_t i = 0; i < workers; i++) {
		check_eq(worker[i].errors, 0, "CPU %u: %s: every call succeeds", i, what);
		check_eq(worker[i].misplaced, 0, "CPU %u: %s: every granule as it should be", i,
			 what);
		if (worker[i].errors || worker[i].misplaced)
			note("first at 0x%lx, result %ld", worker[i].first_bad,
			     worker[i].first_result);
	}
	check(range_is(base, AREA / GRANULE_SIZE, false), "%s: all is Non-secure at the end", what);
}

static void check_race(uint64_t base, uint32_t workers)
{
	struct race race = {.pa = base, .rounds = 1024};
	struct racer racer[MAX_WORKERS];
	uint64_t won = 0;

	for (uint32_t i = 0; i < workers; i++) {
		racer[i] = (struct racer){&race, i};
	}
	run_all(race_for_granules, racer, sizeof(racer[0]), workers, "race for granules");
	for (uint32_t i = 0; i < workers; i++)
		won += race.won[i];
	check_eq(won, race.rounds, "each granule was delegated by exactly one CPU");
	check_eq(race.wrong, 0, "the others heard BAD_PAS");
	check_eq((uint64_t)agent_gpi_set(base, race.rounds, GPI_NS, NULL), 0, "they come back");
}

/*
 * A CPU that only reads, without a call that would change its translations on the way: what it
 * read before must not stay readable after another CPU moved the granule (TLB maintenance).
 */
struct watcher {
	uint64_t pa;	/* to read next; the request */
	uint64_t asked; /* requests so far */
	uint64_t done;
	uint64_t stop;
	struct probe seen;
};

static void watch(void *argument)
{
	struct watcher *watcher = argument;

	while (!__atomic_load_n(&watcher->stop, __ATOMIC_ACQUIRE)) {
		if (__atomic_load_n(&watcher->asked, __ATOMIC_ACQUIRE) == watcher->done)
			continue;
		watcher->seen = probe_read64(watcher->pa);
		__atomic_store_n(&watcher->done, watcher->done + 1, __ATOMIC_RELEASE);
	}
}

/* The other CPU's view of a granule: 1 readable, 0 a granule protection fault, -1 none of both. */
static int watched(struct watcher *watcher, uint64_t pa)
{
	uint64_t end = timer_now() + timer_seconds(30);

	watcher->pa = pa;
	__atomic_store_n(&watcher->asked, watcher->asked + 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&watcher->done, __ATOMIC_ACQUIRE) != watcher->asked) {
		if (timer_now() > end)
			return -1;
	}
	return is_gpf(watcher->seen) ? 0 : watcher->seen.esr ? -1 : 1;
}

static void check_watched(struct watcher *watcher, uint64_t base, uint64_t granules)
{
	uint64_t seed = 0x4000 + granules;
	unsigned int stale = 0, lost = 0;

	for (unsigned int round = 0; round < 20; round++) {
		uint64_t at[4] = {base, base + (granules - 1) * GRANULE_SIZE,
				  base + random_next(&seed) % granules * GRANULE_SIZE,
				  base + random_next(&seed) % granules * GRANULE_SIZE};

		for (unsigned int i = 0; i < ARRAY_SIZE(at); i++)
			lost += watched(watcher, at[i]) != 1;
		agent_gpi_set(base, granules, GPI_REALM, NULL);
		for (unsigned int i = 0; i < ARRAY_SIZE(at); i++)
			stale += watched(watcher, at[i]) != 0;
		agent_gpi_set(base, granules, GPI_NS, NULL);
		for (unsigned int i = 0; i < ARRAY_SIZE(at); i++)
			lost += watched(watcher, at[i]) != 1;
	}
	check_eq(stale, 0, "%lu granules: another CPU cannot read what became Realm", granules);
	check_eq(lost, 0, "%lu granules: another CPU reads what is Non-secure", granules);
}

static void check_watcher(uint64_t base)
{
	struct watcher watcher = {0};

	cpu_run(1, watch, &watcher);
	check_watched(&watcher, base + 5 * GRANULE_SIZE, 1);
	check_watched(&watcher, base + 7 * GRANULE_SIZE, 40);
	check_watched(&watcher, base, MIB(2) / GRANULE_SIZE);
	check_watched(&watcher, base + MIB(2), MIB(32) / GRANULE_SIZE);
	check_watched(&watcher, base, MIB(32) / GRANULE_SIZE);
	__atomic_store_n(&watcher.stop, 1, __ATOMIC_RELEASE);
	check(cpu_wait(1, SECONDS), "the watching CPU stops");
}

void suite_smp(void)
{
	uint32_t workers;
	uint64_t base;

	if (!check(agent_present(), "the test RMM answers"))
		return;
	if (fdt.nr_cpus < 2) {
		skip("transitions from several CPUs need several CPUs");
		return;
	}
	if (!check(memory_find(AREA, AREA, &base), "memory for transitions"))
		return;
	workers = cpu_start_all(MAX_WORKERS);
	check_eq(workers, fdt.nr_cpus < MAX_WORKERS ? fdt.nr_cpus : MAX_WORKERS,
		 "CPUs for transitions");
	run_workers(interleaved_granules, base, workers, 2000, "interleaved granules");
	run_workers(interleaved_blocks, base, workers, 96, "interleaved 2 MiB blocks");
	run_workers(own_area, base, workers, 60, "random ranges");
	check_race(base, workers);
	cpu_stop_all();
	/* Other CPUs are off, because they would only slow this one and the watching one. */
	check_eq((uint64_t)cpu_on(1), 0, "the watching CPU comes on");
	check_watcher(base);
	cpu_stop_all();
}
