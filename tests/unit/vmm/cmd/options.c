/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/options.c: what the command line may say, and what is said about the rest. */
#include <errno.h>
#include <stdio.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/devices.h"
#include "vmm/cmd/options.h"

static struct options o;

static int parse(const char *line)
{
	char *argv[WORDS_MAX];
	int argc = split_words(line, argv);

	return options_parse(argc, argv, &o);
}

static void a_kernel_is_enough(void **state)
{
	assert_no_error(parse("realm run --kernel Image"));
	assert_int_equal(o.command, COMMAND_RUN);
	assert_string_equal(o.boot.kernel, "Image");
	assert_null(o.boot.initrd);
	assert_string_equal(o.boot.append, "console=ttyS0");
	assert_null(o.console);
	assert_string_equal(o.vm.kvm, "/dev/kvm-cca");
	assert_int_equal(o.vm.mem, MIB(512));
	assert_int_equal(o.vm.cpus, 1);
	assert_int_equal(o.vm.hash, HASH_SHA256);
	assert_int_equal(o.vm.sve, 0);
	assert_int_equal(o.vm.pmu, 0);
	assert_false(o.vm.rpv_given);
	assert_true(o.vm.realm);
}

static void every_option_is_taken(void **state)
{
	assert_no_error(parse("realm run --kernel K --initrd I --append A --mem 2G --cpus 4 "
			      "--hash=sha512 --rpv=00aB --sve 256"));
	assert_string_equal(o.boot.initrd, "I");
	assert_string_equal(o.boot.append, "A");
	assert_int_equal(o.vm.mem, GIB(2));
	assert_int_equal(o.vm.cpus, 4);
	assert_int_equal(o.vm.hash, HASH_SHA512);
	assert_int_equal(o.vm.rpv[0], 0);
	assert_int_equal(o.vm.rpv[1], 0xab);
	assert_int_equal(o.vm.rpv[2], 0);
	assert_int_equal(o.vm.sve, 256);
	assert_no_error(parse("realm run --kernel K --console C --kvm D --hash sha384"));
	assert_string_equal(o.console, "C");
	assert_null(o.dump_fdt);
	assert_null(o.name);
	assert_false(o.no_reboot);
	assert_no_error(parse("realm run --kernel K --name web-1 --no-reboot"));
	assert_string_equal(o.name, "web-1");
	assert_true(o.no_reboot);
	assert_int_equal(o.gdb, 0);
	assert_no_error(parse("realm run --kernel K --type normal --gdb 1234"));
	assert_int_equal(o.gdb, 1234);
	assert_no_error(parse("realm run --kernel K --dump-fdt -"));
	assert_string_equal(o.dump_fdt, "-");
	assert_no_error(parse("realm run --kernel K --console C --kvm D --hash sha384"));
	assert_string_equal(o.vm.kvm, "D");
	assert_int_equal(o.vm.hash, HASH_SHA384);
}

static void an_ordinary_vm_is_on_the_ordinary_device(void **state)
{
	assert_no_error(parse("realm run --type normal --kernel K"));
	assert_false(o.vm.realm);
	assert_string_equal(o.vm.kvm, "/dev/kvm");
}

/* The number may be missing, and then the next word is no number of it. */
static void a_pmu_has_as_many_counters_on_every_host(void **state)
{
	assert_no_error(parse("realm run --pmu --kernel K"));
	assert_int_equal(o.vm.pmu, 6);
	assert_string_equal(o.boot.kernel, "K");
	assert_no_error(parse("realm measure --kernel K --pmu=31"));
	assert_int_equal(o.vm.pmu, 31);
	assert_no_error(parse("realm run --type normal --kernel K --pmu=1"));
	assert_int_equal(o.vm.pmu, 1);
}

static void a_dash_is_the_terminal(void **state)
{
	assert_no_error(parse("realm run --kernel K --console -"));
	assert_null(o.console);
}

