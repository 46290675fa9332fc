/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The terminal's mode. Raw while a guest has it, put back at every way the process can end but
 * SIGKILL. One terminal per process; main thread only, but for the handlers of fatal signals.
 */
#ifndef VMM_TERMINAL_H
#define VMM_TERMINAL_H

/* Makes fd raw if it is a terminal; otherwise, or for -1, does nothing. */
void terminal_raw(int fd);

/* Puts the mode back; may be called at any time and more than once. */
void terminal_restore(void);

#endif
