/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test RMM, cold boot: entry state and the calls an RMM makes before BOOT_COMPLETE, with every
 * error the interface defines for them (RMM-EL3 interface 2.0, sections 2 and 4).
 */
#include <string.h>
#include <sysreg.h>

#include "abi/firme.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "tests/firmware/rmm/rmm.h"

#define SHARED_MARGIN GRANULE_SIZE
#define TOKEN_MAX     16384

#define MARK UINT64_C(0x5245414c4d000000)

/*
 * One call; X0 is the result, X1 and X2 are stored if asked for. Checks that nothing but the
 * results changed.
 */
static int64_t call(const char *name, uint64_t fid, const uint64_t *args, unsigned int nr_args,
		    uint64_t *results, unsigned int nr_results)
{
	struct smc_regs in, out;

	for (unsigned int i = 1; i < ARRAY_SIZE(in.x); i++)
		in.x[i] = i <= nr_args ? args[i - 1] : MARK + i;
	in.x[0] = fid;
	out = in;
	smc_call(&out);
	for (unsigned int i = 1; i <= nr_results; i++)
		results[i - 1] = out.x[i];
	for (unsigned int i = 1 + nr_results; i < ARRAY_SIZE(in.x); i++) {
		if (out.x[i] != in.x[i]) {
			check(false, "%s leaves X%u as it was", name, i);
			break;
		}
	}
	return (int64_t)out.x[0];
}

void cold_check_entry(const struct entry_state *entry)
{
	check_eq(entry->current_el, 8, "cold boot enters at EL2");
	check_eq(entry->spsel, 1, "cold boot uses SP_EL2");
	check_eq(entry->daif & 0x3c0, 0x3c0, "cold boot masks D, A, I and F");
	check_eq(entry->sctlr & 0x1005, 0, "cold boot has MMU and caches off");
	check_eq(entry->sctlr & 0x30c50830, 0x30c50830, "cold boot has the RES1 bits of SCTLR_EL2");
	check(entry->x[0] < entry->x[2], "X0 is the linear number of the CPU");
	check_eq(entry->x[1], RMM_EL3_VERSION_2_0, "X1 is interface version 2.0");
	check(entry->x[2] >= 1 && entry->x[2] <= PAYLOAD_MAX_CPUS, "X2 is the number of CPUs (%lu)",
	      entry->x[2]);
	check(entry->x[3] && is_aligned(entry->x[3], GRANULE_SIZE), "X3 is a page");
	check_eq(entry->x[4], 0, "X4, the activation token, is 0 the first time");
}

static void check_own_pas(uint64_t shared)
{
	uint64_t pages[] = {(uint64_t)cold_check_entry & ~(GRANULE_SIZE - 1), shared};
	static const char *const names[] = {"RMM image", "shared buffer"};

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		struct probe probe = probe_read64(pages[i] + MMU_NS_WINDOW);

		check_eq(probe_read64(pages[i]).esr, 0, "%s is Realm PAS", names[i]);
		check(ESR_EC(probe.esr) == EC_DABT_SAME && ESR_FSC(probe.esr) == FSC_GPF,
		      "%s is not Non-secure PAS: esr 0x%lx", names[i], probe.esr);
	}
}

static int64_t reserve(uint64_t size, uint64_t align, uint64_t flags, uint64_t *pa)
{
	uint64_t args[] = {size, (align << RMM_EL3_RESERVE_ALIGN_SHIFT) | flags};

	return call("RESERVE_MEMORY", RMM_EL3_RESERVE_MEMORY, args, 2, pa, 1);
}

static void check_reserved(uint64_t pa, uint64_t size, uint64_t align, const char *what)
{
	bool usable = true;

	check(pa && is_aligned(pa, align), "RESERVE_MEMORY (%s): aligned", what);
	for (uint64_t at = 0; at < size; at += GRANULE_SIZE) {
		struct probe probe = probe_write64(pa + at, pattern_word(1, pa + at));

		usable = usable && !probe.esr;
		probe = probe_read64(pa + at);
		usable = usable && !probe.esr && probe.value == pattern_word(1, pa + at);
	}
	check(usable, "RESERVE_MEMORY (%s): all of it is Realm memory", what);
	check(ESR_FSC(probe_read64(pa + MMU_NS_WINDOW).esr) == FSC_GPF,
	      "RESERVE_MEMORY (%s): none of it is Non-secure memory", what);
}

