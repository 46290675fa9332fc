/* SPDX-License-Identifier: BSD-3-Clause */
/* Parses the command line, see options.h. One table row and one small function per option. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#include "vmm/cmd/devices.h"
#include "vmm/cmd/options.h"
#include "vmm/ctl/name.h"
#include "vmm/lib/error.h"
#include "vmm/vm/map.h"

#define DEFAULT_KVM	   "/dev/kvm-cca"
#define DEFAULT_NORMAL_KVM "/dev/kvm"
#define DEFAULT_APPEND	   "console=ttyS0"
#define DEFAULT_SIGNER	   "realm measure"
#define DEFAULT_MEM	   (512ULL << 20)
#define COMMANDS                                                                                   \
	"run, list, stop, console, stats, info, measure, verify, keyserver, help and version"

const char options_help[] =
	"realm: runs Arm CCA Realm VMs under KVM\n"
	"\n"
	"  realm run --kernel IMAGE [options]   start a Realm and wait for its end\n"
	"  realm list                           which ones of yours run\n"
	"  realm stop NAME [--timeout SECONDS] [--force]\n"
	"                                       press its power key, or end it\n"
	"  realm console NAME                   its console; Ctrl-A x leaves it\n"
	"  realm stats NAME                     what it has used\n"
	"  realm info [--kvm DEVICE]            what this host and its RMM can do\n"
	"  realm measure --kernel IMAGE [options]\n"
	"                                       what a Realm's measurements will be, on any "
	"machine\n"
	"  realm verify TOKEN [options]         judge an attestation token, on any machine\n"
	"  realm keyserver [options]            give secrets to verified Realms, on any machine\n"
	"  realm help                           this text\n"
	"  realm version\n"
	"\n"
	"Options of run:\n"
	"  --kernel FILE    arm64 Image of Linux 6.13 or newer, or a packed one (gzip,\n"
	"                   zstd, EFI zboot)\n"
	"  --initrd FILE    its initial RAM disk\n"
	"  --append TEXT    its command line (console=ttyS0)\n"
	"  --mem SIZE       memory, like 256M or 2G (512M)\n"
	"  --cpus N         virtual CPUs (1)\n"
	"  --hash NAME      sha256, sha384 or sha512: algorithm of measurements (sha256)\n"
	"  --rpv HEX        personalization value, up to 64 bytes (zero)\n"
	"  --sve BITS       longest SVE vector, a multiple of 128; 0 for no SVE (0)\n"
	"  --pmu[=N]        performance counters of each CPU: of cycles, and N of events, 1 to\n"
	"                   31 (6)\n"
	"  --breakpoints N, --watchpoints N\n"
	"                   of each CPU, 2 to 16 (2)\n"
	"  --lpa2           tables for 52-bit addresses\n"
	"  --disk FILE[,ro][,serial=TEXT]\n"
	"                   a raw image, block device or vhost-user socket as a disk; up\n"
	"                   to 8 times\n"
	"  --net tap=NAME[,mac=ADDRESS]\n"
	"                   a network interface over a tap interface; up to 4 times\n"
	"  --net user[,hostfwd=tcp:[ADDRESS]:PORT-:GUESTPORT][,mac=ADDRESS]\n"
	"                   the same by passt, without privileges\n"
	"  --share DIR[,tag=TEXT]\n"
	"                   a folder of the host's (virtiofs); up to 4 times\n"
	"  --vsock CID      sockets (AF_VSOCK) to the host, by this number of the guest's\n"
	"  --name NAME      by which list, stop, console and stats know it (vm-PID)\n"
	"  --no-reboot      a reset of the guest ends it, instead of starting it again\n"
	"  --console FILE   where the console's output goes (this terminal)\n"
	"  --kvm DEVICE     /dev/kvm-cca\n"
	"  --type TYPE      realm, or normal: an ordinary VM, to compare (on /dev/kvm)\n"
	"  --gdb PORT       wait for gdb on this port of 127.0.0.1; only for --type normal\n"
	"  --dump-fdt FILE  write the guest's device tree, on any machine, and run nothing\n"
	"\n"
	"Options of measure: those of run that do not name a device of the host's, and\n"
	"  --extend N:HEX   value that the Realm extends its REM N (0 to 3) by; more may follow\n"
	"  --rules NAME     rmi-2.0: TF-RMM's main branch and this project; or rmm-2.0-beta "
	"(rmi-2.0)\n"
	"  --format FORMAT  text, json (the Realm's part of a policy for verify) or corim (text)\n"
	"  --profile NAME   of the CoRIM: cca, or endorsements as the newest draft has it (cca)\n"
	"  --sign FILE      sign the CoRIM with this private key, PEM or DER\n"
	"  --signer TEXT    who that is (realm measure)\n"
	"\n"
	"Options of verify:\n"
	"  --key FILE       a trusted platform key: PEM, DER, JWK or COSE_Key; more may follow\n"
	"  --challenge HEX  what the token must answer, up to 64 bytes\n"
	"  --policy FILE    which claims are accepted: JSON or CoRIM; more may follow\n"
	"  --realm-signer FILE, --platform-signer FILE\n"
	"                   public key that signed CoRIMs of Realms, or of platforms, are signed "
	"with\n"
	"  --json           claims and verdicts as JSON\n"
	"  --print-policy   a policy that the token meets, and no verdict\n"
	"  --allow-development   let keys and lifecycles pass that prove nothing\n"
	"\n"
	"Options of keyserver: those of verify that say what is trusted, and\n"
	"  --secret NAME/NAME/NAME=FILE\n"
	"                   a secret to give; more may follow\n"
	"  --listen ADDRESS:PORT, --vsock PORT\n"
	"                   where to serve\n"
	"  --deadline S     for each request (10)\n"
	"\n"
	"On a terminal Ctrl-A x ends the Realm, Ctrl-A Ctrl-A sends Ctrl-A.\n"
	"Status: 0 powered off, 1 could not start, 2 wrong arguments, 3 asked for a reset,\n"
	"4 crashed, 5 KVM failed, 6 ended by its user, 128+N ended by signal N; of stop: 7 when\n"
	"it still runs; of verify:\n"
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

static int add_share(struct options *o, const char *value)
{
	return devices_add_share(&o->boot.devices, value);
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

static int set_name(struct options *o, const char *value)
{
	o->name = value;
	if (!name_is_good(value))
		return error_set(-EINVAL,
				 "--name %s: must be up to %d letters, digits, and after the first "
				 "dots, dashes and underscores",
				 value, NAME_SIZE_MAX - 1);
	return 0;
}

static int set_no_reboot(struct options *o, const char *value)
{
	o->no_reboot = true;
	return 0;
}

static int set_console(struct options *o, const char *value)
{
	o->console = strcmp(value, "-") ? value : NULL;
	return *value ? 0 : error_set(-EINVAL, "--console: the name is empty");
}

static int set_dump_fdt(struct options *o, const char *value)
{
	o->dump_fdt = value;
	return *value ? 0 : error_set(-EINVAL, "--dump-fdt: the name is empty");
}

#define PORT_LAST 65535

static int set_gdb(struct options *o, const char *value)
{
	const char *end = value;
	uint64_t number = 0;

	if (!parse_number(value, &number, &end) || *end || number < 1 || number > PORT_LAST)
		return error_set(-EINVAL, "--gdb %s: not a number from 1 to %d", value, PORT_LAST);
	o->gdb = (unsigned int)number;
	return 0;
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

/* Hex digits of 1 to 64 bytes. Returns how many bytes. */
static int parse_hex(const char *option, const char *text, uint8_t bytes[VM_RPV_SIZE])
{
	size_t len = strlen(text), i;

	if (len == 0 || len % 2 || len > 2 * VM_RPV_SIZE)
		return error_set(-EINVAL, "%s: %zu hex digits; must be an even number from 2 to %d",
				 option, len, 2 * VM_RPV_SIZE);
	memset(bytes, 0, VM_RPV_SIZE);
	for (i = 0; i < len; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			return error_set(-EINVAL, "%s: '%c' is not a hex digit", option, text[i]);
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit);
	}
	return (int)(len / 2);
}

