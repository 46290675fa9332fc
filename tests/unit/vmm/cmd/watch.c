/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/cmd/watch.c with the UART and its console: what users and shells do to a running `realm`.
 */
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/watch.h"
#include "vmm/dev/console.h"
#include "vmm/dev/device.h"
#include "vmm/loop/event.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/vm.h"

#define PATIENCE   60  /* seconds */
#define NOT_SIGNAL 100 /* status of a loop that ended without a signal, plus the reason */

static int master, terminal;
static pid_t child;

bool vm_end(struct vm *v, enum vm_end why)
{
	atomic_store(&v->end, why);
	event_signal(v->end_event);
	return true;
}

/* All that a guest has, but for the guest. */
static struct vm vm;
static struct loop loop;
static struct console console;
static void *uart;
static struct watch watch;

static int open_all(void)
{
	const struct device_context context = {.vm = &vm, .loop = &loop, .console = &console};

	vm = (struct vm){.end_event = event_create()};
	return loop_init(&loop) || console_open(&console, &vm, &loop, NULL) ||
	       uart_device.open(&uart_device, &context, &uart);
}

static int run_watched(unsigned int silence_ms)
{
	int signal_number;

	if (open_all() || watch_begin(&watch, &vm, &loop, &console, "ask", silence_ms))
		return 1;
	signal_number = watch_run(&watch);
	watch_end(&watch);
	return signal_number ? signal_number : NOT_SIGNAL + vm_ended(&vm);
}

static bool is_raw(void)
{
	struct termios t;

	assert_int_equal(tcgetattr(terminal, &t), 0);
	return !(t.c_lflag & ICANON);
}

static void wait_until_raw(void)
{
	struct timespec now, start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec > PATIENCE)
			fail_msg("the terminal is not raw");
		sched_yield();
	} while (!is_raw());
}

/* A shell starts its background jobs with SIGINT and SIGQUIT ignored, nohup with SIGHUP. */
static void ignore_only(int ignored)
{
	static const int of_starters[] = {SIGHUP, SIGINT, SIGQUIT, SIGTSTP};

	for (size_t i = 0; i < ARRAY_SIZE(of_starters); i++)
		signal(of_starters[i], SIG_DFL);
	if (ignored)
		signal(ignored, SIG_IGN);
}

/* Starts it as a job of its own, with one signal ignored (0: none), and waits until it runs. */
static void start(int ignored)
{
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setpgid(0, 0);
		ignore_only(ignored);
		dup2(terminal, STDIN_FILENO);
		dup2(terminal, STDOUT_FILENO);
		_exit(run_watched(60000));
	}
	wait_until_raw();
}

static int wait_for_change(void)
{
	int status;

	alarm(PATIENCE);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	alarm(0);
	return status;
}

static void assert_ends(int status)
{
	int got = wait_for_change();

	child = -1;
	assert_true(WIFEXITED(got));
	assert_int_equal(WEXITSTATUS(got), status);
	assert_false(is_raw());
	close(master);
	close(terminal);
}

static void assert_stops(int signal_number)
{
	int status;

	kill(child, signal_number);
	status = wait_for_change();
	assert_true(WIFSTOPPED(status));
}

/* What a test that failed has left. */
static int kill_child(void **state)
{
	if (child > 0)
		kill(child, SIGKILL);
	return 0;
}

static void a_signal_ends_it(void **state)
{
	start(0);
	kill(child, SIGTERM);
	assert_ends(SIGTERM);
	start(0);
	kill(child, SIGALRM);
	assert_ends(SIGALRM);
}

static void a_signal_that_the_starter_ignores_does_not(void **state)
{
	start(SIGHUP);
	kill(child, SIGHUP);
	kill(child, SIGTERM);
	assert_ends(SIGTERM);
}

static void ctrl_z_gives_the_terminal_back_until_it_goes_on(void **state)
{
	start(0);
	assert_stops(SIGTSTP);
	assert_false(is_raw());
	kill(child, SIGCONT);
	wait_until_raw();
	kill(child, SIGINT);
	assert_ends(SIGINT);
}

static void after_sigstop_it_takes_the_terminal_again(void **state)
{
	struct termios shells;

	start(0);
	tcgetattr(terminal, &shells);
	assert_stops(SIGSTOP);
	shells.c_lflag |= ICANON | ECHO | ISIG;
	tcsetattr(terminal, TCSANOW, &shells);
	kill(child, SIGCONT);
	wait_until_raw();
	kill(child, SIGINT);
	assert_ends(SIGINT);
}

static void the_escape_key_ends_it_whatever_the_guest_does(void **state)
{
	static const char keys[] = "typed for nothing, more than a FIFO of it\x01x";

	start(0);
	assert_int_equal(write(master, keys, sizeof(keys) - 1), sizeof(keys) - 1);
	assert_ends(NOT_SIGNAL + VM_END_CONSOLE);
}

/* Sources are called in their order, so this timer fires after the advice even if both are due. */
static void end_it(void *owner)
{
	raise(SIGTERM);
}

static void run_silent(int err, bool said)
{
	struct loop_source end = {.events = POLLIN, .ready = end_it};

	dup2(err, STDERR_FILENO);
	dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
	if (open_all() || watch_begin(&watch, &vm, &loop, &console, "ask the early console", 0))
		_exit(1);
	if (said)
		console_send(&console, 'a');
	end.fd = event_create_timer();
	event_start_timer(end.fd, 20);
	loop_add(&loop, &end);
	_exit(watch_run(&watch));
}

static void assert_advice(bool said, const char *want)
{
	char text[64] = "";
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		run_silent(ends[1], said);
	close(ends[1]);
	assert_int_equal(WEXITSTATUS(wait_for_change()), SIGTERM);
	assert_true(read(ends[0], text, sizeof(text) - 1) >= 0);
	close(ends[0]);
	child = -1;
	assert_string_equal(text, want);
}

static void a_guest_that_says_nothing_is_explained(void **state)
{
	assert_advice(false, "realm: ask the early console\n");
	assert_advice(true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_signal_ends_it, kill_child),
		cmocka_unit_test_teardown(a_signal_that_the_starter_ignores_does_not, kill_child),
		cmocka_unit_test_teardown(ctrl_z_gives_the_terminal_back_until_it_goes_on,
					  kill_child),
		cmocka_unit_test_teardown(after_sigstop_it_takes_the_terminal_again, kill_child),
		cmocka_unit_test_teardown(the_escape_key_ends_it_whatever_the_guest_does,
					  kill_child),
		cmocka_unit_test_teardown(a_guest_that_says_nothing_is_explained, kill_child),
	};

	return cmocka_run_group_tests_name("vmm/cmd/watch", tests, NULL, NULL);
}
