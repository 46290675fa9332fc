/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RMM's side of EL3: boot protocol and the SMCs of RMM-EL3 2.0 (docs/spec/rmm-el3.md sections
 * 2-4). RMI forwarding itself is in world.S.
 */
#include <print.h>
#include <spinlock.h>
#include <string.h>
#include <sysreg.h>
#include <util.h>

#include "abi/firme.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "monitor/resident/monitor.h"

uint32_t rmm_ready;

static bool rmm_failed;
static bool rmm_cold_booted;

/* Guards pool_next and token*. The RMM itself serialises its use of the shared buffer. */
static struct spinlock lock;
static uint64_t pool_next;
static uint8_t token[PLATFORM_TOKEN_MAX];
static size_t token_size;
static size_t token_sent;
static uint8_t token_challenge[CHALLENGE_MAX];
static size_t token_challenge_size;

void rmm_init(void)
{
	pool_next = handoff.layout.rmm_pool.base;
}

bool rmm_prepare_boot(struct cpu *cpu)
{
	uint64_t *x = cpu->realm_x;

	if (!handoff.layout.rmm.size || rmm_failed)
		return false;
	cpu->realm.regs[WORLD_ELR_EL3] = handoff.layout.rmm_image.base;
	cpu->rmm_booting = true;
	x[0] = cpu->index;
	if (rmm_cold_booted) {
		x[1] = cpu->rmm_token;
		return true;
	}
	x[1] = RMM_EL3_VERSION_2_0;
	x[2] = handoff.nr_cpus;
	x[3] = handoff.layout.shared.base;
	x[4] = cpu->rmm_token;
	return true;
}

static const char *boot_error(int64_t code)
{
	static const char *const text[] = {
		"unknown error",	 "interface version mismatch",
		"too many CPUs",	 "bad CPU index",
		"bad shared buffer",	 "manifest version not supported",
		"bad manifest contents", "out of memory",
	};

	if (code < 0 && code >= -(int64_t)ARRAY_SIZE(text))
		return text[index_nospec((uint64_t)(-code - 1), ARRAY_SIZE(text))];
	return text[0];
}

/* One failed CPU ends the service for all: a half-booted RMM must not be called. */
static void boot_complete(struct cpu *cpu, const uint64_t *x)
{
	int64_t code = (int64_t)x[1];

	cpu->rmm_booting = false;
	cpu->rmm_token = x[2];
	if (code) {
		rmm_failed = true;
		print("monitor: RMM boot failed on CPU %lu: %ld (%s); no Realms\n", cpu->index,
		      (long)code, boot_error(code));
	}
	if (!rmm_cold_booted) {
		rmm_cold_booted = true;
		boot_stage_done();
	}
	__atomic_store_n(&rmm_ready, !rmm_failed, __ATOMIC_RELEASE);
}

/* [pa, pa + size) must lie in the shared buffer: the only memory of the RMM that EL3 maps. */
static int64_t check_buffer(uint64_t pa, uint64_t size)
{
	const struct region *shared = &handoff.layout.shared;

	if (pa < shared->base || pa >= shared->base + shared->size)
		return RMM_EL3_BAD_ADDR;
	if (size > shared->base + shared->size - pa)
		return RMM_EL3_INVAL;
	return RMM_EL3_OK;
}

static int64_t gtsi(uint64_t pa, uint32_t from, uint32_t to)
{
	uint64_t done;

	switch (gpt_transition(&handoff.gpt, pa, 1, from, to, &done)) {
	case GPT_OK:
		return RMM_EL3_OK;
	case GPT_BAD_ADDRESS:
		return RMM_EL3_BAD_ADDR;
	default:
		return RMM_EL3_BAD_PAS;
	}
}

static int64_t get_realm_key(uint64_t *x)
{
	int64_t result = check_buffer(x[1], x[2]);

	if (result)
		return result;
	if (x[3] != RMM_EL3_CURVE_P384 || x[2] < RAK_SIZE)
		return RMM_EL3_INVAL;
	memcpy((void *)x[1], handoff.rak, RAK_SIZE);
	x[1] = RAK_SIZE;
	return RMM_EL3_OK;
}

/*
 * A new challenge needs a new signature, by the signer of the boot stage, which exists only until
 * the host runs. The RMM's key does not change, and so its challenge does not: later requests are
 * served from the copy of the token made at boot.
 */
