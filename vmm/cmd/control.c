/* SPDX-License-Identifier: BSD-3-Clause */
/* list, stop and stats, see control.h. They wait for a VM's answer, but never for ever. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/cmd/control.h"
#include "vmm/cmd/status.h"
#include "vmm/ctl/client.h"
#include "vmm/ctl/name.h"
#include "vmm/lib/error.h"

#define ANSWER_MS      5000
#define LIST_ANSWER_MS 1000
#define KILL_MS	       10000
#define STOP_SECONDS   60 /* default of --timeout */
#define SECONDS_MAX    86400

struct words {
	const char *name;
	bool json, force;
	unsigned int seconds;
};

static int parse_seconds(const char *text, unsigned int *seconds)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value > SECONDS_MAX)
		return error_set(-EINVAL, "--timeout %s: not a number of seconds up to %d", text,
				 SECONDS_MAX);
	*seconds = (unsigned int)value;
	return 0;
}

/* One word, or two. Returns how many, or an error. `allowed` is the options, each with a blank. */
static int parse_word(struct words *w, int count, char **words, const char *allowed)
{
	const char *word = words[0];
	size_t size = strcspn(word, "=");
	char option[16];

	if (word[0] != '-') {
		if (w->name)
			return error_set(-EINVAL, "%s: there is a name already, %s", word, w->name);
		w->name = word;
		return 1;
	}
	snprintf(option, sizeof(option), "%.*s ", (int)size, word);
	if (!strstr(allowed, option))
		return error_set(-EINVAL, "%s: no such option (see `realm help`)", word);
	w->json |= strcmp(word, "--json") == 0;
	w->force |= strcmp(word, "--force") == 0;
	if (strcmp(option, "--timeout ") != 0)
		return 1;
	if (word[size] == '=')
		return parse_seconds(word + size + 1, &w->seconds) < 0 ? -EINVAL : 1;
	if (count < 2)
		return error_set(-EINVAL, "--timeout needs a value (see `realm help`)");
	return parse_seconds(words[1], &w->seconds) < 0 ? -EINVAL : 2;
}

static int parse(struct words *w, int count, char **words, const char *allowed, bool has_name)
{
	int i = 0, ret = 0;

	*w = (struct words){.seconds = STOP_SECONDS};
	while (i < count && ret >= 0) {
		ret = parse_word(w, count - i, words + i, allowed);
		i += ret;
	}
	if (ret >= 0 && has_name && !w->name)
		return error_set(-EINVAL, "the name of a VM is missing (see `realm list`)");
	if (ret >= 0 && !has_name && w->name)
		return error_set(-EINVAL, "%s: there is no name here", w->name);
	return ret < 0 ? ret : 0;
}

/* The answer of a VM to one question; NULL without, with an error text. */
static json_t *ask(const char *name, const char *command, int timeout_ms)
{
	int fd = client_connect(name, timeout_ms), ret;
	json_t *answer;

	if (fd < 0)
		return NULL;
	answer = client_ask(fd, command, timeout_ms, &ret);
	close(fd);
	if (ret < 0) {
		json_decref(answer);
		return NULL;
	}
	return answer;
}

static int print_json(json_t *answer)
{
	if (!answer)
		return STATUS_NOT_STARTED;
	json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(answer);
	return STATUS_OK;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "-";
}

static long long number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* A VM that does not answer in time is starting, or stopped by a signal. */
static void list_one(void *arg, const char *name)
{
	json_t *list = arg, *answer = ask(name, "status", LIST_ANSWER_MS);

	error_clear();
	if (!json_is_object(answer)) {
		json_decref(answer);
		answer = json_object();
	}
	/* By which it can be stopped, whatever it calls itself. */
	json_object_set_new(answer, "name", json_string(name));
	json_array_append_new(list, answer);
}

