/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/cmd/control.c and attach.c: what `realm list`, `stats`, `stop` and `console` do when the
 * other end of a control socket is hostile, or stands still. Each command is run by a child, whose
 * output is looked at; the VM is played by another one.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/control.h"
#include "vmm/cmd/status.h"
#include "vmm/ctl/name.h"

#define PATIENCE   20 /* seconds */
#define SHORT_MS   300
#define OUTPUT_MAX 65536
#define GOOD	   "{\"ok\":true,\"result\":{},\"version\":1}\n"

static char runtime[32];
static struct name name;
static pid_t vm;
static int outside[2]; /* of the command: standard input, or output */
static char output[OUTPUT_MAX];

static int begin(void **state)
{
	error_clear();
	strcpy(runtime, "/tmp/vmm-control-XXXXXX");
	assert_non_null(mkdtemp(runtime));
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	assert_no_error(name_take(&name, "web"));
	vm = 0;
	return 0;
}

static int finish(void **state)
{
	char folder[64];

	if (vm > 0) {
		kill(vm, SIGKILL);
		waitpid(vm, NULL, 0);
	}
	name_give_back(&name);
	snprintf(folder, sizeof(folder), "%s/kvm-cca", runtime);
	return rmdir(folder) | rmdir(runtime);
}

/* Starts the VM: to each client it answers with this, and then does that. */
static void play(const char *answer, void (*then)(int fd))
{
	fcntl(name.socket, F_SETFL, 0);
	vm = fork();
	if (vm)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = accept(name.socket, NULL, NULL);
		char line[256];

		(void)!recv(fd, line, sizeof(line), 0);
		send(fd, answer, strlen(answer), MSG_NOSIGNAL);
		then(fd);
		close(fd);
	}
}

static void leave(int fd)
{
}

static void read_nothing(int fd)
{
	pause();
}

static void talk_for_ever(int fd)
{
	static const char words[4096];

	while (send(fd, words, sizeof(words), MSG_NOSIGNAL) > 0)
		;
}

static pid_t start(int (*command)(int count, char **words), int count, char **words, int in,
		   int out)
{
	pid_t child = fork();
	int status;

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	status = command(count, words);
	if (error_text()[0])
		fprintf(stderr, "realm: %s\n", error_text());
	fflush(stdout);
	_exit(status);
}

static int end_of(pid_t child)
{
	int status, i;

	for (i = 0; i < PATIENCE * 100; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
		usleep(10000);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	fail_msg("the command does not end");
	return -1;
}

/* The command's status; what it says is in `output`. */
static int run(int (*command)(int count, char **words), int count, char **words)
{
	int file = memfd_create("output", MFD_CLOEXEC), null = open("/dev/null", O_RDONLY), status;
	ssize_t size;

	status = end_of(start(command, count, words, null, file));
	size = pread(file, output, sizeof(output) - 1, 0);
	output[size > 0 ? size : 0] = '\0';
	close(file);
	close(null);
	return status;
}

#define RUN(command, ...)                                                                          \
	run(command, (int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)),                      \
	    (char *[]){__VA_ARGS__})

static void assert_plain(void)
{
	const char *at;

	for (at = output; *at; at++) {
		if (*at != '\n' && !isprint((unsigned char)*at))
			fail_msg("byte %#x reaches the terminal", (unsigned char)*at);
	}
}

/* ESC and DEL, C1 as text and as a raw byte, in values, in a name of a member, and in an error. */
static void a_terminal_sees_no_text_of_a_hostile_vm(void **state)
{
	static const char *const answers[] = {
		"{\"ok\":true,\"result\":{\"pid\":1,\"type\":\"\\u001b[2J\"},\"version\":1}\n",
		"{\"ok\":true,\"result\":{\"pid\":1,\"type\":\"\x7f\"},\"version\":1}\n",
		"{\"ok\":true,\"result\":{\"pid\":1,\"type\":\"\xc2\x9b\"},\"version\":1}\n",
		"{\"ok\":true,\"result\":{\"pid\":1,\"\\u001b[2J\":[\"\x7f\"]},\"version\":1}\n",
		"{\"ok\":true,\"result\":{\"pid\":1,\"x\":[{\"\x7f\":1}]},\"version\":1}\n",
		"{\"ok\":false,\"error\":\"\\u001b]0;title\\u0007\x7f\",\"version\":1}\n",
		"{\"ok\":false,\"error\":\"good\\nrealm: a line of its own\",\"version\":1}\n",
	};
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		play(answers[i], leave);
		RUN(control_list, "--json");
		assert_plain();
		assert_int_equal(run(control_list, 0, NULL), STATUS_OK);
		assert_plain();
		assert_non_null(strstr(output, "web "));
		assert_int_equal(RUN(control_stats, "web"), STATUS_NOT_STARTED);
		assert_plain();
		assert_null(strstr(output, "\nrealm: a line"));
		RUN(control_stats, "--json", "web");
		assert_plain();
		kill(vm, SIGKILL);
		waitpid(vm, NULL, 0);
	}
}

