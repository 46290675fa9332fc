/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vgic/route.c: entries of a GSI routing table as user space says them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <linux/nospec.h>

#include "host/vgic/route.h"

struct shim_clamp shim_clamp;

static struct cca_route table[8];

static struct kvm_irq_routing_entry spi(u32 gsi, u32 pin)
{
	return (struct kvm_irq_routing_entry){
		.gsi = gsi, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = pin};
}

static struct kvm_irq_routing_entry msi(u32 gsi, u32 device)
{
	return (struct kvm_irq_routing_entry){
		.gsi = gsi,
		.type = KVM_IRQ_ROUTING_MSI,
		.flags = KVM_MSI_VALID_DEVID,
		.u.msi = {.address_lo = 0x10040, .address_hi = 8, .data = 5, .devid = device},
	};
}

static int parse(struct kvm_irq_routing_entry entry)
{
	return cca_route_parse(table, 8, &entry);
}

static int reset(void **state)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		table[i] = (struct cca_route){.type = ROUTE_NONE};
	return 0;
}

static void a_pin_is_an_spi(void **state)
{
	struct kvm_irq_routing_entry entry = spi(1, 0);

	assert_int_equal(parse(spi(0, 0)), 0);
	assert_int_equal(table[0].type, ROUTE_SPI);
	assert_int_equal(table[0].intid, 32);
	assert_int_equal(parse(spi(7, 987)), 0);
	assert_int_equal(table[7].intid, 1019);
	assert_int_equal(shim_clamp.index, 7);
	assert_int_equal(shim_clamp.size, 8);
	assert_int_equal(parse(spi(1, 988)), -EINVAL);
	entry.u.irqchip.irqchip = 1;
	assert_int_equal(parse(entry), -EINVAL);
	entry.u.irqchip.irqchip = 0;
	entry.flags = 1;
	assert_int_equal(parse(entry), -EINVAL);
	assert_int_equal(table[1].type, ROUTE_NONE);
}

static void a_message_is_kept_whole(void **state)
{
	struct kvm_irq_routing_entry entry = msi(3, 0x123456);

	assert_int_equal(parse(entry), 0);
	assert_int_equal(table[3].type, ROUTE_MSI);
	assert_int_equal(table[3].msi.address, 0x800010040ULL);
	assert_int_equal(table[3].msi.data, 5);
	assert_int_equal(table[3].msi.device, 0x123456);
	assert_true(table[3].msi.has_device);
	entry = msi(4, 0);
	entry.flags = 2;
	assert_int_equal(parse(entry), -EINVAL);
	entry.flags = 0;
	assert_int_equal(parse(entry), 0);
	assert_false(table[4].msi.has_device);
}

static void a_gsi_has_one_way(void **state)
{
	struct kvm_irq_routing_entry entry = spi(0, 0);

	assert_int_equal(parse(spi(2, 1)), 0);
	assert_int_equal(parse(spi(2, 1)), -EINVAL);
	assert_int_equal(parse(msi(2, 1)), -EINVAL);
	assert_int_equal(parse(spi(8, 1)), -EINVAL);
	entry.type = 0;
	assert_int_equal(parse(entry), -EINVAL);
	entry.type = 3;
	assert_int_equal(parse(entry), -EINVAL);
}

static void a_table_is_as_long_as_its_largest_gsi(void **state)
{
	struct kvm_irq_routing_entry entries[3] = {spi(4, 0), spi(4095, 0), spi(2, 0)};

	assert_int_equal(cca_routes_end(entries, 0), 0);
	assert_int_equal(cca_routes_end(entries, 1), 5);
	assert_int_equal(cca_routes_end(entries, 3), CCA_MAX_ROUTES);
	entries[2].gsi = 4096;
	assert_true(cca_routes_end(entries, 3) > CCA_MAX_ROUTES);
	entries[2].gsi = 0xffffffff;
	assert_true(cca_routes_end(entries, 3) > CCA_MAX_ROUTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_pin_is_an_spi, reset),
		cmocka_unit_test_setup(a_message_is_kept_whole, reset),
		cmocka_unit_test_setup(a_gsi_has_one_way, reset),
		cmocka_unit_test_setup(a_table_is_as_long_as_its_largest_gsi, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