static void print_list(const json_t *list)
{
	const json_t *vm;
	size_t i;

	printf("%-20s %8s %-7s %9s %5s %10s %8s\n", "NAME", "PID", "TYPE", "MEMORY", "CPUS",
	       "SECONDS", "RESTARTS");
	json_array_foreach(list, i, vm)
	{
		if (!json_object_get(vm, "pid")) {
			printf("%-20s does not answer: it is starting, or stopped\n",
			       text_of(vm, "name"));
			continue;
		}
		printf("%-20s %8lld %-7s %8lldM %5lld %10lld %8lld\n", text_of(vm, "name"),
		       number_of(vm, "pid"), text_of(vm, "type"), number_of(vm, "memory") >> 20,
		       number_of(vm, "cpus"), number_of(vm, "uptime-ms") / 1000,
		       number_of(vm, "restarts"));
	}
}

int control_list(int count, char **words)
{
	struct words w;
	struct name_dir d;
	json_t *list;
	int ret;

	if (parse(&w, count, words, "--json ", false) < 0)
		return STATUS_USAGE;
	ret = name_open_dir(&d, false);
	if (ret < 0 && ret != -ENOENT)
		return STATUS_NOT_STARTED;
	list = json_array();
	if (ret == 0) {
		name_list(&d, list_one, list);
		close(d.fd);
	}
	if (w.json)
		return print_json(list);
	print_list(list);
	json_decref(list);
	return STATUS_OK;
}

static void print_stats(const json_t *answer)
{
	static const char *const names[] = {"uptime-ms", "restarts", "user-ms", "system-ms",
					    "resident-max-kib"};
	const json_t *list = json_object_get(answer, "vcpus"), *vcpu;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		printf("%-18s %lld\n", names[i], number_of(answer, names[i]));
	printf("%-6s %10s %12s %12s %12s\n", "VCPU", "CPU-MS", "MMIO", "MEMORY", "OTHER");
	json_array_foreach(list, i, vcpu)
	{
		const json_t *exits = json_object_get(vcpu, "exits");

		printf("%-6zu %10lld %12lld %12lld %12lld\n", i, number_of(vcpu, "cpu-ms"),
		       number_of(exits, "mmio"), number_of(exits, "memory"),
		       number_of(exits, "other"));
	}
}

int control_stats(int count, char **words)
{
	struct words w;
	json_t *answer;

	if (parse(&w, count, words, "--json ", true) < 0)
		return STATUS_USAGE;
	answer = ask(w.name, "stats", ANSWER_MS);
	if (!answer || w.json)
		return print_json(answer);
	print_stats(answer);
	json_decref(answer);
	return STATUS_OK;
}

/* The VM's own end of it first; a process that does not even answer is killed. */
static int force(int fd, const char *name)
{
	pid_t pid = client_peer(fd);
	int ret;

	json_decref(client_ask(fd, "kill", ANSWER_MS, &ret));
	if (client_wait_end(fd, KILL_MS) == 0) {
		error_clear();
		return STATUS_OK;
	}
	error_clear();
	if (pid > 0)
		kill(pid, SIGKILL);
	if (client_wait_end(fd, KILL_MS) == 0)
		return STATUS_OK;
	error_set(-ETIMEDOUT, "%s: process %d does not end", name, (int)pid);
	return STATUS_DEADLINE;
}

static int stop(int fd, const struct words *w)
{
	int ret;

	if (w->force)
		return force(fd, w->name);
	json_decref(client_ask(fd, "stop", ANSWER_MS, &ret));
	if (ret < 0)
		return STATUS_NOT_STARTED;
	if (client_wait_end(fd, (int)w->seconds * 1000) == 0)
		return STATUS_OK;
	error_set(-ETIMEDOUT,
		  "%s: its power key was pressed, and after %u s it still runs: `realm stop "
		  "--force %s` ends it at once",
		  w->name, w->seconds, w->name);
	return STATUS_DEADLINE;
}

int control_stop(int count, char **words)
{
	struct words w;
	int fd, status;

	if (parse(&w, count, words, "--force --timeout ", true) < 0)
		return STATUS_USAGE;
	fd = client_connect(w.name, ANSWER_MS);
	if (fd < 0)
		return STATUS_NOT_STARTED;
	status = stop(fd, &w);
	close(fd);
	return status;
}
