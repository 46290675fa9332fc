/* SPDX-License-Identifier: BSD-3-Clause */
/* Places what is loaded, see layout.h. */
#include <errno.h>
#include <util.h>

#include "error.h"
#include "layout.h"
#include "map.h"

/* What the kernel asks for: itself at 2 MiB plus offset, the device tree in a 2 MiB block alone. */
#define STEP MIB(2)

unsigned int layout_ipa_bits(uint64_t ram_size)
{
	uint64_t last = MAP_RAM + ram_size - 1;
	unsigned int bits = 65 - (unsigned int)__builtin_clzll(last);

	return bits > MAP_IPA_BITS_MIN ? bits : MAP_IPA_BITS_MIN;
}

static uint64_t to_mib(uint64_t size)
{
	return align_up(size, MIB(1)) >> 20;
}

int layout_place(uint64_t mem, const struct image *image, uint64_t initrd_size,
		 struct layout *layout)
{
	uint64_t next = align_up(MAP_RAM + image->text_offset + image->size, STEP);
	uint64_t need;

	*layout = (struct layout){
		.ram_size = mem,
		.ipa_bits = layout_ipa_bits(mem),
		.kernel = MAP_RAM + image->text_offset,
	};
	if (initrd_size > MAP_RAM_MAX)
		return error_set(-EINVAL, "the initrd is larger than any memory");
	if (initrd_size) {
		layout->initrd = next;
		next = align_up(next + initrd_size, STEP);
	}
	layout->fdt = next;
	need = align_up(next + LAYOUT_FDT_SIZE - MAP_RAM + LAYOUT_WORK_SIZE, STEP);
	if (need > mem)
		return error_set(-ENOMEM,
				 "memory is too small: kernel (%lluM) and initrd (%lluM) need "
				 "--mem %lluM at least",
				 (unsigned long long)to_mib(image->size),
				 (unsigned long long)to_mib(initrd_size),
				 (unsigned long long)to_mib(need));
	return 0;
}