static int set_rpv(struct options *o, const char *value)
{
	int ret = parse_hex("--rpv", value, o->vm.rpv);

	o->vm.rpv_given = true;
	return ret < 0 ? ret : 0;
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

/* Without a value: as many counters as each host should have. */
static int set_pmu(struct options *o, const char *value)
{
	const char *end = value;
	uint64_t number = VM_PMU_USUAL;

	if (value &&
	    (!parse_number(value, &number, &end) || *end || number < 1 || number > VM_PMU_MAX))
		return error_set(-EINVAL, "--pmu=%s: not a number from 1 to %d", value, VM_PMU_MAX);
	o->vm.pmu = (unsigned int)number;
	return 0;
}

static int set_debug(const char *option, const char *value, unsigned int *count)
{
	const char *end = value;
	uint64_t number = 0;

	if (!parse_number(value, &number, &end) || *end || number < VM_DEBUG_MIN ||
	    number > VM_DEBUG_MAX)
		return error_set(-EINVAL, "%s %s: not a number from %d to %d", option, value,
				 VM_DEBUG_MIN, VM_DEBUG_MAX);
	*count = (unsigned int)number;
	return 0;
}

static int set_breakpoints(struct options *o, const char *value)
{
	return set_debug("--breakpoints", value, &o->vm.breakpoints);
}

static int set_watchpoints(struct options *o, const char *value)
{
	return set_debug("--watchpoints", value, &o->vm.watchpoints);
}

static int set_lpa2(struct options *o, const char *value)
{
	o->vm.lpa2 = true;
	return 0;
}

static int set_format(struct options *o, const char *value)
{
	static const char *const names[] = {
		[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_CORIM] = "corim"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			o->measure.format = (enum measure_format)i;
			return 0;
		}
	}
	return error_set(-EINVAL, "--format %s: must be text, json or corim", value);
}

