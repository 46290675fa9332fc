/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stateful operations: docs/spec/rmi-2.0.md section 9. There are two of them. REC_CREATE takes
 * granules, then acts; REC_DESTROY acts, then gives granules back.
 */
#include "rmm/rmi2/op.h"
#include "rmm/rmi2/range.h"

/* X0 of an operation that is not at its end: INCOMPLETE, with what it wants. */
static uint64_t incomplete(const struct sro *sro)
{
	return RMI_INCOMPLETE | (uint64_t)sro->want << 8 |
	       (sro->cancellable ? RMI_OP_CAN_CANCEL : 0);
}

/* How many granules are missing. Each may lie anywhere, and has to be DELEGATED. */
static uint64_t donate_request(const struct sro *sro)
{
	if (sro->want != SRO_WANT_DONATE)
		return 0;
	return (uint64_t)(sro->needed - sro->count) << RMI_DONATE_COUNT_SHIFT;
}

/* Parks the operation and answers for it. */
static uint64_t op_reply(struct sro *sro, uint64_t x1, uint64_t *out)
{
	uint64_t status = incomplete(sro);

	out[1] = x1;
	out[2] = donate_request(sro);
	sro_park(sro);
	return status;
}

uint64_t op_start(struct sro *sro, uint64_t handle, uint64_t *out)
{
	return op_reply(sro, handle, out);
}

/* From now on the operation only gives back what it has, and ends with `status`. */
static void op_fail(struct sro *sro, uint64_t status)
{
	sro->failed = true;
	sro->cancellable = false;
	sro->status = status;
	sro->want = sro->count ? SRO_WANT_RECLAIM : SRO_WANT_NONE;
}

static uint64_t take(uint64_t handle, struct sro **sro)
{
	switch (sro_take(handle, sro)) {
	case SRO_OK:
		return RMI_SUCCESS;
	case SRO_BUSY:
		return RMI_BUSY;
	default:
		return RMI_ERROR_INPUT;
	}
}

/* As take(), for a call that is only right when the operation wants just that. */
static uint64_t take_wanting(uint64_t handle, enum sro_want want, struct sro **sro)
{
	uint64_t status = take(handle, sro);

	if (status != RMI_SUCCESS)
		return status;
	if ((*sro)->want == want)
		return RMI_SUCCESS;
	sro_park(*sro);
	return RMI_ERROR_INPUT;
}

uint64_t rmi2_op_continue(const uint64_t *x, uint64_t *out)
{
	struct sro *sro;
	uint64_t status = take_wanting(x[1], SRO_WANT_NONE, &sro);

	if (status != RMI_SUCCESS)
		return status;
	if (sro->fid == RMI_REC_DESTROY) {
		rec_destroy_finish(sro);
	} else if (sro->failed) {
		status = sro->status;
		rec_create_abort(sro);
	} else {
		status = rec_create_finish(sro);
		if (status != RMI_SUCCESS) {
			op_fail(sro, status);
			if (sro->count)
				return op_reply(sro, 0, out);
			rec_create_abort(sro);
		}
	}
	sro_free(sro);
	return status;
}

/* How many granules the list offers; false if any of it is not what was asked for. */
static bool check_donation(const uint64_t *list, size_t entries, size_t wanted)
{
	size_t offered = 0;

	for (size_t i = 0; i < entries; i++) {
		if (RMI_DESC_COUNT(list[i]) == 0)
			continue;
		if (RMI_DESC_SIZE(list[i]) != RMI_DESC_SIZE_L3 ||
		    RMI_DESC_STATE(list[i]) != RMI_DESC_DELEGATED)
			return false;
		offered += RMI_DESC_COUNT(list[i]);
	}
	return offered <= wanted;
}

/* Takes granules until one is not DELEGATED, and returns how many it has taken. */
static size_t take_donation(struct sro *sro, const uint64_t *list, size_t entries, bool *all)
{
	size_t before = sro->count;

	*all = true;
	for (size_t i = 0; i < entries; i++) {
		for (size_t k = 0; k < RMI_DESC_COUNT(list[i]); k++) {
			pa_t pa = pa_of((list[i] & RMI_DESC_ADDR_MASK) + (k << GRANULE_SHIFT));

			*all = granule_claim(pa, 1, GRANULE_DELEGATED, NULL) == 1;
			if (!*all)
				return sro->count - before;
			granule_publish(pa, 1, GRANULE_PARTIAL);
			sro->mem[sro->count++] = pa;
		}
	}
	return sro->count - before;
}

/*
 * X4, flags of draft bet3, means nothing here. A granule that is not DELEGATED ends the donation;
 * if it was the first, the operation fails with INPUT. An empty list is legal and changes nothing.
 */
uint64_t rmi2_op_mem_donate(const uint64_t *x, uint64_t *out)
{
	uint64_t list[SRO_DONATE_LIST];
	struct sro *sro;
	size_t entries, taken;
	bool all;
	uint64_t status = take_wanting(x[1], SRO_WANT_DONATE, &sro);

	if (status != RMI_SUCCESS)
		return status;
	if (!range_list_read(x[2], x[3], list, ARRAY_SIZE(list), &entries) ||
	    !check_donation(list, entries, sro->needed - sro->count)) {
		sro_park(sro);
		return RMI_ERROR_INPUT;
	}
	taken = take_donation(sro, list, entries, &all);
	if (!all && taken == 0)
		op_fail(sro, RMI_ERROR_INPUT);
	else if (sro->count == sro->needed)
		sro->want = SRO_WANT_NONE;
	return op_reply(sro, taken, out);
}

/*
 * Gives back the granules from the end of the operation's list, up to `capacity` entries of one
 * granule each. They leave the operation only when the host's list is written.
 */
uint64_t rmi2_op_mem_reclaim(const uint64_t *x, uint64_t *out)
{
	uint64_t list[SRO_MEM_MAX];
	struct sro *sro;
	size_t n;
	uint64_t status = take_wanting(x[1], SRO_WANT_RECLAIM, &sro);

	if (status != RMI_SUCCESS)
		return status;
	n = x[3] < sro->count ? x[3] : sro->count;
	for (size_t i = 0; i < n; i++)
		list[i] = range_desc(RTT_LEVEL_LEAF, sro->mem[sro->count - 1 - i], 1,
				     RMI_DESC_DELEGATED);
	if (!range_list_valid(x[2]) || !range_list_write(x[2], list, &n)) {
		sro_park(sro);
		return RMI_ERROR_INPUT;
	}
	for (size_t i = 0; i < n; i++)
		granule_publish(sro->mem[--sro->count], 1, GRANULE_DELEGATED);
	if (sro->count == 0)
		sro->want = SRO_WANT_NONE;
	return op_reply(sro, n, out);
}

/*
 * No draft names the final status of a cancelled operation, and hosts do not look at it. Here it is
 * ERROR_INPUT.
 */
uint64_t rmi2_op_cancel(const uint64_t *x, uint64_t *out)
{
	struct sro *sro;
	uint64_t status = take(x[1], &sro);

	if (status != RMI_SUCCESS)
		return status;
	if (!sro->cancellable) {
		sro_park(sro);
		return RMI_ERROR_INPUT;
	}
	op_fail(sro, RMI_ERROR_INPUT);
	return op_reply(sro, 0, out);
}
