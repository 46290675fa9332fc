/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/signals.c: which signals `realm` takes over, and which keep what their sender expects. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/signals.h"

static int fd;

static void set_all(void (*handler)(int))
{
	int signal_number;

	for (signal_number = 1; signal_number <= SIGRTMAX; signal_number++)
		signal(signal_number, handler);
}

/* As a process starts: every disposition its default, nothing blocked. */
static int reset(void **state)
{
	sigset_t none;

	error_clear();
	set_all(SIG_DFL);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	return 0;
}

static int close_fd(void **state)
{
	return close(fd);
}

static void take(void)
{
	fd = signals_take();
	assert_no_error(fd);
	assert_int_equal(signals_next(fd), 0);
}

static void whatever_ends_a_process_by_default_arrives(void **state)
{
	static const int ending[] = {SIGHUP,  SIGINT,	 SIGQUIT, SIGTERM, SIGALRM, SIGUSR2,
				     SIGPROF, SIGVTALRM, SIGXCPU, SIGIO,   SIGPWR,  SIGSTKFLT};
	size_t i;

	take();
	for (i = 0; i < ARRAY_SIZE(ending); i++) {
		raise(ending[i]);
		assert_int_equal(signals_next(fd), ending[i]);
	}
	raise(SIGRTMIN);
	assert_int_equal(signals_next(fd), SIGRTMIN);
	raise(SIGRTMAX);
	assert_int_equal(signals_next(fd), SIGRTMAX);
}

static void stopping_and_continuing_arrive(void **state)
{
	take();
	raise(SIGTSTP);
	assert_int_equal(signals_next(fd), SIGTSTP);
	raise(SIGCONT);
	assert_int_equal(signals_next(fd), SIGCONT);
}

static void what_the_starter_ignores_stays_ignored(void **state)
{
	static const int ignorable[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGALRM};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ignorable); i++)
		signal(ignorable[i], SIG_IGN);
	take();
	for (i = 0; i < ARRAY_SIZE(ignorable); i++) {
		raise(ignorable[i]);
		assert_int_equal(signals_next(fd), 0);
	}
	raise(SIGUSR2);
	assert_int_equal(signals_next(fd), SIGUSR2);
}

/* It continues the process whatever is set for it: the terminal has to become raw again. */
static void to_be_continued_cannot_be_ignored(void **state)
{
	set_all(SIG_IGN);
	take();
	raise(SIGCONT);
	assert_int_equal(signals_next(fd), SIGCONT);
}

static void writes_fail_instead_of_ending_the_process(void **state)
{
	int ends[2];

	take();
	raise(SIGXFSZ);
	assert_int_equal(signals_next(fd), 0);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	close(ends[1]);
	assert_int_equal(signals_next(fd), 0);
}

/* The kernel takes the default action only if somebody in the session could continue the child. */
static void stopping_is_seen_by_the_parent_as_sigtstp(void **state)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		setpgid(0, 0);
		if (signals_take() < 0)
			_exit(9);
		signals_stop();
		_exit(7);
	}
	alarm(60);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(WSTOPSIG(status), SIGTSTP);
	kill(child, SIGCONT);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	alarm(0);
	fd = dup(0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, reset, close_fd)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whatever_ends_a_process_by_default_arrives),
		TEST(stopping_and_continuing_arrive),
		TEST(what_the_starter_ignores_stays_ignored),
		TEST(to_be_continued_cannot_be_ignored),
		TEST(writes_fail_instead_of_ending_the_process),
		TEST(stopping_is_seen_by_the_parent_as_sigtstp),
	};

	return cmocka_run_group_tests_name("vmm/cmd/signals", tests, NULL, NULL);
}
