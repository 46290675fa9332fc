/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/gdb/stub.c: gdb's packets and their answers, with a machine that is played here. */
#include "tests/unit/vmm/unit.h"
#include "vmm/gdb/stub.h"

#define CPUS   2
#define MEMORY 0x1000ULL

static struct gdb_stub s;
static uint64_t registers[CPUS][GDB_REGS];
static uint8_t memory[64];
static char said[8192]; /* all that gdb got */
static char last_point[64];
static int last_go, interrupts, detached, killed;

static bool read_register(void *owner, unsigned int cpu, unsigned int number, uint64_t *value)
{
	*value = registers[cpu][number];
	return true;
}

static bool write_register(void *owner, unsigned int cpu, unsigned int number, uint64_t value)
{
	registers[cpu][number] = value;
	return true;
}

static size_t room_at(uint64_t at, size_t size)
{
	if (at < MEMORY || at >= MEMORY + sizeof(memory))
		return 0;
	return size < MEMORY + sizeof(memory) - at ? size : MEMORY + sizeof(memory) - at;
}

static size_t read_memory(void *owner, unsigned int cpu, uint64_t at, void *to, size_t size)
{
	size = room_at(at, size);
	memcpy(to, memory + (size ? at - MEMORY : 0), size);
	return size;
}

static size_t write_memory(void *owner, unsigned int cpu, uint64_t at, const void *from,
			   size_t size)
{
	size = room_at(at, size);
	memcpy(memory + (size ? at - MEMORY : 0), from, size);
	return size;
}

static bool set_point(void *owner, enum gdb_point kind, uint64_t at, uint64_t size, bool on)
{
	snprintf(last_point, sizeof(last_point), "%d %d %llx %llx", on, kind,
		 (unsigned long long)at, (unsigned long long)size);
	return at != 0;
}

static void go(void *owner, int step)
{
	last_go = step;
}

static void interrupt(void *owner)
{
	interrupts++;
	gdb_stub_stopped(&s, 1, GDB_SIGINT, NULL);
}

static void detach(void *owner)
{
	detached++;
}

static void end(void *owner)
{
	killed++;
}

static void send_text(void *owner, const char *text, size_t size)
{
	assert_true(strlen(said) + size < sizeof(said));
	strncat(said, text, size);
}

static const struct gdb_ops ops = {
	.read_register = read_register,
	.write_register = write_register,
	.read_memory = read_memory,
	.write_memory = write_memory,
	.set_point = set_point,
	.go = go,
	.interrupt = interrupt,
	.detach = detach,
	.kill = end,
	.send = send_text,
};

static int set_up(void **state)
{
	memset(registers, 0, sizeof(registers));
	memset(memory, 0, sizeof(memory));
	said[0] = last_point[0] = 0;
	last_go = interrupts = detached = killed = 0;
	gdb_stub_begin(&s, &ops, NULL, CPUS);
	return 0;
}

/* Sends a packet; returns what came, without the acknowledgement, the frame and the sum. */
static const char *ask(const char *text)
{
	static char got[8192];
	struct gdb_out out;
	size_t size;

	gdb_out_begin(&out);
	gdb_out_text(&out, text);
	gdb_out_end(&out);
	said[0] = 0;
	gdb_stub_take(&s, out.text, out.size);
	strcpy(got, said);
	if (!s.no_acks || got[0] == '+') {
		assert_int_equal(got[0], '+');
		memmove(got, got + 1, strlen(got));
	}
	size = strlen(got);
	if (!size)
		return "nothing";
	assert_int_equal(got[0], '$');
	assert_int_equal(got[size - 3], '#');
	got[size - 3] = 0;
	return got + 1;
}

static void it_says_what_it_can(void **state)
{
	assert_non_null(strstr(ask("qSupported:swbreak+"), "qXfer:features:read+"));
	assert_string_equal(ask("vCont?"), "vCont;c;C;s;S");
	assert_string_equal(ask("?"), "T05thread:1;");
	assert_string_equal(ask("qAttached"), "1");
	assert_string_equal(ask("qUnheardOf"), "");
	assert_string_equal(ask("vMustReplyEmpty"), "");
	assert_string_equal(ask("X0,0:"), "");
	assert_string_equal(ask("!"), "");
}

static void acknowledgements_can_be_left_out(void **state)
{
	assert_string_equal(ask("QUnheardOf"), "");
	assert_string_equal(ask("QStartNoAckMode"), "OK");
	assert_string_equal(ask("qC"), "QC1");
	assert_int_equal(said[0], '$');
}

static void a_damaged_packet_is_sent_again(void **state)
{
	gdb_stub_take(&s, "$g#00", 5);
	assert_string_equal(said, "-");
}

static void documents_come_in_parts(void **state)
{
	char whole[4096] = "", question[64];
	const char *part;
	size_t at = 0;

	do {
		snprintf(question, sizeof(question), "qXfer:features:read:core.xml:%zx,200", at);
		part = ask(question);
		strcat(whole, part + 1);
		at = strlen(whole);
	} while (part[0] == 'm');
	assert_int_equal(part[0], 'l');
	assert_non_null(strstr(whole, "<reg name=\"x30\" bitsize=\"64\"/><reg name=\"sp\""));
	assert_non_null(strstr(whole, "<reg name=\"cpsr\" bitsize=\"32\"/></feature>"));
	part = ask("qXfer:features:read:target.xml:0,fff");
	assert_non_null(strstr(part, "<architecture>aarch64</architecture>"));
	assert_string_equal(ask("qXfer:features:read:core.xml:10000,10"), "l");
	assert_string_equal(ask("qXfer:features:read:core.xml:x"), "E01");
	assert_string_equal(ask("qXfer:features:read:core.xml"), "E01");
}