static void check_reserve_memory(uint64_t nr_cpus)
{
	uint64_t a, b, c, ignored;

	check_eq(reserve(GRANULE_SIZE, 12, RMM_EL3_RESERVE_LOCAL_CPU, &a), 0,
		 "RESERVE_MEMORY: a page for this CPU");
	check_reserved(a, GRANULE_SIZE, GRANULE_SIZE, "a page");
	check_eq(reserve(3 * GRANULE_SIZE, 16, 0, &b), 0, "RESERVE_MEMORY: three pages at 64 KiB");
	check_reserved(b, 3 * GRANULE_SIZE, KIB(64), "three pages");
	check_eq(reserve(GRANULE_SIZE, 0, 0, &c), 0, "RESERVE_MEMORY: no alignment asked for");
	check(a + GRANULE_SIZE <= b || b + 3 * GRANULE_SIZE <= a, "RESERVE_MEMORY: no overlap");
	check((c + GRANULE_SIZE <= b || b + 3 * GRANULE_SIZE <= c) &&
		      (c + GRANULE_SIZE <= a || a + GRANULE_SIZE <= c),
	      "RESERVE_MEMORY: no overlap of the third piece");
	check_eq(reserve(GRANULE_SIZE, 12, 2, &ignored), RMM_EL3_INVAL,
		 "RESERVE_MEMORY: unknown flag 1 is INVAL");
	check_eq(reserve(GRANULE_SIZE, 12, BIT(55), &ignored), RMM_EL3_INVAL,
		 "RESERVE_MEMORY: unknown flag 55 is INVAL");
	check_eq(reserve(UINT64_C(1) << 46, 12, 0, &ignored), RMM_EL3_NOMEM,
		 "RESERVE_MEMORY: more than there is: NOMEM");
	check_eq(reserve(~UINT64_C(0), 12, 0, &ignored), RMM_EL3_NOMEM,
		 "RESERVE_MEMORY: a size that wraps: NOMEM");
	check_eq(reserve(~UINT64_C(0) - 4094, 12, 0, &ignored), RMM_EL3_NOMEM,
		 "RESERVE_MEMORY: an aligned size that wraps: NOMEM");
	check(reserve(GRANULE_SIZE, 63, 0, &ignored) < 0, "RESERVE_MEMORY: alignment 2^63 fails");
	check(reserve(GRANULE_SIZE, 64, 0, &ignored) < 0, "RESERVE_MEMORY: alignment 2^64 fails");
	check(reserve(GRANULE_SIZE, 255, 0, &ignored) < 0, "RESERVE_MEMORY: alignment 2^255 fails");
	check_eq(reserve(GRANULE_SIZE, 12, 0, &a), 0, "RESERVE_MEMORY: failures cost nothing");
	check_reserved(a, GRANULE_SIZE, GRANULE_SIZE, "after failures");
	check_eq(reserve(nr_cpus * KIB(64), 12, 0, &a), 0, "RESERVE_MEMORY: 64 KiB for each CPU");
}

static void check_features(void)
{
	uint64_t index[] = {0}, beyond[] = {1}, value = 0;

	check_eq(call("EL3_FEATURES", RMM_EL3_FEATURES, index, 1, &value, 1), 0,
		 "EL3_FEATURES: register 0");
	check_eq(value & ~UINT64_C(1), 0, "EL3_FEATURES: undefined bits are 0");
	record_note("EL3_FEATURES register 0 is 0x%lx", value);
	check_eq(call("EL3_FEATURES", RMM_EL3_FEATURES, beyond, 1, &value, 1), RMM_EL3_INVAL,
		 "EL3_FEATURES: register 1 does not exist");
}

static int64_t get_key(uint64_t pa, uint64_t size, uint64_t curve, uint64_t *length)
{
	uint64_t args[] = {pa, size, curve};

	return call("GET_REALM_KEY", RMM_EL3_ATTEST_GET_REALM_KEY, args, 3, length, 1);
}

