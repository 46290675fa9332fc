/* SPDX-License-Identifier: BSD-3-Clause */
/* fw_cfg by DMA. See fw_cfg.h. */
#include <errno.h>
#include <string.h>
#include <util.h>

#include "monitor/platform/qemu-virt/fw_cfg.h"
#include "monitor/boot/mmio.h"

#define REG_DATA     0x00
#define REG_SELECTOR 0x08 /* big-endian u16 */
#define REG_DMA	     0x10 /* big-endian u64; the write of its low half starts the transfer */

#define KEY_SIGNATURE 0x00
#define KEY_ID	      0x01
#define ID_DMA	      BIT(1)

#define DMA_ERROR  BIT(0)
#define DMA_READ   BIT(1)
#define DMA_SELECT BIT(3)

/* QEMU is done when the register write returns; this only keeps a broken device from hanging us. */
#define POLL_LIMIT (1u << 24)

/* What the device reads; all big-endian. */
struct dma_access {
	uint32_t control; /* key << 16 | DMA_*; 0 or DMA_ERROR when done */
	uint32_t length;
	uint64_t address;
};

struct scratch {
	struct dma_access access;
	uint8_t word[4]; /* where u32 items arrive */
};

_Static_assert(sizeof(struct dma_access) == 16, "fw_cfg DMA descriptor");
_Static_assert(sizeof(struct scratch) <= FW_CFG_SCRATCH_SIZE, "fw_cfg scratch");

static uintptr_t registers;
static struct scratch *scratch;

static uint16_t be16(uint16_t v)
{
	return __builtin_bswap16(v);
}

static uint32_t be32(uint32_t v)
{
	return __builtin_bswap32(v);
}

static uint64_t be64(uint64_t v)
{
	return __builtin_bswap64(v);
}

static uint32_t read_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* The slow way, byte by byte: only to find out whether there is a DMA interface. */
static void read_bytes(uintptr_t base, uint16_t key, uint8_t *dst, size_t n)
{
	mmio_write16(base + REG_SELECTOR, be16(key));
	while (n--)
		*dst++ = mmio_read8(base + REG_DATA);
}

int fw_cfg_init(uintptr_t base, void *scratch_block)
{
	uint8_t word[4];

	registers = 0;
	if (!is_aligned((uintptr_t)scratch_block, 8))
		return -EINVAL;
	read_bytes(base, KEY_SIGNATURE, word, sizeof(word));
	if (memcmp(word, "QEMU", sizeof(word)))
		return -ENODEV;
	read_bytes(base, KEY_ID, word, sizeof(word));
	if (!(read_le32(word) & ID_DMA))
		return -ENOTSUP;
	registers = base;
	scratch = scratch_block;
	return 0;
}

static int wait_done(const struct dma_access *access)
{
	for (uint32_t i = 0; i < POLL_LIMIT; i++) {
		uint32_t control = be32(__atomic_load_n(&access->control, __ATOMIC_ACQUIRE));

		if (control & DMA_ERROR)
			return -EIO;
		if (!control) {
			mmio_barrier();
			return 0;
		}
	}
	return -ETIMEDOUT;
}

int fw_cfg_read(uint16_t key, void *dst, size_t n)
{
	struct dma_access *access = &scratch->access;

	if (!registers)
		return -ENODEV;
	if (n > UINT32_MAX)
		return -EINVAL;
	access->address = be64((uintptr_t)dst);
	access->length = be32((uint32_t)n);
	__atomic_store_n(&access->control, be32((uint32_t)key << 16 | DMA_SELECT | DMA_READ),
			 __ATOMIC_RELEASE);
	mmio_barrier();
	mmio_write64(registers + REG_DMA, be64((uintptr_t)access));
	return wait_done(access);
}

int fw_cfg_u32(uint16_t key, uint32_t *value)
{
	int err = registers ? fw_cfg_read(key, scratch->word, sizeof(scratch->word)) : -ENODEV;

	if (!err)
		*value = read_le32(scratch->word);
	return err;
}
