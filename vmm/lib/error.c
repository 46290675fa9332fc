/* SPDX-License-Identifier: BSD-3-Clause */
/* The one error text of the process, see error.h. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "vmm/lib/error.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char text[512];

int error_set(int err, const char *format, ...)
{
	va_list args;

	pthread_mutex_lock(&lock);
	if (!text[0]) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
	}
	pthread_mutex_unlock(&lock);
	return err;
}

void error_advise(const char *advice, bool raw_terminal)
{
	fprintf(stderr, "realm: %s%s\n", advice, raw_terminal ? "\r" : "");
}

const char *error_text(void)
{
	return text;
}

void error_clear(void)
{
	text[0] = '\0';
}
