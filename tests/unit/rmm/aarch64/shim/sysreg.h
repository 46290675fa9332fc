/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes the place of lib/include/sysreg.h in tests of the RMM's machine layer (rmm/arch/aarch64/):
 * a file of registers by name, and a log of everything that has an effect, in order. See hw.h.
 */
#ifndef SHIM_SYSREG_H
#define SHIM_SYSREG_H

#include <stdint.h>

#define SYSREG_STR_(x) #x
#define SYSREG_STR(x)  SYSREG_STR_(x)

uint64_t hw_read(const char *reg);
void hw_write(const char *reg, uint64_t value);
void hw_does(const char *what, uint64_t operand);

#define read_sysreg(reg)	 hw_read(SYSREG_STR(reg))
#define read_sysreg_stable(reg)	 hw_read(SYSREG_STR(reg))
#define write_sysreg(reg, value) hw_write(SYSREG_STR(reg), (uint64_t)(value))

#define isb()	      hw_does("isb", 0)
#define dsb(domain)   hw_does("dsb " #domain, 0)
#define dmb(domain)   hw_does("dmb " #domain, 0)
#define tlbi(op)      hw_does("tlbi " #op, 0)
#define tlbi_x(op, x) hw_does("tlbi " #op, (uint64_t)(x))
#define at(op, va)    hw_does("at " #op, (uint64_t)(va))
#define ic(op)	      hw_does("ic " #op, 0)
#define dc(op, va)    hw_does("dc " #op, (uint64_t)(va))

#endif
