/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: EL3 leaves V, Z, P, FFR and ZA alone (RMM-EL3 interface 2.0, section 5), also while
 * it moves granules and whatever vector length or streaming mode the host left behind.
 */
#include <string.h>
#include <sysreg.h>

#include "abi/firme.h"
#include "abi/smccc.h"
#include "tests/firmware/el2/firmware.h"

#define MAX_VECTOR 256
#define SVCR	   S3_3_C4_C2_2
#define ZCR_EL2	   S3_4_C1_C2_0
#define SMCR_EL2   S3_4_C1_C2_6

/* Offsets are known to sve.S; a Z register takes 256 bytes and a P register 32 at any length. */
struct sve_state {
	uint8_t ffr[64];
	uint8_t p[16][32];
	uint8_t unused[448];
	uint8_t z[32][MAX_VECTOR];
} __attribute__((aligned(16)));

_Static_assert(__builtin_offsetof(struct sve_state, z) == 1024, "sve.S");

void sve_load(const struct sve_state *state, uint64_t with_ffr);
void sve_store(struct sve_state *state, uint64_t with_ffr);
uint64_t sve_vector_bytes(void);
void sve_za_load(const void *za, uint64_t rows);
void sve_za_store(void *za, uint64_t rows);
void sve_streaming_on(void);
void sve_streaming_off(void);

static struct sve_state before, after;
static uint8_t za_before[MAX_VECTOR][MAX_VECTOR], za_after[MAX_VECTOR][MAX_VECTOR];

static void fill_random(void *buffer, size_t size, uint64_t seed)
{
	uint8_t *p = buffer;

	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)(random_next(&seed) >> 56);
}

/* FFR holds a run of ones from bit 0: anything else is not a value it can have. */
static void fill_ffr(uint64_t bytes)
{
	memset(before.ffr, 0, sizeof(before.ffr));
	memset(before.ffr, 0xff, bytes / 8 - 1);
}

static unsigned int differences(uint64_t bytes, bool with_ffr)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < 32; i++)
		n += memcmp(before.z[i], after.z[i], bytes) != 0;
	for (unsigned int i = 0; i < 16; i++)
		n += memcmp(before.p[i], after.p[i], bytes / 8) != 0;
	if (with_ffr)
		n += memcmp(before.ffr, after.ffr, bytes / 8) != 0;
	return n;
}

struct sve_case {
	const char *name;
	uint64_t pa;
	uint64_t granules; /* moved to Realm and back; 0: an SMCCC_VERSION call instead */
};

static void do_case(const struct sve_case *c)
{
	if (!c->granules) {
		smc(SMCCC_VERSION, 0, 0, 0);
		return;
	}
	agent_call(AGENT_GPI_SET, c->pa, c->granules, GPI_REALM, 0);
	agent_call(AGENT_GPI_SET, c->pa, c->granules, GPI_NS, 0);
}

static void check_sve(const struct sve_case *c, bool with_ffr)
{
	uint64_t bytes = sve_vector_bytes();

	fill_random(&before, sizeof(before), 0x5e5e + bytes);
	fill_ffr(bytes);
	sve_load(&before, with_ffr);
	do_case(c);
	sve_store(&after, with_ffr);
	check_eq(differences(bytes, with_ffr), 0, "%s: Z, P%s of %lu bytes as they were", c->name,
		 with_ffr ? ", FFR" : "", bytes);
}

static void check_za(const struct sve_case *c)
{
	uint64_t bytes = sve_vector_bytes();
	unsigned int bad = 0;

	fill_random(za_before, sizeof(za_before), 0x2a2a + bytes);
	sve_za_load(za_before, bytes);
	check_sve(c, false);
	sve_za_store(za_after, bytes);
	for (uint64_t row = 0; row < bytes; row++)
		bad += memcmp(za_before[row], za_after[row], bytes) != 0;
	check_eq(bad, 0, "%s: ZA of %lu by %lu bytes as it was", c->name, bytes, bytes);
	check_eq(read_sysreg(SVCR) & 3, 3, "%s: streaming mode stays on", c->name);
}

static void check_case(const struct sve_case *c)
{
	static const uint64_t lengths[] = {0xf, 0, 1, 7};

	for (unsigned int i = 0; i < ARRAY_SIZE(lengths); i++) {
		write_sysreg(ZCR_EL2, lengths[i]);
		isb();
		check_sve(c, true);
	}
	write_sysreg(ZCR_EL2, 0xf);
	isb();
	if (!FIELD(read_sysreg(id_aa64pfr1_el1), 27, 24))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(lengths); i++) {
		write_sysreg(SMCR_EL2, lengths[i]);
		isb();
		sve_streaming_on();
		check_za(c);
		sve_streaming_off();
	}
}

void suite_sve(void)
{
	struct sve_case cases[] = {{"an SMC", 0, 0},
				   {"one granule", 0, 1},
				   {"2 MiB", 0, 512},
				   {"a part of 2 MiB", GRANULE_SIZE, 300}};
	uint64_t pa;

	if (!check(agent_present(), "the test RMM answers"))
		return;
	if (!FIELD(read_sysreg(id_aa64pfr0_el1), 35, 32)) {
		skip("no SVE");
		return;
	}
	if (!check(memory_find(MIB(4), MIB(4), &pa), "memory for granules"))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		cases[i].pa += pa;
		check_case(&cases[i]);
	}
}