static int set_profile(struct options *o, const char *value)
{
	if (strcmp(value, "cca") && strcmp(value, "endorsements"))
		return error_set(-EINVAL, "--profile %s: must be cca or endorsements", value);
	o->measure.spelling = strcmp(value, "cca") ? CORIM_ENDORSEMENTS : CORIM_CCA;
	return 0;
}

static int set_sign(struct options *o, const char *value)
{
	o->measure.key = value;
	return *value ? 0 : error_set(-EINVAL, "--sign: the name is empty");
}

static int set_signer(struct options *o, const char *value)
{
	o->measure.signer = value;
	return *value ? 0 : error_set(-EINVAL, "--signer: the name is empty");
}

static int add_extend(struct options *o, const char *value)
{
	struct measure_options *m = &o->measure;
	int ret;

	if (m->extend_count == MEASURE_EXTENDS_MAX)
		return error_set(-EINVAL, "--extend: more than %d", MEASURE_EXTENDS_MAX);
	if (value[0] < '0' || value[0] >= '0' + MEASURE_REMS || value[1] != ':')
		return error_set(-EINVAL, "--extend %s: must be N:HEX with N from 0 to %d", value,
				 MEASURE_REMS - 1);
	ret = parse_hex("--extend", value + 2, m->extends[m->extend_count].value);
	if (ret < 0)
		return ret;
	m->extends[m->extend_count].rem = (unsigned int)(value[0] - '0');
	m->extends[m->extend_count++].size = (size_t)ret;
	return 0;
}

static const char *const rules_names[] = {
	[MEASURE_2_0] = "rmi-2.0",
	[MEASURE_2_0_BETA] = "rmm-2.0-beta",
};

const char *options_rules_name(enum measure_rules rules)
{
	return rules_names[rules];
}

static int set_rules(struct options *o, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules_names); i++) {
		if (strcmp(value, rules_names[i]) == 0) {
			o->measure.rules = (enum measure_rules)i;
			return 0;
		}
	}
	if (strcmp(value, "rmm-1.0") == 0)
		return error_set(-EINVAL,
				 "--rules rmm-1.0: cannot be told beforehand, because RMM 1.0 "
				 "measures the sizes of the blocks that the host maps");
	return error_set(-EINVAL, "--rules %s: must be rmi-2.0 or rmm-2.0-beta", value);
}

static int set_type(struct options *o, const char *value)
{
	if (strcmp(value, "realm") && strcmp(value, "normal"))
		return error_set(-EINVAL, "--type %s: must be realm or normal", value);
	o->vm.realm = strcmp(value, "realm") == 0;
	return 0;
}

#define FOR_RUN	    (1u << COMMAND_RUN)
#define FOR_INFO    (1u << COMMAND_INFO)
#define FOR_MEASURE (1u << COMMAND_MEASURE)
/* `realm measure` takes all words of `realm run`. */
#define FOR_BOTH    (FOR_RUN | FOR_MEASURE)
#define IS_FLAG	    (1u << 31) /* takes no value */
#define MAY_JOIN    (1u << 30) /* takes a value as --name=value, or none */

/* Commands that parse what follows them themselves. */
#define HAS_OWN_WORDS                                                                              \
	(1u << COMMAND_VERIFY | 1u << COMMAND_KEYSERVER | 1u << COMMAND_LIST |                     \
	 1u << COMMAND_STOP | 1u << COMMAND_CONSOLE | 1u << COMMAND_STATS)

