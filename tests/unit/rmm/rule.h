/* SPDX-License-Identifier: BSD-3-Clause */
/* For tables of rules: a failure names the rule, not only the line of the loop. */
#ifndef TESTS_RULE_H
#define TESTS_RULE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static inline void check_rule(const char *rule, const char *what, uint64_t is, uint64_t wanted,
			      const char *file, int line)
{
	if (is == wanted)
		return;
	print_error("%s: %s is %#llx, not %#llx\n", rule, what, (unsigned long long)is,
		    (unsigned long long)wanted);
	_fail(file, line);
}

#define assert_rule(rule, is, wanted)                                                              \
	check_rule(rule, #is, (uint64_t)(is), (uint64_t)(wanted), __FILE__, __LINE__)

#endif
