/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The terminal's mode. Raw while a guest has it, put back at every way the process can end but
 * SIGKILL. One terminal per process; main thread only, but for the handlers of fatal signals.
 */
#ifndef VMM_CMD_TERMINAL_H
#define VMM_CMD_TERMINAL_H

#include <stdbool.h>

/* Makes fd raw if it is a terminal; otherwise, or for -1, does nothing. */
void terminal_raw(int fd);

/*
 * Makes the terminal raw once more if it was made raw and not restored: a shell that sees the
 * process stop (SIGSTOP cannot be caught) takes its own mode back. What terminal_restore() puts
 * back stays what it was before terminal_raw(), not what the shell has made of it.
 */
void terminal_again(void);

/*
 * Puts the mode back, unless another process group has the terminal by now: its mode is theirs.
 * May be called at any time and more than once.
 */
void terminal_restore(void);

/* True between terminal_raw() of a terminal and terminal_restore(). */
bool terminal_is_raw(void);

#endif