static void commands(void **state)
{
	assert_no_error(parse("realm info"));
	assert_int_equal(o.command, COMMAND_INFO);
	assert_string_equal(o.vm.kvm, "/dev/kvm-cca");
	assert_no_error(parse("realm info --kvm D"));
	assert_string_equal(o.vm.kvm, "D");
	assert_no_error(parse("realm help"));
	assert_int_equal(o.command, COMMAND_HELP);
	assert_no_error(parse("realm --help"));
	assert_int_equal(o.command, COMMAND_HELP);
	assert_no_error(parse("realm version"));
	assert_int_equal(o.command, COMMAND_VERSION);
}

static void words_of_other_commands_are_left_to_them(void **state)
{
	assert_no_error(parse("realm verify T --key K"));
	assert_int_equal(o.command, COMMAND_VERIFY);
	assert_int_equal(o.rest_count, 3);
	assert_string_equal(o.rest[0], "T");
	assert_string_equal(o.rest[2], "K");
	assert_no_error(parse("realm verify"));
	assert_int_equal(o.rest_count, 0);
	assert_no_error(parse("realm stop web --force"));
	assert_int_equal(o.command, COMMAND_STOP);
	assert_int_equal(o.rest_count, 2);
	assert_no_error(parse("realm list"));
	assert_int_equal(o.command, COMMAND_LIST);
	assert_no_error(parse("realm console web"));
	assert_int_equal(o.command, COMMAND_CONSOLE);
	assert_no_error(parse("realm stats web"));
	assert_int_equal(o.command, COMMAND_STATS);
}

static void measure_takes_what_run_takes(void **state)
{
	assert_no_error(parse("realm measure --kernel K --initrd I --append A --mem 2G --cpus 4 "
			      "--hash sha512 --rpv 00 --sve 256 --console C --kvm D --type realm"));
	assert_int_equal(o.command, COMMAND_MEASURE);
	assert_int_equal(o.vm.sve, 256);
	assert_int_equal(o.measure.rules, MEASURE_2_0);
	assert_int_equal(o.measure.format, FORMAT_TEXT);
	assert_int_equal(o.measure.spelling, CORIM_CCA);
	assert_null(o.measure.key);
	assert_int_equal(o.measure.extend_count, 0);
	assert_no_error(parse("realm measure --format json --rules rmm-2.0-beta --kernel K "
			      "--extend 0:00ff --extend=3:aa"));
	assert_int_equal(o.measure.format, FORMAT_JSON);
	assert_int_equal(o.measure.rules, MEASURE_2_0_BETA);
	assert_string_equal(options_rules_name(o.measure.rules), "rmm-2.0-beta");
	assert_int_equal(o.measure.extend_count, 2);
	assert_int_equal(o.measure.extends[0].rem, 0);
	assert_int_equal(o.measure.extends[0].size, 2);
	assert_int_equal(o.measure.extends[0].value[1], 0xff);
	assert_int_equal(o.measure.extends[1].rem, 3);
}

static void measure_writes_corims(void **state)
{
	assert_no_error(parse("realm measure --kernel K --format corim"));
	assert_int_equal(o.measure.format, FORMAT_CORIM);
	assert_string_equal(o.measure.signer, "realm measure");
	assert_no_error(parse("realm measure --kernel K --format corim --profile endorsements "
			      "--sign F --signer me"));
	assert_int_equal(o.measure.spelling, CORIM_ENDORSEMENTS);
	assert_string_equal(o.measure.key, "F");
	assert_string_equal(o.measure.signer, "me");
	assert_no_error(parse("realm measure --kernel K --profile cca --format text"));
	assert_int_equal(o.measure.spelling, CORIM_CCA);
}

/* What is measured has defaults that no host has a say in. */
static void what_is_measured_has_a_fixed_default(void **state)
{
	assert_no_error(parse("realm run --kernel K"));
	assert_int_equal(o.vm.breakpoints, 2);
	assert_int_equal(o.vm.watchpoints, 2);
	assert_false(o.vm.lpa2);
	assert_no_error(parse("realm run --breakpoints 16 --watchpoints=3 --lpa2 --kernel K"));
	assert_int_equal(o.vm.breakpoints, 16);
	assert_int_equal(o.vm.watchpoints, 3);
	assert_true(o.vm.lpa2);
}

