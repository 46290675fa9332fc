/* SPDX-License-Identifier: BSD-3-Clause */
/* See shortage.h; the files are those of Linux Documentation/admin-guide/cgroup-v2.rst. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/vm/shortage.h"

#define LINE_START "0::" /* of the cgroup v2 in the list */
#define NAME_SIZE  512

/* The path in the list. False without one, or if it is too long. */
static bool read_path(struct shortage *s, const char *list)
{
	char line[NAME_SIZE];
	FILE *f = fopen(list, "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strncmp(line, LINE_START, strlen(LINE_START)) == 0;
	if (f)
		fclose(f);
	if (!found)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return line[strlen(LINE_START)] == '/' &&
	       (size_t)snprintf(s->path, sizeof(s->path), "%s", line + strlen(LINE_START)) <
		       sizeof(s->path);
}

/* How often the cgroup's own limit was met. */
static unsigned long long read_met(int events)
{
	char text[NAME_SIZE];
	ssize_t size = pread(events, text, sizeof(text) - 1, 0);
	const char *at;

	text[size > 0 ? size : 0] = '\0';
	at = strstr(text, "\nmax ");
	return at ? strtoull(at + strlen("\nmax "), NULL, 10) : 0;
}

/* The root of all cgroups has no limit, and no such file. */
static void add(struct shortage *s, const char *mount, size_t path_size)
{
	char name[NAME_SIZE];
	int fd;

	snprintf(name, sizeof(name), "%s%.*s/memory.events.local", mount, (int)path_size, s->path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	s->levels[s->count].events = fd;
	s->levels[s->count].met = read_met(fd);
	s->levels[s->count++].path_size = path_size;
}

void shortage_open(struct shortage *s, const char *list, const char *mount)
{
	size_t size;

	*s = (struct shortage){0};
	if (!read_path(s, list))
		return;
	size = strlen(s->path);
	if (size == 1)
		size = 0;
	for (;;) {
		add(s, mount, size);
		if (size == 0 || s->count == SHORTAGE_LEVELS)
			return;
		while (s->path[--size] != '/')
			;
	}
}

void shortage_close(struct shortage *s)
{
	while (s->count)
		close(s->levels[--s->count].events);
}

const char *shortage_strerror(const struct shortage *s, int err, char text[SHORTAGE_TEXT])
{
	size_t i;

	if (err != -ENOMEM)
		return strerror(-err);
	for (i = 0; i < s->count; i++) {
		size_t size = s->levels[i].path_size;

		if (read_met(s->levels[i].events) == s->levels[i].met)
			continue;
		snprintf(text, SHORTAGE_TEXT,
			 "the memory cgroup %.*s is at its limit: raise it (memory.max, MemoryMax= "
			 "of "
			 "systemd), or give the guest less memory",
			 size ? (int)size : 1, s->path);
		return text;
	}
	return "the host is out of memory";
}
