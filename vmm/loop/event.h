/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors that become readable when something happens: events, which any thread signals, and
 * timers. The main loop waits for them like for any other descriptor.
 */
#ifndef VMM_LOOP_EVENT_H
#define VMM_LOOP_EVENT_H

#include <stdbool.h>

/* A new event, not signalled, or a new timer, not started; an error has a text. */
int event_create(void);
int event_create_timer(void);

/* Makes an event readable. Any thread. */
void event_signal(int fd);

/* Makes a timer readable once, this many milliseconds from now. Any thread. */
void event_start_timer(int fd, unsigned int ms);

/* Makes an event or timer unreadable again. True if it was readable. */
bool event_take(int fd);

/* Closes a descriptor that may be -1, and leaves -1 behind. */
/* Takes the event although another process, which has it, too, may have made it one that blocks. */
bool event_take_shared(int fd);

void event_close(int *fd);

#endif