static void registers_are_read_and_written(void **state)
{
	registers[0][0] = 0x1122334455667788;
	registers[0][GDB_PC] = 0x40080000;
	registers[0][GDB_CPSR] = 0x3c5;
	assert_int_equal(strlen(ask("g")), 33 * 16 + 8);
	assert_memory_equal(ask("g"), "8877665544332211", 16);
	assert_string_equal(ask("p20"), "0000084000000000");
	assert_string_equal(ask("p21"), "c5030000");
	assert_string_equal(ask("p22"), "E01");
	assert_string_equal(ask("P1=0100000000000000"), "OK");
	assert_int_equal(registers[0][1], 1);
	assert_string_equal(ask("P1=01000000"), "E01");
	assert_string_equal(ask("P22=0100000000000000"), "E01");
	assert_string_equal(ask("G00"), "E01");
}

static void registers_are_those_of_the_chosen_thread(void **state)
{
	registers[1][2] = 5;
	assert_string_equal(ask("Hg2"), "OK");
	assert_string_equal(ask("p2"), "0500000000000000");
	assert_string_equal(ask("Hg0"), "OK");
	assert_string_equal(ask("p2"), "0000000000000000");
	assert_string_equal(ask("Hg3"), "E01");
	assert_string_equal(ask("T2"), "OK");
	assert_string_equal(ask("T3"), "E01");
	assert_string_equal(ask("qfThreadInfo"), "m1,2");
	assert_string_equal(ask("qsThreadInfo"), "l");
}

static void memory_is_read_and_written(void **state)
{
	assert_string_equal(ask("M1000,3:0a0b0c"), "OK");
	assert_string_equal(ask("m1000,4"), "0a0b0c00");
	/* As much as there is. */
	assert_string_equal(ask("m103e,4"), "0000");
	assert_string_equal(ask("m2000,4"), "E01");
	assert_string_equal(ask("M103e,4:01020304"), "E01");
	assert_string_equal(ask("M1000,3:0a0b"), "E01");
	assert_string_equal(ask("M1000,401:"), "E01");
	assert_string_equal(ask("m1000"), "E01");
	assert_string_equal(ask("m"), "E01");
	assert_string_equal(ask("M"), "E01");
}

static void points_are_set_and_cleared(void **state)
{
	assert_string_equal(ask("Z1,ffff800080010000,4"), "OK");
	assert_string_equal(last_point, "1 1 ffff800080010000 4");
	assert_string_equal(ask("z3,1000,8"), "OK");
	assert_string_equal(last_point, "0 3 1000 8");
	assert_string_equal(ask("Z0,0,4"), "E01");
	assert_string_equal(ask("Z5,1000,4"), "");
	assert_string_equal(ask("Z"), "");
}

static void it_goes_on_until_it_stops(void **state)
{
	static const uint64_t watched = 0xffff0000;

	assert_string_equal(ask("c"), "nothing");
	assert_int_equal(last_go, GDB_ALL);
	/* Nothing else is answered meanwhile. */
	assert_string_equal(ask("g"), "nothing");
	said[0] = 0;
	gdb_stub_stopped(&s, 1, GDB_SIGTRAP, NULL);
	assert_memory_equal(said, "$T05thread:2;#", 14);
	/* Once. */
	said[0] = 0;
	gdb_stub_stopped(&s, 0, GDB_SIGTRAP, NULL);
	assert_string_equal(said, "");
	assert_string_equal(ask("qC"), "QC2");
	ask("vCont;c");
	gdb_stub_stopped(&s, 0, GDB_SIGTRAP, &watched);
	assert_non_null(strstr(said, "$T05thread:1;watch:ffff0000;#"));
}

static void one_steps_alone(void **state)
{
	ask("vCont;s:2;c");
	assert_int_equal(last_go, 1);
	gdb_stub_stopped(&s, 1, GDB_SIGTRAP, NULL);
	ask("vCont;c:-1");
	assert_int_equal(last_go, GDB_ALL);
	gdb_stub_stopped(&s, 1, GDB_SIGTRAP, NULL);
	ask("vCont;s");
	assert_int_equal(last_go, 1);
	gdb_stub_stopped(&s, 0, GDB_SIGTRAP, NULL);
	ask("s");
	assert_int_equal(last_go, 0);
	gdb_stub_stopped(&s, 0, GDB_SIGTRAP, NULL);
	assert_string_equal(ask("vCont;s:7"), "E01");
}

static void an_interrupt_stops_what_runs(void **state)
{
	gdb_stub_take(&s, "\3", 1);
	assert_int_equal(interrupts, 0);
	ask("c");
	said[0] = 0;
	gdb_stub_take(&s, "\3", 1);
	assert_int_equal(interrupts, 1);
	assert_memory_equal(said, "$T02thread:2;#", 14);
}

static void it_leaves_or_ends_the_guest(void **state)
{
	assert_string_equal(ask("D"), "OK");
	assert_int_equal(detached, 1);
	set_up(NULL);
	ask("k");
	assert_int_equal(killed, 1);
	said[0] = 0;
	gdb_stub_ended(&s);
	assert_memory_equal(said, "$W00#", 5);
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_it_can),
		TEST(acknowledgements_can_be_left_out),
		TEST(a_damaged_packet_is_sent_again),
		TEST(documents_come_in_parts),
		TEST(registers_are_read_and_written),
		TEST(registers_are_those_of_the_chosen_thread),
		TEST(memory_is_read_and_written),
		TEST(points_are_set_and_cleared),
		TEST(it_goes_on_until_it_stops),
		TEST(one_steps_alone),
		TEST(an_interrupt_stops_what_runs),
		TEST(it_leaves_or_ends_the_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
