/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory that the host gives to the RMM and gets back: a granule's way between NS and DELEGATED. */
#ifndef RMM_CORE_DELEGATE_H
#define RMM_CORE_DELEGATE_H

#include "rmm/core/granule.h"

/*
 * Make n granules from pa on, which lie in one 2 MiB region, DELEGATED or NS. Memory that goes back
 * to the host is zeroed first. Both return how many granules they have moved, counted from pa. They
 * stop at the first that is in another state or locked by another CPU (*why says which), at one
 * that EL3 refuses, and when an interrupt waits, but then not without one moved. While the RMM is
 * not ACTIVE nothing is delegated.
 */
size_t delegate_run(pa_t pa, size_t n, enum granule_try *why);
size_t undelegate_run(pa_t pa, size_t n, enum granule_try *why);

#endif