static int64_t start_token(const void *challenge, size_t size)
{
	struct token_request request = {challenge, size, token, 0};

	if (size != 32 && size != 48 && size != 64)
		return RMM_EL3_INVAL;
	token_sent = 0;
	if (token_size && size == token_challenge_size && !memcmp(challenge, token_challenge, size))
		return RMM_EL3_OK;
	if (!handoff.sign_token)
		return RMM_EL3_UNKNOWN;
	if (call_on_stack((int (*)(void *))(uintptr_t)handoff.sign_token, &request,
			  handoff.boot_stack)) {
		token_size = 0;
		return RMM_EL3_UNKNOWN;
	}
	token_size = request.token_size;
	memcpy(token_challenge, challenge, size);
	token_challenge_size = size;
	return RMM_EL3_OK;
}

static int64_t get_plat_token(uint64_t *x)
{
	int64_t result = check_buffer(x[1], x[2]);
	size_t part;

	if (result)
		return result;
	if (x[3] > x[2])
		return RMM_EL3_INVAL;
	if (x[3])
		result = start_token((const void *)x[1], x[3]);
	else if (!token_size)
		result = RMM_EL3_INVAL;
	if (result)
		return result;
	part = token_size - token_sent < x[2] ? token_size - token_sent : x[2];
	memcpy((void *)x[1], token + token_sent, part);
	token_sent += part;
	x[1] = part;
	x[2] = token_size - token_sent;
	return RMM_EL3_OK;
}

static int64_t el3_features(uint64_t *x)
{
	if (x[1] != 0)
		return RMM_EL3_INVAL;
	x[1] = 0; /* EL3_TOKEN_SIGN is not offered: the RMM holds its own key */
	return RMM_EL3_OK;
}

static int64_t reserve_memory(uint64_t *x)
{
	const struct region *pool = &handoff.layout.rmm_pool;
	uint64_t size = x[1];
	uint64_t log2_align = x[2] >> RMM_EL3_RESERVE_ALIGN_SHIFT;
	uint64_t flags = x[2] & MASK(RMM_EL3_RESERVE_ALIGN_SHIFT - 1, 0);
	uint64_t base;

	if (flags & ~(uint64_t)RMM_EL3_RESERVE_LOCAL_CPU)
		return RMM_EL3_INVAL;
	if (!size || size > pool->size || log2_align > 40)
		return RMM_EL3_NOMEM;
	base = align_up(pool_next, BIT(log2_align));
	if (base + align_up(size, GRANULE_SIZE) > pool->base + pool->size)
		return RMM_EL3_NOMEM;
	pool_next = base + align_up(size, GRANULE_SIZE);
	x[1] = base;
	return RMM_EL3_OK;
}

/* Calls that share the state above; GTSI is not among them, it takes the GPT's locks. */
static int64_t locked_call(uint32_t fid, uint64_t *x)
{
	int64_t result;

	spin_lock(&lock);
	switch (fid) {
	case RMM_EL3_ATTEST_GET_REALM_KEY:
		result = get_realm_key(x);
		break;
	case RMM_EL3_ATTEST_GET_PLAT_TOKEN:
		result = get_plat_token(x);
		break;
	case RMM_EL3_RESERVE_MEMORY:
		result = reserve_memory(x);
		break;
	default:
		result = RMM_EL3_UNKNOWN;
	}
	spin_unlock(&lock);
	return result;
}

bool rmm_call(struct cpu *cpu, uint64_t *x, bool *to_ns)
{
	uint32_t fid = (uint32_t)x[0];
	int64_t result;

	if (fid == RMM_EL3_BOOT_COMPLETE) {
		if (!cpu->rmm_booting)
			return false;
		boot_complete(cpu, x);
		*to_ns = true;
		return true;
	}
	if (rmm_failed)
		return false;
	switch (fid) {
	case RMM_EL3_GTSI_DELEGATE:
		result = gtsi(x[1], GPI_NS, GPI_REALM);
		break;
	case RMM_EL3_GTSI_UNDELEGATE:
		result = gtsi(x[1], GPI_REALM, GPI_NS);
		break;
	case RMM_EL3_FEATURES:
		result = el3_features(x);
		break;
	case RMM_EL3_MEC_REFRESH:
		result = FIRME_NOT_SUPPORTED;
		break;
	case RMM_EL3_ATTEST_GET_REALM_KEY:
	case RMM_EL3_ATTEST_GET_PLAT_TOKEN:
	case RMM_EL3_RESERVE_MEMORY:
		result = locked_call(fid, x);
		break;
	default:
		return false;
	}
	x[0] = (uint64_t)result;
	return true;
}
