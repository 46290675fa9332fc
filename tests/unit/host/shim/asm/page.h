/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SHIM_PAGE_H
#define SHIM_PAGE_H

#define PAGE_SIZE 4096UL

#endif
