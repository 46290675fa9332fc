/* SPDX-License-Identifier: BSD-3-Clause */
/* Parses the command line, see options.h. One table row and one small function per option. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#include "vmm/cmd/devices.h"
#include "vmm/cmd/options.h"
#include "vmm/lib/error.h"
#include "vmm/vm/map.h"

#define DEFAULT_KVM	   "/dev/kvm-cca"
#define DEFAULT_NORMAL_KVM "/dev/kvm"
#define DEFAULT_APPEND	   "console=ttyS0"
#define DEFAULT_MEM	   (512ULL << 20)

const char options_help[] =
	"realm: runs Arm CCA Realm VMs under KVM\n"
	"\n"
	"  realm run --kernel IMAGE [options]   start a Realm and wait for its end\n"
	"  realm info [--kvm DEVICE]            what this host and its RMM can do\n"
	"  realm verify TOKEN [options]         judge an attestation token, on any machine\n"
	"  realm help                           this text\n"
	"  realm version\n"
	"\n"
	"Options of run:\n"
	"  --kernel FILE    arm64 Image of Linux 6.13 or newer (uncompressed)\n"
	"  --initrd FILE    its initial RAM disk\n"
	"  --append TEXT    its command line (console=ttyS0)\n"
	"  --mem SIZE       memory, like 256M or 2G (512M)\n"
	"  --cpus N         virtual CPUs (1)\n"
	"  --hash NAME      sha256, sha384 or sha512: algorithm of measurements (sha256)\n"
	"  --rpv HEX        personalization value, up to 64 bytes (zero)\n"
	"  --sve BITS       longest SVE vector, a multiple of 128; 0 for no SVE (0)\n"
	"  --disk FILE[,ro][,serial=TEXT]\n"
	"                   a raw image or block device as a disk (virtio); up to 8 times\n"
	"  --net tap=NAME[,mac=ADDRESS]\n"
	"                   a network interface over a tap interface; up to 4 times\n"
	"  --vsock CID      sockets (AF_VSOCK) to the host, by this number of the guest's\n"
	"  --console FILE   where the console's output goes (this terminal)\n"
	"  --kvm DEVICE     /dev/kvm-cca\n"
	"  --type TYPE      realm, or normal: an ordinary VM, to compare (on /dev/kvm)\n"
	"\n"
	"Options of verify:\n"
	"  --key FILE       a trusted platform key: PEM, DER, JWK or COSE_Key; more may follow\n"
	"  --challenge HEX  what the token must answer, up to 64 bytes\n"
	"  --policy FILE    which claims are accepted (JSON)\n"
	"  --json           claims and verdicts as JSON\n"
	"  --print-policy   a policy that the token meets, and no verdict\n"
	"  --allow-development   let keys and lifecycles pass that prove nothing\n"
	"\n"
	"On a terminal Ctrl-A x ends the Realm, Ctrl-A Ctrl-A sends Ctrl-A.\n"
	"Status: 0 powered off, 1 could not start, 2 wrong arguments, 3 asked for a reset,\n"
	"4 crashed, 5 KVM failed, 6 ended from the console, 128+N ended by signal N; of verify:\n"
	"0 verified, 10 malformed, 11 profile, 12 key, 13 signature, 14 binding, 15 challenge,\n"
	"16 lifecycle, 17 development key, 18 policy.\n";

/* Digits only: no sign, no blanks, no prefix. */
static bool parse_number(const char *text, uint64_t *value, const char **end)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &stop, 10);
	*end = stop;
	return errno == 0;
}

static int set_kernel(struct options *o, const char *value)
{
	o->boot.kernel = value;
	return *value ? 0 : error_set(-EINVAL, "--kernel: the name is empty");
}

static int set_initrd(struct options *o, const char *value)
{
	o->boot.initrd = value;
	return *value ? 0 : error_set(-EINVAL, "--initrd: the name is empty");
}

static int set_append(struct options *o, const char *value)
{
	o->boot.append = value;
	if (strlen(value) > PLAN_LINE_MAX)
		return error_set(-EINVAL, "--append: longer than the %d bytes a kernel takes",
				 PLAN_LINE_MAX);
	return 0;
}

static int add_disk(struct options *o, const char *value)
{
	return devices_add_disk(&o->boot.devices, value);
}

