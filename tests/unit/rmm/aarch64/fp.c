/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FP and SVE registers of silicon that keeps what lies beyond the vector length: whatever length
 * host and Realm have set, neither sees a byte of the other at any length.
 */
#include "abi/smccc.h"
#include "hw.h"
#include "rmm/core/rec.h"

#define ZCR_EL2	  "S3_4_C1_C2_0"
#define SVCR	  "S3_3_C4_C2_2"
#define SVCR_SM	  1
#define SM_LENGTH 32
#define P_LENGTH  (FP_Z_MAX / 8)

static struct {
	uint8_t z[32][FP_Z_MAX], p[16][P_LENGTH], ffr[P_LENGTH];
} silicon;
static uint64_t svcr;
static struct rec rec;
static uint8_t aux[REC_AUX_MAX][GRANULE_SIZE];

void *rec_aux(const struct rec *r, unsigned int i)
{
	return aux[i];
}

/* fp_regs.S */
uint64_t fp_vl(void)
{
	return svcr & SVCR_SM ? SM_LENGTH : 16 * ((hw_effective(ZCR_EL2) & 0xf) + 1);
}

void fp_q_save(void *q);
void fp_q_load(const void *q);
void fp_z_save(void *z0, void *z16, void *p_ffr, bool ffr);
void fp_z_load(const void *z0, const void *z16, const void *p_ffr, bool ffr);
void fp_p_clear(void);

void fp_q_save(void *q)
{
	for (unsigned int i = 0; i < 32; i++)
		memcpy((uint8_t *)q + 16 * i, silicon.z[i], 16);
}

void fp_q_load(const void *q)
{
	for (unsigned int i = 0; i < 32; i++) {
		memset(silicon.z[i], 0, fp_vl());
		memcpy(silicon.z[i], (const uint8_t *)q + 16 * i, 16);
	}
}

void fp_z_save(void *z0, void *z16, void *p_ffr, bool ffr)
{
	size_t vl = fp_vl();

	for (unsigned int i = 0; i < 32; i++)
		memcpy((uint8_t *)(i < 16 ? z0 : z16) + i % 16 * vl, silicon.z[i], vl);
	for (unsigned int i = 0; i < 16; i++)
		memcpy((uint8_t *)p_ffr + i * vl / 8, silicon.p[i], vl / 8);
	if (ffr)
		memcpy((uint8_t *)p_ffr + 16 * vl / 8, silicon.ffr, vl / 8);
}

void fp_z_load(const void *z0, const void *z16, const void *p_ffr, bool ffr)
{
	size_t vl = fp_vl();

	for (unsigned int i = 0; i < 32; i++)
		memcpy(silicon.z[i], (const uint8_t *)(i < 16 ? z0 : z16) + i % 16 * vl, vl);
	for (unsigned int i = 0; i < 16; i++)
		memcpy(silicon.p[i], (const uint8_t *)p_ffr + i * vl / 8, vl / 8);
	if (ffr)
		memcpy(silicon.ffr, (const uint8_t *)p_ffr + 16 * vl / 8, vl / 8);
}

void fp_p_clear(void)
{
	for (unsigned int i = 0; i < 16; i++)
		memset(silicon.p[i], 0, fp_vl() / 8);
	memset(silicon.ffr, 0, fp_vl() / 8);
}

/* Entry to streaming mode and exit from it clear the registers, at every length. */
static void watch_svcr(const char *what, uint64_t value)
{
	if (strcmp(what, SVCR) != 0)
		return;
	if ((svcr ^ value) & SVCR_SM)
		memset(&silicon, 0, sizeof(silicon));
	svcr = value;
}

/* Bytes of the registers that are `value`. */
static size_t count(uint8_t value)
{
	const uint8_t *bytes = (const uint8_t *)&silicon;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(silicon); i++)
		n += bytes[i] == value;
	return n;
}

