/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a CPU: an invariant of the RMM is broken. Tells why on the manifest's console. */
#include <mbedtls_port.h>
#include <pl011.h>
#include <print.h>
#include <spinlock.h>

#include "rmm/arch/aarch64/boot.h"
#include "rmm/arch/arch.h"

_Noreturn void panic_exception(uint64_t vector, const uint64_t *x);

/* Never released: the console belongs to the host, and one report must stay readable. */
static struct spinlock report_lock;

void print_char(char c)
{
	if (boot_console)
		pl011_putc_cooked(boot_console, c);
}

static _Noreturn void stop(void)
{
	for (;;)
		wfi();
}

static void print_state(void)
{
	print("ESR_EL2 %lx FAR_EL2 %lx HPFAR_EL2 %lx\nELR_EL2 %lx SPSR_EL2 %lx\n",
	      read_sysreg(esr_el2), read_sysreg(far_el2), read_sysreg(hpfar_el2),
	      read_sysreg(elr_el2), read_sysreg(spsr_el2));
}

static void print_origin(const char *kind)
{
	extern char image_start[];

	print("\nRMM panic on CPU %u (image at %lx): %s\n", arch_cpu(), (uint64_t)image_start,
	      kind);
}

_Noreturn void arch_panic(const char *file, int line, const char *what)
{
	if (!spin_trylock(&report_lock))
		stop();
	print_origin(what);
	print("%s:%d, called from %lx\n", file, line, (uint64_t)__builtin_return_address(0));
	stop();
}

/* vector: index in the vector table, or 16 for a stack that is full. */
_Noreturn void panic_exception(uint64_t vector, const uint64_t *x)
{
	if (!spin_trylock(&report_lock))
		stop();
	print_origin(vector == 16 ? "stack overflow" : "exception");
	print("vector %lu SP %lx\n", vector, (uint64_t)x + 272);
	print_state();
	for (unsigned int i = 0; i < 31; i++)
		print("X%u %lx%c", i, x[i], i % 4 == 3 || i == 30 ? '\n' : ' ');
	stop();
}

_Noreturn void crypto_port_panic(const char *what)
{
	arch_panic("lib/mbedtls_port", 0, what);
}
