/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: SMC storms (common/storm.h) at NS-EL1, NS-EL2 and, by the test RMM, R-EL2. */
#include <string.h>
#include "tests/firmware/common/storm.h"
#include "tests/firmware/el2/firmware.h"

#define COUNT 100000

static void report(const struct storm *storm, const char *where)
{
	if (!check_eq(storm->bad, 0, "%u unknown and malformed SMCs from %s give -1", COUNT,
		      where)) {
		note("first: X0 0x%lx X1 0x%lx X2 0x%lx X3 0x%lx: register %lu became 0x%lx",
		     storm->bad_call.x[0], storm->bad_call.x[1], storm->bad_call.x[2],
		     storm->bad_call.x[3], storm->bad_register, storm->bad_value);
	}
}

static uint64_t storm_at_el1(struct storm *storm)
{
	storm_run(storm);
	return 0;
}

void suite_storm(void)
{
	struct storm storm = {.seed = 0x5eed0001, .count = COUNT};
	struct storm *shared = agent_buffer();

	note("seeds 0x5eed0001 (EL2), 0x5eed0002 (EL1), 0x5eed0003 (R-EL2)");
	storm_run(&storm);
	report(&storm, "NS-EL2");
	storm = (struct storm){.seed = 0x5eed0002, .count = COUNT};
	el1_run(storm_at_el1, (uint64_t)&storm, 0, 16);
	report(&storm, "NS-EL1");
	if (!check(agent_present(), "the test RMM answers"))
		return;
	*shared = (struct storm){.seed = 0x5eed0003, .count = COUNT};
	agent_call(AGENT_STORM, (uint64_t)shared, 0, 0, 0);
	storm = *shared;
	report(&storm, "R-EL2");
	check(agent_present(), "the test RMM still answers");
}