static void extends_are_64_at_most(void **state)
{
	char *argv[2 * MEASURE_EXTENDS_MAX + 8] = {"realm", "measure", "--kernel", "K"};
	int argc = 4, i;

	for (i = 0; i < MEASURE_EXTENDS_MAX; i++)
		argv[argc++] = "--extend=0:01";
	assert_no_error(options_parse(argc, argv, &o));
	assert_int_equal(o.measure.extend_count, MEASURE_EXTENDS_MAX);
	argv[argc++] = "--extend=0:01";
	assert_error(options_parse(argc, argv, &o), -EINVAL, "--extend: more than 64");
}

/* A line that is refused, and what the text must name. */
static const struct {
	const char *line, *text;
} wrong[] = {
	{"realm", "no command"},
	{"realm walk", "walk: no such command"},
	{"realm run", "--kernel is missing"},
	{"realm run --kernel", "--kernel needs a value"},
	{"realm run --kernel ~", "--kernel: the name is empty"},
	{"realm run --kernel=", "--kernel: the name is empty"},
	{"realm run --kernel K --initrd ~", "--initrd: the name is empty"},
	{"realm run --kernel K --console ~", "--console: the name is empty"},
	{"realm run --kernel K --kvm ~", "--kvm: the name is empty"},
	{"realm run --kernel K --name ~", "--name : must be up to 64 letters"},
	{"realm run --kernel K --name a/b", "--name a/b: must be"},
	{"realm run --kernel K --no-reboot=1", "--no-reboot takes no value"},
	{"realm run --kernel K --gdb 0 --type normal", "--gdb 0: not a number from 1 to 65535"},
	{"realm run --kernel K --gdb 65536", "--gdb 65536: not a number"},
	{"realm run --kernel K --gdb x", "--gdb x: not a number"},
	{"realm run --kernel K --gdb 1234", "--gdb is only for --type normal: a Realm's"},
	{"realm measure --kernel K --gdb 1", "--gdb: no such option"},
	{"realm run --kernel K --dump-fdt ~", "--dump-fdt: the name is empty"},
	{"realm measure --kernel K --dump-fdt F", "--dump-fdt: no such option"},
	{"realm run --kernel K extra", "extra: no such option"},
	{"realm run --kernel K --ker K", "--ker: no such option"},
	{"realm run --kernel K --kernels K", "--kernels: no such option"},
	{"realm info --cpus 2", "--cpus: no such option"},
	{"realm run --kernel K --mem", "--mem needs a value"},
	{"realm run --kernel K --mem ~", "--mem : not a size"},
	{"realm run --kernel K --mem 512", "--mem 512: not a size"},
	{"realm run --kernel K --mem M", "--mem M: not a size"},
	{"realm run --kernel K --mem -2M", "--mem -2M: not a size"},
	{"realm run --kernel K --mem 512MB", "--mem 512MB: not a size"},
	{"realm run --kernel K --mem 0x2M", "--mem 0x2M: not a size"},
	{"realm run --kernel K --mem 0M", "multiple of 2M"},
	{"realm run --kernel K --mem 3M", "multiple of 2M"},
	{"realm run --kernel K --mem 257G", "more than the largest, 256G"},
	{"realm run --kernel K --mem 99999999999999999999G", "not a size"},
	{"realm run --kernel K --mem 18446744073709551615G", "more than the largest"},
	{"realm run --kernel K --cpus 0", "--cpus 0: not a number from 1 to 123"},
	{"realm run --kernel K --cpus 124", "--cpus 124: not a number"},
	{"realm run --kernel K --cpus two", "--cpus two: not a number"},
	{"realm run --kernel K --cpus 2x", "--cpus 2x: not a number"},
	{"realm run --kernel K --cpus ~", "--cpus : not a number"},
	{"realm run --kernel K --hash md5", "--hash md5: must be sha256, sha384 or sha512"},
	{"realm run --kernel K --hash SHA256", "--hash SHA256: must be"},
	{"realm run --kernel K --rpv ~", "--rpv: 0 hex digits"},
	{"realm run --kernel K --rpv abc", "--rpv: 3 hex digits"},
	{"realm run --kernel K --rpv 0g", "'g' is not a hex digit"},
	{"realm run --kernel K --rpv 0x12", "'x' is not a hex digit"},
	{"realm run --kernel K --sve 100", "--sve 100: not a multiple of 128"},
	{"realm run --kernel K --sve 2176", "--sve 2176: not a multiple of 128 bits up to 2048"},
	{"realm run --kernel K --sve -128", "--sve -128: not a multiple"},
	{"realm run --kernel K --sve all", "--sve all: not a multiple"},
	{"realm run --kernel K --pmu=0", "--pmu=0: not a number from 1 to 31"},
	{"realm run --kernel K --pmu=32", "--pmu=32: not a number"},
	{"realm run --kernel K --pmu=", "--pmu=: not a number"},
	{"realm run --kernel K --pmu=6x", "--pmu=6x: not a number"},
	{"realm run --kernel K --pmu 6", "6: no such option"},
	{"realm run --kernel K --type vm", "--type vm: must be realm or normal"},
	{"realm run --kernel K --breakpoints 1", "--breakpoints 1: not a number from 2 to 16"},
	{"realm run --kernel K --breakpoints 17", "--breakpoints 17: not a number"},
	{"realm run --kernel K --watchpoints 0", "--watchpoints 0: not a number"},
	{"realm run --kernel K --watchpoints all", "--watchpoints all: not a number"},
	{"realm run --kernel K --lpa2=1", "--lpa2 takes no value"},
	{"realm run --kernel K --format json", "--format: no such option"},
	{"realm measure --kernel K --format cbor", "--format cbor: must be text, json or corim"},
	{"realm measure --kernel K --profile x", "--profile x: must be cca or endorsements"},
	{"realm measure --kernel K --sign F", "--sign is only for --format corim"},
	{"realm run --kernel K --extend 0:00", "--extend: no such option"},
	{"realm measure", "--kernel is missing"},
	{"realm measure --kernel K --type normal", "only Realms are measured"},
	{"realm measure --kernel K --rules rmm-1.0", "measures the sizes of the blocks"},
	{"realm measure --kernel K --rules 2", "--rules 2: must be rmi-2.0 or rmm-2.0-beta"},
	{"realm measure --kernel K --lpa2=1", "--lpa2 takes no value"},
	{"realm measure --kernel K --extend 4:00", "--extend 4:00: must be N:HEX"},
	{"realm measure --kernel K --extend 00", "--extend 00: must be N:HEX"},
	{"realm measure --kernel K --extend 0:", "--extend: 0 hex digits"},
	{"realm measure --kernel K --extend 0:0", "--extend: 1 hex digits"},
	{"realm measure --kernel K --extend 0:zz", "--extend: 'z' is not a hex digit"},
	{"realm run --kernel K --type normal --rpv 00", "only for --type realm"},
	{"realm run --kernel K --type normal --hash sha512", "only for --type realm"},
	{"realm run --kernel K --vsock 2", "--vsock 2: not a number from 3 to 4294967294"},
	{"realm run --kernel K --vsock 4294967295", "not a number from 3"},
	{"realm run --kernel K --vsock 5x", "--vsock 5x: not a number"},
	{"realm run --kernel K --disk ~", "--disk: the name is empty"},
	{"realm run --kernel K --disk ,ro", "--disk: the name is empty"},
	{"realm run --kernel K --disk D,rw", "--disk: rw: after the file there can be"},
	{"realm run --kernel K --disk D,,ro", "--disk: : after the file there can be"},
	{"realm run --kernel K --disk D,serial=", "must have 1 to 20 characters"},
	{"realm run --kernel K --disk D,serial=123456789012345678901", "1 to 20 characters"},
	{"realm run --kernel K --net user,fast", "--net: fast: after user there can be hostfwd"},
	{"realm run --kernel K --net users", "--net: must begin with tap=NAME"},
	{"realm run --kernel K --net user,hostfwd=tcp::0-:22",
	 "is not like tcp:127.0.0.1:2222-:22"},
	{"realm run --kernel K --net user,hostfwd=tcp::22-:65536", "is not like tcp:127.0.0.1"},
	{"realm run --kernel K --net user,hostfwd=tcp::22", "is not like tcp:127.0.0.1:2222-:22"},
	{"realm run --kernel K --net user,hostfwd=ip::22-:22", "is not like tcp:127.0.0.1"},
	{"realm run --kernel K --net user,hostfwd=tcp:-x:22-:22", "is not like tcp:127.0.0.1"},
	{"realm run --kernel K --net tap=t,hostfwd=tcp::22-:22", "after tap=NAME there can be mac"},
	{"realm run --kernel K --share ~", "--share: the name is empty"},
	{"realm run --kernel K --share /d,ro", "--share: ro: after the folder there can be tag"},
	{"realm run --kernel K --share /d --share /e", "--share: two have the tag share"},
	{"realm run --kernel K --net tap=", "--net: must begin with tap=NAME"},
	{"realm run --kernel K --net tap=0123456789abcdef", "--net: must begin with tap=NAME"},
	{"realm run --kernel K --net tap=t,mac=02:00:00:00:00", "is no address of an interface"},
	{"realm run --kernel K --net tap=t,mac=03:00:00:00:00:01", "is no address of an interface"},
	{"realm run --kernel K --net tap=t,mac=02:00:00:00:00-01", "is no address of an interface"},
	{"realm run --kernel K --net tap=t,mac=02:00:00:00:00:0g", "is no address of an interface"},
	{"realm run --kernel K --net tap=t,fast", "--net: fast: after tap=NAME"},
};

