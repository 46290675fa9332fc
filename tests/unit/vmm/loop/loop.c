/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/loop/loop.c with signals, input and terminal: what users and shells do to a running `realm`.
 */
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/signals.h"
#include "vmm/cmd/terminal.h"
#include "vmm/dev/console.h"
#include "vmm/loop/loop.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/vm.h"

enum { DATA, IER, FCR, LSR = 5 };

#define MUCH	   40000
#define WRONG_BYTE 99
#define PATIENCE   60  /* seconds */
#define NOT_SIGNAL 100 /* status of a loop that ended without a signal, plus the reason */

static int master, terminal;
static pid_t child;

/* The UART's interrupt, as a guest's CPU sees it. */
static atomic_bool interrupt;

int gic_set_spi(struct vm *vm, unsigned int spi, bool level)
{
	atomic_store(&interrupt, level);
	return 0;
}

bool vm_end(struct vm *vm, enum vm_end why)
{
	static const uint64_t one = 1;

	atomic_store(&vm->end, why);
	return write(vm->end_event, &one, sizeof(one)) == sizeof(one);
}

/* A guest that never looks at its UART. */
static int run_loop(void)
{
	struct vm vm = {.end_event = eventfd(0, 0)};
	struct console console;
	int signals, signal_number;

	if (console_open(&console, &vm, NULL) < 0)
		return 1;
	signals = signals_take();
	terminal_raw(console.in);
	signal_number = loop_run(&vm, &console, signals, "", 60000);
	terminal_restore();
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

/* Starts it as a job of its own, with one signal ignored (0: none), and waits until it runs. */
static void start(int ignored)
{
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setpgid(0, 0);
		if (ignored)
			signal(ignored, SIG_IGN);
		dup2(terminal, STDIN_FILENO);
		dup2(terminal, STDOUT_FILENO);
		_exit(run_loop());
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

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

/* What Linux's driver does when its settings change: interrupts off, FIFO off and on, empty. */
static void change_settings(struct console *c)
{
	console_write(c, IER, 0);
	console_write(c, FCR, 0);
	console_write(c, FCR, 1);
	console_write(c, FCR, 3);
	console_write(c, IER, 1);
}

/* The driver's interrupt handler, once the interrupt is there. Returns the bytes read so far. */
static size_t handle_interrupt(struct console *c, size_t count)
{
	while (!atomic_load(&interrupt))
		sched_yield();
	while (count < MUCH && console_read(c, LSR) & 1) {
		if (console_read(c, DATA) != pattern(count))
			_exit(WRONG_BYTE);
		count++;
	}
	return count;
}

static void *guest(void *arg)
{
	struct console *c = arg;
	size_t count = 0, round = 0;

	change_settings(c);
	while (count < MUCH) {
		count = handle_interrupt(c, count);
		if (++round % 100 == 0)
			change_settings(c);
	}
	vm_end(c->vm, VM_END_POWER_OFF);
	return NULL;
}

static int run_guest(int in)
{
	struct vm vm = {.end_event = eventfd(0, 0)};
	struct console console;
	pthread_t thread;

	if (console_open(&console, &vm, NULL) < 0)
		return 1;
	console.in = in;
	pthread_create(&thread, NULL, guest, &console);
	loop_run(&vm, &console, -1, "", 60000);
	return NOT_SIGNAL + vm_ended(&vm);
}

static void a_large_pipe_arrives_whole(void **state)
{
	static uint8_t bytes[MUCH];
	int ends[2], status;
	size_t i;

	for (i = 0; i < MUCH; i++)
		bytes[i] = pattern(i);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(PATIENCE);
		close(ends[1]);
		_exit(run_guest(ends[0]));
	}
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	(void)!write(ends[1], bytes, MUCH);
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	child = -1;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), NOT_SIGNAL + VM_END_POWER_OFF);
}

/* With a signal that is there already, the loop makes one step. Its standard error is given. */
static void one_step(int err, bool said)
{
	struct vm vm = {.end_event = eventfd(0, 0)};
	struct console console;
	int signals;

	dup2(err, STDERR_FILENO);
	signals = signals_take();
	if (console_open(&console, &vm, "/dev/null") < 0)
		_exit(1);
	if (said)
		console_write(&console, DATA, 'a');
	raise(SIGTERM);
	_exit(loop_run(&vm, &console, signals, "ask the early console", 0));
}

static void assert_advice(bool said, const char *want)
{
	char text[64] = "";
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		one_step(ends[1], said);
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
		cmocka_unit_test_teardown(a_large_pipe_arrives_whole, kill_child),
	};

	return cmocka_run_group_tests_name("vmm/loop", tests, NULL, NULL);
}