/* At a length, in bytes of a Z register. */
static size_t count_up_to(uint8_t value, size_t vl)
{
	size_t n = 0;

	for (unsigned int i = 0; i < 32; i++)
		for (size_t k = 0; k < vl; k++)
			n += silicon.z[i][k] == value;
	for (unsigned int i = 0; i < 16; i++)
		for (size_t k = 0; k < vl / 8; k++)
			n += silicon.p[i][k] == value;
	return n;
}

#define HOST  0x48
#define REALM 0x52

static int begin(void **state)
{
	hw_reset(state);
	hw_hook = watch_svcr;
	memset(&silicon, HOST, sizeof(silicon));
	memset(&rec, 0, sizeof(rec));
	memset(aux, 0, sizeof(aux));
	svcr = 0;
	return 0;
}

/* A call in which a Realm fills the registers as far as it can see them. */
static void run(bool sve, uint8_t realm_vl, uint64_t host_zcr)
{
	hw_set(ZCR_EL2, host_zcr);
	rec.config.sve = sve;
	rec.config.sve_vl = realm_vl;
	fp_give_to_rec(&rec);
	/* What it can see, P registers only with SVE. */
	assert_int_equal(count_up_to(HOST, sve ? 16 * (realm_vl + 1u) : 16), sve ? 0 : 16 * 2);
	if (sve)
		assert_int_equal(hw_effective(ZCR_EL2), realm_vl);
	for (unsigned int i = 0; i < 32; i++)
		memset(silicon.z[i], REALM, sve ? fp_vl() : 16);
	for (unsigned int i = 0; i < 16 && sve; i++)
		memset(silicon.p[i], REALM, fp_vl() / 8);
	memset(silicon.ffr, sve ? REALM : 0, sve ? fp_vl() / 8 : 0);
	fp_take_from_rec();
	fp_restore_host();
	assert_int_equal(count(REALM), 0);
	assert_int_equal(hw_reg(ZCR_EL2), host_zcr);
	assert_int_equal(hw_cpu.fp.owner, FP_HOST);
}

static void test_lengths(void **state)
{
	for (unsigned int host = 0; host < 16; host++) {
		for (unsigned int realm = 0; realm < 16; realm++) {
			begin(state);
			run(true, (uint8_t)realm, host);
			assert_int_equal(count(HOST), sizeof(silicon));
		}
	}
}

/* What a Realm leaves in its registers it finds there again, whoever was in between. */
static void test_realm_keeps(void **state)
{
	run(true, 3, 1);
	fp_give_to_rec(&rec);
	assert_int_equal(count_up_to(REALM, 64), 32 * 64 + 16 * 8);
	fp_take_from_rec();
	fp_restore_host();
	assert_int_equal(count(HOST), sizeof(silicon));
}

static void test_no_sve(void **state)
{
	run(false, 0, 2);
	assert_int_equal(count(HOST), sizeof(silicon));
}

/* With the hint the host has nothing but Q registers. */
static void test_hint(void **state)
{
	hw_cpu.rmi_fid = SMCCC_SVE_HINT;
	run(true, 15, 1);
	assert_int_equal(count(HOST), 32 * 16);
}

static void test_streaming(void **state)
{
	machine.sme = true;
	hw_set(SVCR, SVCR_SM);
	svcr = SVCR_SM;
	run(true, 15, 0);
	assert_int_equal(svcr, SVCR_SM);
	assert_int_equal(count_up_to(HOST, SM_LENGTH), 32 * SM_LENGTH + 16 * SM_LENGTH / 8);
}

/* The RMM's own use: the host's come back, and no more than Q registers are opened. */
static void test_own_use(void **state)
{
	hw_set(ZCR_EL2, 1);
	arch_simd_begin();
	memset(silicon.z, REALM, 16);
	arch_simd_end();
	fp_restore_host();
	assert_int_equal(count(HOST), sizeof(silicon));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lengths, begin),
		cmocka_unit_test_setup(test_realm_keeps, begin),
		cmocka_unit_test_setup(test_no_sve, begin),
		cmocka_unit_test_setup(test_hint, begin),
		cmocka_unit_test_setup(test_streaming, begin),
		cmocka_unit_test_setup(test_own_use, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
