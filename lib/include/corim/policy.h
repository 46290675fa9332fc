/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CoRIM as part of a policy (lib/include/token/policy.h): reference values become rules, platform
 * keys become trusted keys, each for the machine that its two ids name.
 *
 * An unsigned CoRIM is believed because whoever gives it wrote it or got it by a way that nobody
 * else could write to, as it is with a policy in JSON. A signed one is believed if a key signed it
 * that the caller names for this kind: who may say what a Realm is to be need not be one who may
 * say which platform keys are good.
 */
#ifndef LIB_INCLUDE_CORIM_POLICY_H
#define LIB_INCLUDE_CORIM_POLICY_H

#include <corim/corim.h>
#include <token/verify.h>

struct corim_trust {
	const struct trusted_key *signers[CORIM_REALM + 1]; /* by enum corim_kind */
	size_t signer_count[CORIM_REALM + 1];
	int64_t now; /* seconds since 1970 */
};

/*
 * Adds a file to a policy, which is all zero before the first: a policy in JSON, of which there may
 * be one, or a CoRIM. Of several CoRIMs, and of several values in them for one platform or Realm,
 * each counts as an alternative; a policy in JSON beside them must be met as well. Whoever keeps
 * the policy looks at its not_after. False with the reason in words; policy_free() in any case.
 */
bool corim_policy_add(struct policy *policy, const void *buf, size_t len,
		      const struct corim_trust *trust, char error[POLICY_ERROR_MAX]);

#endif
