/* SPDX-License-Identifier: BSD-3-Clause */
/* What a policy may and must say about each claim; for lib/token/ only. */
#ifndef LIB_TOKEN_POLICY_RULES_H
#define LIB_TOKEN_POLICY_RULES_H

#include <token/policy.h>

/* The two members that a lifecycle is in JSON. */
#define POLICY_LIFECYCLE       "lifecycle"
#define POLICY_LIFECYCLE_VALUE "lifecycle-value"

enum policy_need {
	NEED_RULE,	/* a claim that is there fails without a rule */
	NEED_NO_RULE,	/* a rule may be given */
	NEED_ELSEWHERE, /* has a rule of a form of its own */
	NEED_NEVER,	/* no part of a policy: fresh in each token */
};

extern const enum policy_need policy_platform_need[PLATFORM_CLAIMS];
extern const enum policy_need policy_realm_need[REALM_CLAIMS];

#endif