static void check_realm_key(uint64_t shared)
{
	uint64_t length = 0, ignored;
	uint64_t *words = (uint64_t *)shared;
	uint64_t first[6];

	memset(words, 0, RMM_EL3_SHARED_SIZE);
	check_eq(get_key(shared, RMM_EL3_SHARED_SIZE, RMM_EL3_CURVE_P384, &length), 0,
		 "GET_REALM_KEY: P-384");
	check_eq(length, 48, "GET_REALM_KEY: a scalar of 48 bytes");
	memcpy(first, words, sizeof(first));
	check(first[0] && first[5] && words[6] == 0, "GET_REALM_KEY: a key, and nothing behind it");
	memset(words, 0, 256);
	check_eq(get_key(shared + 64, 48, RMM_EL3_CURVE_P384, &length), 0,
		 "GET_REALM_KEY: a buffer inside the page");
	check(!memcmp(words + 8, first, sizeof(first)) && !words[7] && !words[14],
	      "GET_REALM_KEY: the same key every time");
	check_eq(get_key(shared, RMM_EL3_SHARED_SIZE, 1, &ignored), RMM_EL3_INVAL,
		 "GET_REALM_KEY: unknown curve is INVAL");
	check_eq(get_key(shared - SHARED_MARGIN, 64, 0, &ignored), RMM_EL3_BAD_ADDR,
		 "GET_REALM_KEY: buffer before the shared page is BAD_ADDR");
	check_eq(get_key(shared + RMM_EL3_SHARED_SIZE, 64, 0, &ignored), RMM_EL3_BAD_ADDR,
		 "GET_REALM_KEY: buffer behind the shared page is BAD_ADDR");
	check_eq(get_key(0, 64, 0, &ignored), RMM_EL3_BAD_ADDR,
		 "GET_REALM_KEY: buffer at 0 is BAD_ADDR");
	check_eq(get_key(shared + 4088, 64, 0, &ignored), RMM_EL3_INVAL,
		 "GET_REALM_KEY: buffer that ends behind the page is INVAL");
	check(get_key(shared, ~UINT64_C(0), 0, &ignored) < 0,
	      "GET_REALM_KEY: size that wraps fails");
	check(get_key(shared, 47, 0, &ignored) < 0,
	      "GET_REALM_KEY: a buffer of 47 bytes is too small");
	memset(words, 0, 256);
}

static int64_t get_token(uint64_t pa, uint64_t size, uint64_t challenge, uint64_t *lengths)
{
	uint64_t args[] = {pa, size, challenge};

	return call("GET_PLAT_TOKEN", RMM_EL3_ATTEST_GET_PLAT_TOKEN, args, 3, lengths, 2);
}

/* The whole token in parts of `part` bytes; its length, or 0 after an error. */
static uint64_t collect_token(uint64_t shared, const uint8_t *challenge, uint64_t challenge_size,
			      uint64_t part, uint8_t *token)
{
	uint64_t lengths[2], total = 0;
	int64_t result;

	memset((void *)shared, 0, RMM_EL3_SHARED_SIZE);
	memcpy((void *)shared, challenge, challenge_size);
	for (unsigned int calls = 0; calls < 1000; calls++) {
		result = get_token(shared, part, total ? 0 : challenge_size, lengths);
		if (result == RMM_EL3_AGAIN)
			continue;
		if (!check_eq(result, 0, "GET_PLAT_TOKEN: part of at most %lu at %lu", part, total))
			return 0;
		if (!check(lengths[0] && lengths[0] <= part && total + lengths[0] <= TOKEN_MAX,
			   "GET_PLAT_TOKEN: length of the part (%lu)", lengths[0]))
			return 0;
		memcpy(token + total, (void *)shared, lengths[0]);
		total += lengths[0];
		if (!lengths[1])
			return total;
	}
	return 0;
}

static bool contains(const uint8_t *data, uint64_t size, const uint8_t *part, uint64_t part_size)
{
	for (uint64_t i = 0; i + part_size <= size; i++) {
		if (!memcmp(data + i, part, part_size))
			return true;
	}
	return false;
}

