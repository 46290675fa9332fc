/* SPDX-License-Identifier: BSD-3-Clause */
/* See stub.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#include "vmm/gdb/stub.h"

#define CHUNK	   1024 /* of memory in a packet */
#define ERROR	   "E01"
#define CPSR_BYTES 4

static const char target[] = "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
			     "<target><architecture>aarch64</architecture>"
			     "<xi:include href=\"core.xml\"/></target>";

static unsigned int register_bytes(unsigned int number)
{
	return number == GDB_CPSR ? CPSR_BYTES : sizeof(uint64_t);
}

/* ---- Answers ---- */

static void send_out(struct gdb_stub *s)
{
	gdb_out_end(&s->out);
	s->ops->send(s->owner, s->out.text, s->out.size);
}

static void answer(struct gdb_stub *s, const char *text)
{
	gdb_out_begin(&s->out);
	gdb_out_text(&s->out, text);
	send_out(s);
}

static void answer_whether(struct gdb_stub *s, bool ok)
{
	answer(s, ok ? "OK" : ERROR);
}

/* gdb counts threads from 1. */
static void answer_stop(struct gdb_stub *s, int signal, const uint64_t *watched)
{
	char text[64];
	int size = snprintf(text, sizeof(text), "T%02xthread:%x;", (unsigned int)signal,
			    s->stopped + 1);

	if (watched)
		snprintf(text + size, sizeof(text) - (size_t)size, "watch:%llx;",
			 (unsigned long long)*watched);
	answer(s, text);
}

/* ---- Registers ---- */

static void read_registers(struct gdb_stub *s, unsigned int first, unsigned int count)
{
	unsigned int i;

	gdb_out_begin(&s->out);
	for (i = first; i < first + count; i++) {
		uint64_t value = 0;

		if (!s->ops->read_register(s->owner, s->cpu, i, &value)) {
			answer(s, ERROR);
			return;
		}
		gdb_out_bytes(&s->out, &value, register_bytes(i));
	}
	send_out(s);
}

static bool write_registers(struct gdb_stub *s, unsigned int first, unsigned int count,
			    const char *text)
{
	unsigned int i;

	for (i = first; i < first + count; i++) {
		uint64_t value = 0;

		if (!gdb_take_bytes(&text, &value, register_bytes(i)) ||
		    !s->ops->write_register(s->owner, s->cpu, i, value))
			return false;
	}
	return *text == 0;
}

static void read_one(struct gdb_stub *s, const char *text)
{
	uint64_t number;

	if (!gdb_take_number(&text, &number) || number >= GDB_REGS)
		answer(s, ERROR);
	else
		read_registers(s, (unsigned int)number, 1);
}

static void write_one(struct gdb_stub *s, const char *text)
{
	uint64_t number;
	bool ok = gdb_take_number(&text, &number) && number < GDB_REGS && *text == '=';

	answer_whether(s, ok && write_registers(s, (unsigned int)number, 1, text + 1));
}

/* ---- Memory ---- */

/* "ADDRESS,SIZE" and what follows. */
static bool take_range(const char **text, uint64_t *at, uint64_t *size)
{
	if (!gdb_take_number(text, at) || **text != ',')
		return false;
	(*text)++;
	return gdb_take_number(text, size);
}

static void read_memory(struct gdb_stub *s, const char *text)
{
	uint8_t bytes[CHUNK];
	uint64_t at, size;
	size_t done;

	if (!take_range(&text, &at, &size)) {
		answer(s, ERROR);
		return;
	}
	done = s->ops->read_memory(s->owner, s->cpu, at, bytes, size < CHUNK ? size : CHUNK);
	if (!done && size) {
		answer(s, ERROR);
		return;
	}
	gdb_out_begin(&s->out);
	gdb_out_bytes(&s->out, bytes, done);
	send_out(s);
}

static void write_memory(struct gdb_stub *s, const char *text)
{
	uint8_t bytes[CHUNK];
	uint64_t at, size;
	bool ok = take_range(&text, &at, &size) && size <= CHUNK && *text == ':';

	text++;
	ok = ok && gdb_take_bytes(&text, bytes, size);
	answer_whether(s, ok && s->ops->write_memory(s->owner, s->cpu, at, bytes, size) == size);
}

/* ---- Points and motion ---- */

