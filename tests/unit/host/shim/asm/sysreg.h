/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers for the parts of the EL2 stub that run natively: the test keeps them, by name.
 */
#ifndef SHIM_SYSREG_H
#define SHIM_SYSREG_H

#include <linux/types.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

u64 shim_read_sysreg(const char *name);
void shim_write_sysreg(u64 value, const char *name);

#define read_sysreg(reg)	 shim_read_sysreg(#reg)
#define write_sysreg(value, reg) shim_write_sysreg(value, #reg)

#define read_sysreg_s(reg)	   shim_read_sysreg(#reg)
#define write_sysreg_s(value, reg) shim_write_sysreg(value, #reg)

#endif