static void check_plat_token(uint64_t shared)
{
	static uint8_t whole[TOKEN_MAX], parts[TOKEN_MAX], other[TOKEN_MAX];
	static const uint8_t sizes[] = {32, 48, 64};
	uint64_t lengths[2], length, in_parts;
	uint8_t challenge[64];

	for (unsigned int i = 0; i < sizeof(challenge); i++)
		challenge[i] = (uint8_t)(i * 7 + 3);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		length = collect_token(shared, challenge, sizes[i], RMM_EL3_SHARED_SIZE, whole);
		check(length > 100 && (whole[0] == 0xd2 || whole[0] == 0x84),
		      "GET_PLAT_TOKEN: a COSE_Sign1 for %u bytes of challenge", sizes[i]);
		check(contains(whole, length, challenge, sizes[i]),
		      "GET_PLAT_TOKEN: it holds the challenge of %u bytes", sizes[i]);
	}
	in_parts = collect_token(shared, challenge, 64, 256, parts);
	check_eq(in_parts, length, "GET_PLAT_TOKEN: in parts, the same length");
	check(contains(parts, in_parts, challenge, 64), "GET_PLAT_TOKEN: in parts, the challenge");
	challenge[0] ^= 1;
	in_parts = collect_token(shared, challenge, 64, RMM_EL3_SHARED_SIZE, other);
	check(contains(other, in_parts, challenge, 64) && memcmp(other, parts, length),
	      "GET_PLAT_TOKEN: another challenge, another token");
	check_eq(get_token(shared, RMM_EL3_SHARED_SIZE, 33, lengths), RMM_EL3_INVAL,
		 "GET_PLAT_TOKEN: challenge of 33 bytes is INVAL");
	check_eq(get_token(shared, RMM_EL3_SHARED_SIZE, 4096, lengths), RMM_EL3_INVAL,
		 "GET_PLAT_TOKEN: challenge of 4096 bytes is INVAL");
	check_eq(get_token(shared - SHARED_MARGIN, 256, 32, lengths), RMM_EL3_BAD_ADDR,
		 "GET_PLAT_TOKEN: buffer before the shared page is BAD_ADDR");
	check_eq(get_token(shared + RMM_EL3_SHARED_SIZE, 256, 32, lengths), RMM_EL3_BAD_ADDR,
		 "GET_PLAT_TOKEN: buffer behind the shared page is BAD_ADDR");
	check_eq(get_token(shared + 64, RMM_EL3_SHARED_SIZE, 32, lengths), RMM_EL3_INVAL,
		 "GET_PLAT_TOKEN: buffer that ends behind the page is INVAL");
	check(get_token(shared + 4080, 16, 64, lengths) < 0,
	      "GET_PLAT_TOKEN: a challenge longer than the buffer fails");
}

static int64_t firme_version(uint64_t service)
{
	return call("FIRME SERVICE_VERSION", FIRME_SERVICE_VERSION, &service, 1, NULL, 0);
}

static int64_t firme_features(uint64_t service, uint64_t index, uint64_t *value)
{
	uint64_t args[] = {service, index};

	*value = 0;
	return call("FIRME SERVICE_FEATURES", FIRME_SERVICE_FEATURES, args, 2, value, 1);
}

