/* SPDX-License-Identifier: BSD-3-Clause */
/* Granules of a machine that delegates all and loses none: for tests of what lies above them. */
#ifndef TESTS_UNIT_HOST_MEM_GRANULES_H
#define TESTS_UNIT_HOST_MEM_GRANULES_H

#include "host/granule/granule.h"

int granule_delegate(struct page *page, unsigned long n)
{
	return 0;
}

unsigned long granule_undelegate(struct page *page, unsigned long n)
{
	return 0;
}

void granule_free(struct page *page, unsigned long n)
{
	while (n--)
		__free_page(page++);
}

#endif
