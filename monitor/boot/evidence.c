/* SPDX-License-Identifier: BSD-3-Clause */
/* See evidence.h. */
#include <string.h>

#include "monitor/boot/evidence.h"

#define CONFIG_DEVICES	  16
#define CONFIG_BANKS	  48
#define CONFIG_DRAM_BASE  56
#define CONFIG_CPUS	  EVIDENCE_CONFIG_CHOSEN
#define CONFIG_DRAM_BYTES 72

_Static_assert(CONFIG_DEVICES + SHA256_SIZE == CONFIG_BANKS, "hash in the configuration");

const uint8_t evidence_no_signer[SHA256_SIZE];

void evidence_component(const void *image, size_t size, uint8_t measurement[SHA256_SIZE])
{
	uint8_t extended[2 * SHA256_SIZE] = {0};

	hash_digest(HASH_SHA256, image, size, extended + SHA256_SIZE);
	hash_digest(HASH_SHA256, extended, sizeof(extended), measurement);
}

static void put_number(uint8_t *to, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		to[i] = (uint8_t)value;
}

static void add_number(struct hash *h, uint64_t value)
{
	uint8_t bytes[8];

	put_number(bytes, value);
	hash_update(h, bytes, sizeof(bytes));
}

static void add_region(struct hash *h, const struct region *region)
{
	add_number(h, region->base);
	add_number(h, region->size);
}

static void hash_devices(const struct machine *m, uint8_t digest[SHA256_SIZE])
{
	struct hash h;

	hash_init(&h, HASH_SHA256);
	add_region(&h, &m->secure_flash);
	add_region(&h, &m->secure_sram);
	add_region(&h, &m->secure_uart);
	add_region(&h, &m->secure_gpio);
	add_region(&h, &m->gicd);
	add_region(&h, &m->gicr);
	add_region(&h, &m->uart);
	add_number(&h, m->uart_clk_hz);
	add_number(&h, m->nr_coh_dev);
	for (uint32_t i = 0; i < m->nr_coh_dev; i++)
		add_region(&h, &m->coh_dev[i]);
	hash_final(&h, digest);
}

void evidence_config(const struct machine *machine, uint8_t config[EVIDENCE_CONFIG_SIZE])
{
	static const uint8_t name[CONFIG_DEVICES] = EVIDENCE_CONFIG_NAME;
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < machine->nr_dram; i++)
		bytes += machine->dram[i].size;
	memcpy(config, name, sizeof(name));
	hash_devices(machine, config + CONFIG_DEVICES);
	put_number(config + CONFIG_BANKS, machine->nr_dram);
	put_number(config + CONFIG_DRAM_BASE, machine->dram[0].base);
	put_number(config + CONFIG_CPUS, machine->nr_cpus);
	put_number(config + CONFIG_DRAM_BYTES, bytes);
}