static void ports_and_folders_of_the_host(void **state)
{
	const struct device_config *d = &o.boot.devices;

	assert_no_error(parse("realm run --kernel K --net user,hostfwd=tcp::2222-:22,"
			      "hostfwd=udp:10.0.0.1:53-:5353 --share /a --share b,tag=two"));
	assert_int_equal(d->net_count, 1);
	assert_string_equal(d->nets[0].tap, "");
	assert_int_equal(d->nets[0].mac[0], 2);
	assert_int_equal(d->nets[0].forward_count, 2);
	assert_false(d->nets[0].forwards[0].udp);
	assert_string_equal(d->nets[0].forwards[0].ports, "127.0.0.1/2222:22");
	assert_true(d->nets[0].forwards[1].udp);
	assert_string_equal(d->nets[0].forwards[1].ports, "10.0.0.1/53:5353");
	assert_int_equal(d->share_count, 2);
	assert_string_equal(d->shares[0].path, "/a");
	assert_string_equal(d->shares[0].tag, "share");
	assert_string_equal(d->shares[1].tag, "two");
}

static void disks_and_interfaces_come_in_their_order(void **state)
{
	static const uint8_t given[] = {2, 0, 0, 0xab, 0xcd, 0xef};
	const struct device_config *d = &o.boot.devices;
	struct net_config first;

	assert_no_error(parse("realm run --kernel K --disk a --disk b,serial=S,ro "
			      "--net tap=t0 --net tap=t1,mac=02:00:00:ab:CD:ef"));
	assert_int_equal(d->disk_count, 2);
	assert_string_equal(d->disks[0].path, "a");
	assert_false(d->disks[0].read_only);
	assert_string_equal(d->disks[1].path, "b");
	assert_string_equal(d->disks[1].serial, "S");
	assert_true(d->disks[1].read_only);
	assert_int_equal(d->net_count, 2);
	assert_string_equal(d->nets[1].tap, "t1");
	assert_memory_equal(d->nets[1].mac, given, sizeof(given));
	/* Made from the name, local and of one interface. */
	first = d->nets[0];
	assert_int_equal(first.mac[0], 2);
	assert_no_error(parse("realm run --kernel K --net tap=t0 --net tap=t2"));
	assert_memory_equal(d->nets[0].mac, first.mac, DEVICE_MAC);
	assert_memory_not_equal(d->nets[1].mac, first.mac, DEVICE_MAC);
	assert_int_equal(d->vsock_cid, 0);
	assert_no_error(parse("realm run --kernel K --vsock 4294967294"));
	assert_int_equal(d->vsock_cid, 4294967294);
}