/* "KIND,ADDRESS,SIZE". What is behind is a condition, which was not offered. */
static void set_point(struct gdb_stub *s, const char *text, bool on)
{
	unsigned int kind = (unsigned int)(text[0] - '0');
	uint64_t at, size;

	if (kind > GDB_WATCH_ANY || text[1] != ',') {
		answer(s, "");
		return;
	}
	text += 2;
	answer_whether(s, take_range(&text, &at, &size) &&
				  s->ops->set_point(s->owner, (enum gdb_point)kind, at, size, on));
}

static void go(struct gdb_stub *s, int step)
{
	s->running = true;
	s->ops->go(s->owner, step);
}

/* A thread's number; "0" and "-1" are any, for which the one that stopped last stands. */
static bool take_thread(struct gdb_stub *s, const char *text, unsigned int *cpu)
{
	uint64_t number;

	*cpu = s->stopped;
	if (!strncmp(text, "-1", 2))
		return true;
	if (!gdb_take_number(&text, &number) || number > s->cpus)
		return false;
	if (number)
		*cpu = (unsigned int)number - 1;
	return true;
}

/* Of the actions ";ACTION:THREAD" the first tells: with a step in front the others stay stopped. */
static void go_by_list(struct gdb_stub *s, const char *text)
{
	bool is_step = text[0] == ';' && (text[1] == 's' || text[1] == 'S');
	const char *colon = strchr(text, ':'), *next = text[0] ? strchr(text + 1, ';') : NULL;
	unsigned int cpu = s->stopped;

	if (colon && (!next || colon < next) && !take_thread(s, colon + 1, &cpu))
		answer(s, ERROR);
	else
		go(s, is_step ? (int)cpu : GDB_ALL);
}

static void set_thread(struct gdb_stub *s, const char *text)
{
	unsigned int cpu;
	bool ok = text[0] && take_thread(s, text + 1, &cpu);

	if (ok)
		s->cpu = cpu;
	answer_whether(s, ok);
}

/* ---- Questions ---- */

static void list_threads(struct gdb_stub *s)
{
	unsigned int i;

	gdb_out_begin(&s->out);
	for (i = 0; i < s->cpus; i++) {
		gdb_out_text(&s->out, i ? "," : "m");
		gdb_out_number(&s->out, i + 1);
	}
	send_out(s);
}

static void say_thread(struct gdb_stub *s)
{
	gdb_out_begin(&s->out);
	gdb_out_text(&s->out, "QC");
	gdb_out_number(&s->out, s->stopped + 1);
	send_out(s);
}

/* The core's registers, so that gdb asks for no others. */
static size_t write_core(char *text, size_t room)
{
	int size = snprintf(text, room,
			    "<?xml version=\"1.0\"?><!DOCTYPE feature SYSTEM \"gdb-target.dtd\">"
			    "<feature name=\"org.gnu.gdb.aarch64.core\">");
	unsigned int i;

	for (i = 0; i < GDB_SP; i++)
		size += snprintf(text + size, room - (size_t)size,
				 "<reg name=\"x%u\" bitsize=\"64\"/>", i);
	size += snprintf(text + size, room - (size_t)size,
			 "<reg name=\"sp\" bitsize=\"64\" type=\"data_ptr\"/>"
			 "<reg name=\"pc\" bitsize=\"64\" type=\"code_ptr\"/>"
			 "<reg name=\"cpsr\" bitsize=\"32\"/></feature>");
	return (size_t)size;
}

/* "NAME:OFFSET,SIZE". The documents have no character that would have to be escaped. */
static void read_document(struct gdb_stub *s, const char *text)
{
	char core[GDB_TEXT_MAX], part[CHUNK + 2];
	bool is_core = !strncmp(text, "core.xml:", 9);
	const char *document = is_core ? core : target;
	uint64_t at, size, whole = is_core ? write_core(core, sizeof(core)) : strlen(target);

	text = strchr(text, ':');
	if (text)
		text++;
	if (!text || !take_range(&text, &at, &size)) {
		answer(s, ERROR);
		return;
	}
	at = at < whole ? at : whole;
	size = size < CHUNK ? size : CHUNK;
	size = size < whole - at ? size : whole - at;
	part[0] = at + size < whole ? 'm' : 'l';
	memcpy(part + 1, document + at, size);
	part[1 + size] = 0;
	answer(s, part);
}