static const struct option_row {
	const char *name;
	unsigned int commands;
	int (*set)(struct options *o, const char *value);
} rows[] = {
	{"--kernel", FOR_BOTH, set_kernel},
	{"--initrd", FOR_BOTH, set_initrd},
	{"--append", FOR_BOTH, set_append},
	{"--mem", FOR_BOTH, set_mem},
	{"--cpus", FOR_BOTH, set_cpus},
	{"--hash", FOR_BOTH, set_hash},
	{"--rpv", FOR_BOTH, set_rpv},
	{"--sve", FOR_BOTH, set_sve},
	{"--pmu", FOR_BOTH | MAY_JOIN, set_pmu},
	{"--breakpoints", FOR_BOTH, set_breakpoints},
	{"--watchpoints", FOR_BOTH, set_watchpoints},
	{"--lpa2", FOR_BOTH | IS_FLAG, set_lpa2},
	{"--disk", FOR_BOTH, add_disk},
	{"--net", FOR_BOTH, add_net},
	{"--share", FOR_BOTH, add_share},
	{"--vsock", FOR_BOTH, set_vsock},
	{"--name", FOR_BOTH, set_name},
	{"--no-reboot", FOR_BOTH | IS_FLAG, set_no_reboot},
	{"--console", FOR_BOTH, set_console},
	{"--kvm", FOR_BOTH | FOR_INFO, set_kvm},
	{"--type", FOR_BOTH, set_type},
	{"--gdb", FOR_RUN, set_gdb},
	{"--dump-fdt", FOR_RUN, set_dump_fdt},
	{"--extend", FOR_MEASURE, add_extend},
	{"--rules", FOR_MEASURE, set_rules},
	{"--format", FOR_MEASURE, set_format},
	{"--profile", FOR_MEASURE, set_profile},
	{"--sign", FOR_MEASURE, set_sign},
	{"--signer", FOR_MEASURE, set_signer},
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
 * took, or an error. A value that may be missing is not looked for in the next word.
 */
static int parse_option(struct options *o, int argc, char **argv)
{
	size_t name_len = strcspn(argv[0], "=");
	const struct option_row *row = find_row(argv[0], name_len, o->command);
	bool joined = argv[0][name_len] == '=';
	int ret;

	if (!row)
		return error_set(-EINVAL, "%s: no such option (see `realm help`)", argv[0]);
	if (row->commands & IS_FLAG && joined)
		return error_set(-EINVAL, "%s takes no value (see `realm help`)", row->name);
	if (row->commands & IS_FLAG || (row->commands & MAY_JOIN && !joined))
		return row->set(o, NULL) < 0 ? -EINVAL : 1;
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
		{"run", COMMAND_RUN},
		{"info", COMMAND_INFO},
		{"measure", COMMAND_MEASURE},
		{"verify", COMMAND_VERIFY},
		{"keyserver", COMMAND_KEYSERVER},
		{"list", COMMAND_LIST},
		{"stop", COMMAND_STOP},
		{"console", COMMAND_CONSOLE},
		{"stats", COMMAND_STATS},
		{"help", COMMAND_HELP},
		{"-h", COMMAND_HELP},
		{"--help", COMMAND_HELP},
		{"version", COMMAND_VERSION},
		{"-V", COMMAND_VERSION},
		{"--version", COMMAND_VERSION},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(word, names[i].name) == 0) {
			o->command = names[i].command;
			return 0;
		}
	}
	return error_set(-EINVAL, "%s: no such command; there are " COMMANDS, word);
}

/* Checks and defaults that depend on more than one option. */
static int check(struct options *o)
{
	bool has_guest = FOR_BOTH & 1u << o->command;

	if (has_guest && !o->boot.kernel)
		return error_set(-EINVAL, "--kernel is missing: the arm64 Image to run");
	if (o->command == COMMAND_MEASURE && !o->vm.realm)
		return error_set(-EINVAL, "--type normal: only Realms are measured");
	if (o->measure.key && o->measure.format != FORMAT_CORIM)
		return error_set(-EINVAL, "--sign is only for --format corim");
	if (!o->vm.realm && (o->vm.rpv_given || o->vm.hash != HASH_SHA256))
		return error_set(-EINVAL, "--hash and --rpv are only for --type realm");
	if (o->gdb && o->vm.realm)
		return error_set(-EINVAL,
				 "--gdb is only for --type normal: a Realm's registers and memory "
				 "are not the host's to see");
	if (!o->vm.kvm)
		o->vm.kvm = o->vm.realm ? DEFAULT_KVM : DEFAULT_NORMAL_KVM;
	return 0;
}

int options_parse(int argc, char **argv, struct options *o)
{
	int ret, i = 2;

	*o = (struct options){
		.boot.append = DEFAULT_APPEND,
		.vm = {.mem = DEFAULT_MEM,
		       .cpus = 1,
		       .hash = HASH_SHA256,
		       .realm = true,
		       .breakpoints = VM_DEBUG_MIN,
		       .watchpoints = VM_DEBUG_MIN},
		.measure = {.signer = DEFAULT_SIGNER},
	};
	if (argc < 2)
		return error_set(-EINVAL, "no command; there are " COMMANDS);
	ret = parse_command(o, argv[1]);
	if (ret == 0 && HAS_OWN_WORDS & 1u << o->command) {
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
