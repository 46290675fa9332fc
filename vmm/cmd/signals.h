/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The signals by which others end, stop or continue the process. They arrive as bytes of a
 * descriptor, so that the main loop handles them one at a time. Main thread only.
 */
#ifndef VMM_CMD_SIGNALS_H
#define VMM_CMD_SIGNALS_H

/*
 * Takes the signals over from their default actions. A signal that the starter
 * ignores (nohup does that to SIGHUP, a shell to SIGINT of a script's background jobs) stays
 * ignored. Call it before any thread is started: threads inherit that these signals are blocked.
 * Returns a descriptor, or an error with a text.
 */
int signals_take(void);

/* The next signal that has arrived at the descriptor; 0 if there is none. */
int signals_next(int fd);

/*
 * Stops the process as SIGTSTP does by default; returns when it is continued. The kernel does not
 * stop a process that nobody could continue (one of an orphaned process group).
 */
void signals_stop(void);

#endif