/* A VM has the name of its socket, whatever it says. */
static void a_vm_is_listed_by_its_own_name(void **state)
{
	play("{\"ok\":true,\"result\":{\"pid\":1,\"name\":\"other\"},\"version\":1}\n", leave);
	assert_int_equal(run(control_list, 0, NULL), STATUS_OK);
	assert_non_null(strstr(output, "web "));
	assert_null(strstr(output, "other"));
	RUN(control_list, "--json");
	assert_null(strstr(output, "other"));
}

static void an_answer_of_another_shape_is_none(void **state)
{
	static const char *const answers[] = {
		"\n",	  "7\n",
		"[]\n",	  "{\"ok\":true,\"result\":[7],\"version\":1}\n",
		"null\n", "{\"ok\":true,\"result\":{\"pid\":\"x\",\"vcpus\":7},\"version\":1}\n",
		"",	  "{\"ok\":true,\"result\":{\"pid\":1,\"vcpus\":[7]},\"version\":1}\n",
	};
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		play(answers[i], leave);
		assert_int_equal(run(control_list, 0, NULL), STATUS_OK);
		assert_non_null(strstr(output, "web "));
		assert_true(RUN(control_stats, "web") >= 0);
		assert_true(RUN(control_stats, "web", "--json") >= 0);
		kill(vm, SIGKILL);
		waitpid(vm, NULL, 0);
	}
}

static void an_answer_without_an_end_is_refused(void **state)
{
	play("", talk_for_ever);
	assert_int_equal(run(control_list, 0, NULL), STATUS_OK);
	assert_non_null(strstr(output, "does not answer"));
	assert_int_equal(RUN(control_stats, "web"), STATUS_NOT_STARTED);
	assert_non_null(strstr(output, "too long"));
}

/* Its deadline is there also for a VM that never falls silent. */
static void a_stop_has_its_deadline(void **state)
{
	play(GOOD, talk_for_ever);
	assert_int_equal(RUN(control_stop, "--timeout", "1", "web"), STATUS_DEADLINE);
}

/* The queue of a process that stands still is full after some clients, and later ones wait. */
static void a_stopped_vm_holds_nobody_up(void **state)
{
	struct sockaddr_un address;
	int fds[64], count = 0;

	assert_no_error(name_address(&name.dir, "web", &address));
	do
		fds[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	while (connect(fds[count], (struct sockaddr *)&address, sizeof(address)) == 0 &&
	       ++count < 63);
	assert_in_range(count, 1, 62);
	assert_int_equal(run(control_list, 0, NULL), STATUS_OK);
	assert_non_null(strstr(output, "does not answer"));
	assert_int_equal(RUN(control_stats, "web"), STATUS_NOT_STARTED);
	assert_non_null(strstr(output, "web: the VM does not answer"));
	while (count >= 0)
		close(fds[count--]);
}

/* `outside` is the other end of its input or output, which blocks. */
static void assert_console_ends(int in, int out)
{
	char *words[] = {"web"};
	pid_t child = start(control_attach, 1, words, in, out);

	usleep(SHORT_MS * 1000);
	assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	kill(child, SIGTERM);
	assert_int_equal(end_of(child), STATUS_SIGNAL + SIGTERM);
}

static void *type_for_ever(void *arg)
{
	static const char words[4096];

	while (write(outside[1], words, sizeof(words)) > 0)
		;
	return NULL;
}

static void a_console_ends_while_its_guest_takes_nothing(void **state)
{
	int null = open("/dev/null", O_WRONLY);
	pthread_t t;

	signal(SIGPIPE, SIG_IGN);
	play(GOOD, read_nothing);
	assert_int_equal(pipe2(outside, O_CLOEXEC), 0);
	pthread_create(&t, NULL, type_for_ever, NULL);
	assert_console_ends(outside[0], null);
	close(outside[0]);
	pthread_join(t, NULL);
	close(outside[1]);
	close(null);
}

static void a_console_ends_while_nobody_takes_its_output(void **state)
{
	int null = open("/dev/null", O_RDONLY);

	assert_int_equal(pipe2(outside, O_CLOEXEC), 0);
	play(GOOD, talk_for_ever);
	assert_console_ends(null, outside[1]);
	close(outside[0]);
	close(outside[1]);
	close(null);
}

static void say_goodbye(int fd)
{
	static const char words[] = "the last words\n";

	send(fd, words, sizeof(words) - 1, MSG_NOSIGNAL);
}

static void a_console_shows_the_last_words(void **state)
{
	play(GOOD, say_goodbye);
	assert_int_equal(RUN(control_attach, "web"), STATUS_OK);
	assert_string_equal(output, "the last words\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_terminal_sees_no_text_of_a_hostile_vm),
		TEST(a_vm_is_listed_by_its_own_name),
		TEST(an_answer_of_another_shape_is_none),
		TEST(an_answer_without_an_end_is_refused),
		TEST(a_stop_has_its_deadline),
		TEST(a_stopped_vm_holds_nobody_up),
		TEST(a_console_ends_while_its_guest_takes_nothing),
		TEST(a_console_ends_while_nobody_takes_its_output),
		TEST(a_console_shows_the_last_words),
	};

	return cmocka_run_group_tests_name("vmm/cmd/control", tests, NULL, NULL);
}