static bool skip(const char **text, const char *word)
{
	size_t size = strlen(word);

	if (strncmp(*text, word, size))
		return false;
	*text += size;
	return true;
}

static void query(struct gdb_stub *s, const char *text)
{
	if (skip(&text, "Supported"))
		answer(s, "PacketSize=1000;qXfer:features:read+;QStartNoAckMode+;vContSupported+");
	else if (skip(&text, "Xfer:features:read:"))
		read_document(s, text);
	else if (skip(&text, "fThreadInfo"))
		list_threads(s);
	else if (skip(&text, "sThreadInfo"))
		answer(s, "l");
	else if (skip(&text, "Attached"))
		answer(s, "1");
	else if (!strcmp(text, "C"))
		say_thread(s);
	else
		answer(s, "");
}

static void start_without_acks(struct gdb_stub *s, const char *text)
{
	s->no_acks = !strcmp(text, "StartNoAckMode");
	answer(s, s->no_acks ? "OK" : "");
}

static void go_by_v(struct gdb_stub *s, const char *text)
{
	if (!strcmp(text, "Cont?"))
		answer(s, "vCont;c;C;s;S");
	else if (skip(&text, "Cont"))
		go_by_list(s, text);
	else
		answer(s, "");
}

static void detach(struct gdb_stub *s)
{
	answer(s, "OK");
	s->running = true;
	s->ops->detach(s->owner);
}

static bool is_thread(struct gdb_stub *s, const char *text)
{
	unsigned int cpu;

	return take_thread(s, text, &cpu);
}

static void handle(struct gdb_stub *s, const char *text)
{
	const char *rest = text + 1;

	switch (text[0]) {
	case '?':
		answer_stop(s, GDB_SIGTRAP, NULL);
		break;
	case 'g':
		read_registers(s, 0, GDB_REGS);
		break;
	case 'G':
		answer_whether(s, write_registers(s, 0, GDB_REGS, rest));
		break;
	case 'p':
		read_one(s, rest);
		break;
	case 'P':
		write_one(s, rest);
		break;
	case 'm':
		read_memory(s, rest);
		break;
	case 'M':
		write_memory(s, rest);
		break;
	case 'Z':
	case 'z':
		set_point(s, rest, text[0] == 'Z');
		break;
	case 'c':
		go(s, GDB_ALL);
		break;
	case 's':
		go(s, (int)s->cpu);
		break;
	case 'v':
		go_by_v(s, rest);
		break;
	case 'H':
		set_thread(s, rest);
		break;
	case 'T':
		answer_whether(s, is_thread(s, rest));
		break;
	case 'q':
		query(s, rest);
		break;
	case 'Q':
		start_without_acks(s, rest);
		break;
	case 'D':
		detach(s);
		break;
	case 'k':
		s->ops->kill(s->owner);
		break;
	default:
		answer(s, "");
	}
}

void gdb_stub_begin(struct gdb_stub *s, const struct gdb_ops *ops, void *owner, unsigned int cpus)
{
	*s = (struct gdb_stub){.ops = ops, .owner = owner, .cpus = cpus};
}

static void acknowledge(struct gdb_stub *s, const char *sign)
{
	if (!s->no_acks)
		s->ops->send(s->owner, sign, 1);
}

/* A guest that runs has one answer, its stop: whatever gdb asks before is not looked at. */
void gdb_stub_take(struct gdb_stub *s, const char *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		enum gdb_event event = gdb_in_take(&s->in, bytes[i]);

		if (event == GDB_INTERRUPT && s->running)
			s->ops->interrupt(s->owner);
		if (event == GDB_DAMAGED)
			acknowledge(s, "-");
		if (event != GDB_PACKET)
			continue;
		acknowledge(s, "+");
		if (!s->running)
			handle(s, s->in.text);
	}
}

void gdb_stub_stopped(struct gdb_stub *s, unsigned int cpu, int signal, const uint64_t *watched)
{
	if (!s->running)
		return;
	s->running = false;
	s->cpu = s->stopped = cpu;
	answer_stop(s, signal, watched);
}

void gdb_stub_ended(struct gdb_stub *s)
{
	answer(s, "W00");
}