static void check_firme(void)
{
	uint64_t value, gm;

	check_eq(firme_version(FIRME_SERVICE_BASE), FIRME_VERSION_1_0, "FIRME: base service 1.0");
	check_eq(firme_version(FIRME_SERVICE_GM), FIRME_VERSION_1_0,
		 "FIRME: granule management 1.0");
	check_eq(firme_features(0, 0, &value), 0, "FIRME: base register 0");
	check_eq(value & 3, 3, "FIRME: VERSION and FEATURES are there");
	check_eq(firme_features(0, 1, &value), 0, "FIRME: base register 1");
	check_eq(value & FIRME_BASE_1_SERVICE(1), FIRME_BASE_1_SERVICE(1),
		 "FIRME: granule management is listed");
	for (uint64_t service = 2; service < 6; service++) {
		bool listed = value & FIRME_BASE_1_SERVICE(service);

		check_eq(firme_version(service) > 0, listed, "FIRME: service %lu as listed",
			 service);
	}
	check_eq(firme_version(16), FIRME_NOT_SUPPORTED, "FIRME: service 16 does not exist");
	check_eq(firme_version(255), FIRME_NOT_SUPPORTED, "FIRME: service 255 does not exist");
	check_eq(firme_features(1, 0, &gm), 0, "FIRME: GM register 0");
	check_eq(gm & FIRME_GM_0_GPI_SET, FIRME_GM_0_GPI_SET, "FIRME: GM_GPI_SET is there");
	check_eq(firme_features(1, 1, &value), 0, "FIRME: GM register 1");
	check_eq(value & 3, 0, "FIRME: granules of 4 KiB");
	record_note("FIRME GM registers 0x%lx 0x%lx", gm, value);
	check(firme_features(1, 255, &value) < 0, "FIRME: GM register 255 does not exist");
	check(firme_features(200, 0, &value) < 0, "FIRME: registers of service 200 do not exist");
	if (!(gm & 2))
		check_eq(call("GPI_OP_CONTINUE", FIRME_GM_GPI_OP_CONTINUE, NULL, 0, NULL, 0),
			 FIRME_NOT_SUPPORTED, "FIRME: GM_GPI_OP_CONTINUE as register 0 says");
	for (uint64_t fid = FIRME_GM_GPI_SET + 1; fid < FIRME_GM_GPI_OP_CONTINUE; fid++)
		check_eq(call("FIRME", fid, NULL, 0, NULL, 0), FIRME_NOT_SUPPORTED,
			 "FIRME: 0x%lx is not supported", fid);
}

static void check_smccc(void)
{
	static const uint64_t registers[] = {0x1e1100, 0x1e1140, 0x1e1320, 0x1ea500};
	uint64_t asked[] = {SMCCC_ARCH_FEATURE_AVAILABILITY};
	int64_t there;

	check(call("SMCCC_VERSION", SMCCC_VERSION, NULL, 0, NULL, 0) >= SMCCC_VERSION_1_2,
	      "SMCCC_VERSION: 1.2 or later for the RMM");
	there = call("SMCCC_ARCH_FEATURES", SMCCC_ARCH_FEATURES, asked, 1, NULL, 0);
	record_note("SMCCC_ARCH_FEATURES of FEATURE_AVAILABILITY is %ld", there);
	for (unsigned int i = 0; i < ARRAY_SIZE(registers); i++) {
		uint64_t mask = 0;
		int64_t result = call("FEATURE_AVAILABILITY", SMCCC_ARCH_FEATURE_AVAILABILITY,
				      &registers[i], 1, &mask, there == 0);

		check_eq(result == 0, there == 0, "FEATURE_AVAILABILITY of 0x%lx as announced",
			 registers[i]);
		record_note("FEATURE_AVAILABILITY of 0x%lx is 0x%lx", registers[i], mask);
	}
}

/* What is not for the RMM, and numbers nothing answers. */
static void check_refused(void)
{
	static const uint64_t unknown[] = {0xc40001bc, 0xc40001bd, 0xc40001be, 0xc40001c0,
					   0xc40001ce, 0xc4000150, 0xc400018e, 0xc4000190,
					   0xc40001af, 0xc40001d0, 0xc40002cf, 0x840001b0,
					   0xc40201b0, 0x440001b0, 0xc4000413};

	for (unsigned int i = 0; i < ARRAY_SIZE(unknown); i++)
		check_eq(call("unknown", unknown[i], NULL, 0, NULL, 0), SMCCC_NOT_SUPPORTED,
			 "0x%lx from the RMM is not supported", unknown[i]);
	record_note("PSCI_VERSION from the RMM is 0x%lx",
		    call("PSCI_VERSION", PSCI_VERSION, NULL, 0, NULL, 0));
}

void cold_check_calls(uint64_t shared, uint64_t nr_cpus)
{
	check_own_pas(shared);
	check_smccc();
	check_firme();
	check_reserve_memory(nr_cpus);
	check_features();
	check_realm_key(shared);
	check_plat_token(shared);
	check_refused();
}
