/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/terminal.c: the terminal's mode through stops, continues and ends. */
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/terminal.h"

static int master, terminal;

static int open_terminal(void **state)
{
	return openpty(&master, &terminal, NULL, NULL, NULL);
}

static int close_terminal(void **state)
{
	terminal_restore();
	return close(master) | close(terminal);
}

static struct termios mode(void)
{
	struct termios t;

	assert_int_equal(tcgetattr(terminal, &t), 0);
	return t;
}

static bool is_raw(void)
{
	return !(mode().c_lflag & (ICANON | ECHO | ISIG));
}

/* What a shell does when the process it waits for has stopped. */
static void shell_takes_its_mode_back(void)
{
	struct termios t = mode();

	t.c_lflag |= ICANON | ECHO | ISIG;
	tcsetattr(terminal, TCSANOW, &t);
}

static void raw_and_back(void **state)
{
	struct termios before = mode();

	before.c_lflag &= ~(tcflag_t)ECHOK;
	tcsetattr(terminal, TCSANOW, &before);
	terminal_raw(terminal);
	assert_true(is_raw());
	assert_true(terminal_is_raw());
	terminal_restore();
	assert_false(terminal_is_raw());
	assert_int_equal(mode().c_lflag, before.c_lflag);
	assert_int_equal(mode().c_iflag, before.c_iflag);
}

static void continued_it_is_raw_again(void **state)
{
	terminal_raw(terminal);
	shell_takes_its_mode_back();
	assert_false(is_raw());
	terminal_again();
	assert_true(is_raw());
}

/* SIGSTOP and SIGCONT from elsewhere: nobody has touched the mode, which then is the raw one. */
static void continuing_does_not_take_raw_for_the_mode_to_restore(void **state)
{
	terminal_raw(terminal);
	terminal_again();
	terminal_restore();
	assert_false(is_raw());
}

static void a_terminal_that_was_not_made_raw_is_left_alone(void **state)
{
	terminal_again();
	assert_false(is_raw());
	terminal_raw(-1);
	terminal_again();
	assert_false(is_raw());
}

/*
 * The test plays a shell whose job was stopped: the session's leader makes the job's group the
 * foreground group and takes that back. A job in the background that restored the mode would be
 * stopped again at its end.
 */
static int job(int go)
{
	char byte;

	setpgid(0, 0);
	(void)!read(go, &byte, 1);
	terminal_raw(terminal);
	kill(getpid(), SIGSTOP);
	terminal_restore();
	return terminal_is_raw() ? 8 : 7;
}

static int shell(void)
{
	int go[2], status;
	pid_t child;

	signal(SIGTTOU, SIG_IGN);
	setsid();
	ioctl(terminal, TIOCSCTTY, 0);
	(void)!pipe(go);
	child = fork();
	if (child == 0) {
		signal(SIGTTOU, SIG_DFL);
		exit(job(go[0]));
	}
	setpgid(child, child);
	tcsetpgrp(terminal, child);
	(void)!write(go[1], "", 1);
	waitpid(child, &status, WUNTRACED);
	tcsetpgrp(terminal, getpgrp());
	kill(child, SIGCONT);
	waitpid(child, &status, WUNTRACED);
	kill(child, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void ending_in_the_background_does_not_stop(void **state)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(shell());
	alarm(60);
	assert_int_equal(waitpid(child, &status, 0), child);
	alarm(0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_terminal, close_terminal)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(raw_and_back),
		TEST(continued_it_is_raw_again),
		TEST(continuing_does_not_take_raw_for_the_mode_to_restore),
		TEST(a_terminal_that_was_not_made_raw_is_left_alone),
		TEST(ending_in_the_background_does_not_stop),
	};

	return cmocka_run_group_tests_name("vmm/cmd/terminal", tests, NULL, NULL);
}