static void there_is_a_limit_to_devices(void **state)
{
	struct device_config c = {0};
	int i;

	for (i = 0; i < DEVICE_DISKS_MAX; i++)
		assert_no_error(devices_add_disk(&c, "d"));
	assert_error(devices_add_disk(&c, "d"), -EINVAL, "--disk: there can be 8 at most");
	for (i = 0; i < DEVICE_NETS_MAX; i++)
		assert_no_error(devices_add_net(&c, "tap=t"));
	assert_error(devices_add_net(&c, "tap=t"), -EINVAL, "--net: there can be 4 at most");
}

static void wrong_arguments_are_named(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_error(parse(wrong[i].line), -EINVAL, wrong[i].text);
}

static void a_value_has_at_most_64_bytes(void **state)
{
	char line[256] = "realm run --kernel K --rpv ";
	size_t start = strlen(line);

	memset(line + start, 'f', 2 * VM_RPV_SIZE);
	assert_no_error(parse(line));
	assert_int_equal(o.vm.rpv[VM_RPV_SIZE - 1], 0xff);
	memset(line + start, 'f', 2 * VM_RPV_SIZE + 2);
	assert_error(parse(line), -EINVAL, "130 hex digits");
}

static void a_command_line_has_the_length_a_kernel_takes(void **state)
{
	char line[4096] = "realm run --kernel K --append ";
	size_t start = strlen(line);

	memset(line + start, 'a', 2047);
	assert_no_error(parse(line));
	memset(line + start, 'a', 2048);
	assert_error(parse(line), -EINVAL, "--append: longer than the 2047 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_kernel_is_enough, clear_errors),
		cmocka_unit_test_setup(every_option_is_taken, clear_errors),
		cmocka_unit_test_setup(an_ordinary_vm_is_on_the_ordinary_device, clear_errors),
		cmocka_unit_test_setup(a_pmu_has_as_many_counters_on_every_host, clear_errors),
		cmocka_unit_test_setup(a_dash_is_the_terminal, clear_errors),
		cmocka_unit_test_setup(commands, clear_errors),
		cmocka_unit_test_setup(words_of_other_commands_are_left_to_them, clear_errors),
		cmocka_unit_test_setup(measure_takes_what_run_takes, clear_errors),
		cmocka_unit_test_setup(measure_writes_corims, clear_errors),
		cmocka_unit_test_setup(what_is_measured_has_a_fixed_default, clear_errors),
		cmocka_unit_test_setup(extends_are_64_at_most, clear_errors),
		cmocka_unit_test_setup(ports_and_folders_of_the_host, clear_errors),
		cmocka_unit_test_setup(disks_and_interfaces_come_in_their_order, clear_errors),
		cmocka_unit_test_setup(there_is_a_limit_to_devices, clear_errors),
		cmocka_unit_test_setup(wrong_arguments_are_named, clear_errors),
		cmocka_unit_test_setup(a_value_has_at_most_64_bytes, clear_errors),
		cmocka_unit_test_setup(a_command_line_has_the_length_a_kernel_takes, clear_errors),
	};

	return cmocka_run_group_tests_name("vmm/cmd/options", tests, NULL, NULL);
}