static int add_net(struct options *o, const char *value)
{
	return devices_add_net(&o->boot.devices, value);
}

/* The numbers below are the hypervisor's, the local one and the host's, the last is any. */
#define CID_FIRST 3
#define CID_LAST  (UINT32_MAX - 1)

static int set_vsock(struct options *o, const char *value)
{
	const char *end = value;
	uint64_t number = 0;

	if (!parse_number(value, &number, &end) || *end || number < CID_FIRST || number > CID_LAST)
		return error_set(-EINVAL, "--vsock %s: not a number from %d to %u", value,
				 CID_FIRST, CID_LAST);
	o->boot.devices.vsock_cid = (uint32_t)number;
	return 0;
}

static int set_console(struct options *o, const char *value)
{
	o->console = strcmp(value, "-") ? value : NULL;
	return *value ? 0 : error_set(-EINVAL, "--console: the name is empty");
}

static int set_kvm(struct options *o, const char *value)
{
	o->vm.kvm = value;
	return *value ? 0 : error_set(-EINVAL, "--kvm: the name is empty");
}

static unsigned int suffix_shift(char c)
{
	switch (c) {
	case 'K':
	case 'k':
		return 10;
	case 'M':
	case 'm':
		return 20;
	case 'G':
	case 'g':
		return 30;
	default:
		return 0;
	}
}

static int set_mem(struct options *o, const char *value)
{
	const char *end = value;
	uint64_t number = 0;
	unsigned int shift;

	if (!parse_number(value, &number, &end) || !suffix_shift(*end) || end[1])
		return error_set(-EINVAL, "--mem %s: not a size like 512M or 2G", value);
	shift = suffix_shift(*end);
	if (number > MAP_RAM_MAX >> shift)
		return error_set(-EINVAL, "--mem %s: more than the largest, %lluG", value,
				 MAP_RAM_MAX >> 30);
	o->vm.mem = number << shift;
	if (o->vm.mem == 0 || o->vm.mem % VM_MEM_ALIGN)
		return error_set(-EINVAL, "--mem %s: must be a multiple of 2M", value);
	return 0;
}

static int set_cpus(struct options *o, const char *value)
{
	const char *end = value;
	uint64_t number = 0;

	if (!parse_number(value, &number, &end) || *end || number < 1 || number > MAP_CPUS_MAX)
		return error_set(-EINVAL, "--cpus %s: not a number from 1 to %d", value,
				 MAP_CPUS_MAX);
	o->vm.cpus = (unsigned int)number;
	return 0;
}

static int set_hash(struct options *o, const char *value)
{
	static const struct {
		const char *name;
		enum hash_alg alg;
	} names[] = {{"sha256", HASH_SHA256}, {"sha384", HASH_SHA384}, {"sha512", HASH_SHA512}};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i].name) == 0) {
			o->vm.hash = names[i].alg;
			return 0;
		}
	}
	return error_set(-EINVAL, "--hash %s: must be sha256, sha384 or sha512", value);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int set_rpv(struct options *o, const char *value)
{
	size_t len = strlen(value), i;

	if (len == 0 || len % 2 || len > 2 * VM_RPV_SIZE)
		return error_set(-EINVAL,
				 "--rpv: %zu hex digits; must be an even number from 2 to %d", len,
				 2 * VM_RPV_SIZE);
	memset(o->vm.rpv, 0, sizeof(o->vm.rpv));
	for (i = 0; i < len; i++) {
		int digit = hex_digit(value[i]);

		if (digit < 0)
			return error_set(-EINVAL, "--rpv: '%c' is not a hex digit", value[i]);
		o->vm.rpv[i / 2] = (uint8_t)(o->vm.rpv[i / 2] << 4 | digit);
	}
	o->vm.rpv_given = true;
	return 0;
}

static int set_sve(struct options *o, const char *value)
{
	const char *end = value;
	uint64_t number = 0;

	if (!parse_number(value, &number, &end) || *end || number % VM_SVE_STEP ||
	    number > VM_SVE_MAX)
		return error_set(-EINVAL, "--sve %s: not a multiple of %d bits up to %d (0: none)",
				 value, VM_SVE_STEP, VM_SVE_MAX);
	o->vm.sve = (unsigned int)number;
	return 0;
}

static int set_type(struct options *o, const char *value)
{
	if (strcmp(value, "realm") && strcmp(value, "normal"))
		return error_set(-EINVAL, "--type %s: must be realm or normal", value);
	o->vm.realm = strcmp(value, "realm") == 0;
	return 0;
}

#define FOR_RUN	 (1u << COMMAND_RUN)
#define FOR_INFO (1u << COMMAND_INFO)

static const struct option_row {
	const char *name;
	unsigned int commands;
	int (*set)(struct options *o, const char *value);
} rows[] = {
	{"--kernel", FOR_RUN, set_kernel},   {"--initrd", FOR_RUN, set_initrd},
	{"--append", FOR_RUN, set_append},   {"--mem", FOR_RUN, set_mem},
	{"--cpus", FOR_RUN, set_cpus},	     {"--hash", FOR_RUN, set_hash},
	{"--rpv", FOR_RUN, set_rpv},	     {"--sve", FOR_RUN, set_sve},
	{"--console", FOR_RUN, set_console}, {"--kvm", FOR_RUN | FOR_INFO, set_kvm},
	{"--type", FOR_RUN, set_type},	     {"--disk", FOR_RUN, add_disk},
	{"--net", FOR_RUN, add_net},	     {"--vsock", FOR_RUN, set_vsock},
};

static const struct option_row *find_row(const char *arg, size_t name_len, enum command command)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strlen(rows[i].name) == name_len && !strncmp(rows[i].name, arg, name_len) &&
		    (rows[i].commands & 1u << command))
			return &rows[i];
	}
	return NULL;
}

/*
 * Parses one option at argv[0], as `--name value` or `--name=value`. Returns how many words it
 * took, or an error.
 */
static int parse_option(struct options *o, int argc, char **argv)
{
	size_t name_len = strcspn(argv[0], "=");
	const struct option_row *row = find_row(argv[0], name_len, o->command);
	bool joined = argv[0][name_len] == '=';
	int ret;

	if (!row)
		return error_set(-EINVAL, "%s: no such option (see `realm help`)", argv[0]);
	if (!joined && argc < 2)
		return error_set(-EINVAL, "%s needs a value (see `realm help`)", argv[0]);
	ret = row->set(o, joined ? argv[0] + name_len + 1 : argv[1]);
	return ret < 0 ? ret : 2 - joined;
}

static int parse_command(struct options *o, const char *word)
{
	static const struct {
		const char *name;
		enum command command;
	} names[] = {
		{"run", COMMAND_RUN},		{"info", COMMAND_INFO},
		{"verify", COMMAND_VERIFY},	{"help", COMMAND_HELP},
		{"-h", COMMAND_HELP},		{"--help", COMMAND_HELP},
		{"version", COMMAND_VERSION},	{"-V", COMMAND_VERSION},
		{"--version", COMMAND_VERSION},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(word, names[i].name) == 0) {
			o->command = names[i].command;
			return 0;
		}
	}
	return error_set(-EINVAL,
			 "%s: no such command; there are run, info, verify, help and version",
			 word);
}

/* Checks and defaults that depend on more than one option. */
static int check(struct options *o)
{
	if (o->command == COMMAND_RUN && !o->boot.kernel)
		return error_set(-EINVAL, "--kernel is missing: the arm64 Image to run");
	if (!o->vm.realm && (o->vm.rpv_given || o->vm.hash != HASH_SHA256))
		return error_set(-EINVAL, "--hash and --rpv are only for --type realm");
	if (!o->vm.kvm)
		o->vm.kvm = o->vm.realm ? DEFAULT_KVM : DEFAULT_NORMAL_KVM;
	return 0;
}

int options_parse(int argc, char **argv, struct options *o)
{
	int ret, i = 2;

	*o = (struct options){
		.boot.append = DEFAULT_APPEND,
		.vm = {.mem = DEFAULT_MEM, .cpus = 1, .hash = HASH_SHA256, .realm = true},
	};
	if (argc < 2)
		return error_set(-EINVAL,
				 "no command; there are run, info, verify, help and version");
	ret = parse_command(o, argv[1]);
	if (ret == 0 && o->command == COMMAND_VERIFY) {
		o->rest = argv + 2;
		o->rest_count = argc - 2;
		return 0;
	}
	while (ret >= 0 && i < argc) {
		ret = parse_option(o, argc - i, argv + i);
		i += ret;
	}
	return ret < 0 ? ret : check(o);
}
