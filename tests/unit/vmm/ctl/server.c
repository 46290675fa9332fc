/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/ctl/server.c and client.c: requests and answers, the console, and clients that send rubbish,
 * too much, nothing, or take nothing. The loop runs in a thread, as the VM's main loop does; no
 * client may keep it from serving others.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/ctl/client.h"
#include "vmm/ctl/name.h"
#include "vmm/ctl/server.h"
#include "vmm/loop/event.h"

#define PATIENCE_MS 20000
#define STORM	    300

static char runtime[32];
static struct name name;
static struct loop loop;
static struct control control;
static struct loop_source say; /* event: the guest has said something */
static int end;
static pthread_t thread;
static atomic_int kills, presses, attached;
static const char *deaf;   /* what the guest answers to its key */
static char padding[1024]; /* makes answers to `stats` longer */

static json_t *status(void *owner)
{
	return json_pack("{s:s}", "name", "test");
}

static json_t *stats(void *owner)
{
	return padding[0] ? json_pack("{s:s}", "padding", padding) : json_pack("{s:i}", "exits", 7);
}

static const char *stop(void *owner)
{
	atomic_fetch_add(&presses, 1);
	return deaf;
}

static void end_it(void *owner)
{
	atomic_fetch_add(&kills, 1);
}

static void attach(void *owner, int fd)
{
	atomic_store(&attached, fd);
}

static const struct control_ops ops = {
	.status = status, .stats = stats, .stop = stop, .kill = end_it, .attach = attach};

static void guest_says(void *owner)
{
	event_take(say.fd);
	control_console(&control, "said\n", 5);
}

static void *run(void *arg)
{
	loop_run(&loop, end);
	return NULL;
}

static int begin(void **state)
{
	error_clear();
	strcpy(runtime, "/tmp/vmm-ctl-XXXXXX");
	assert_non_null(mkdtemp(runtime));
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	memset(&control, 0, sizeof(control));
	atomic_store(&kills, 0);
	atomic_store(&presses, 0);
	atomic_store(&attached, -1);
	deaf = NULL;
	padding[0] = '\0';
	end = event_create();
	say = (struct loop_source){.fd = event_create(), .events = POLLIN, .ready = guest_says};
	assert_no_error(loop_init(&loop));
	assert_no_error(name_take(&name, "test"));
	assert_no_error(control_open(&control, &loop, name.socket, &ops, NULL));
	assert_no_error(loop_add(&loop, &say));
	return pthread_create(&thread, NULL, run, NULL);
}

static void stop_serving(void)
{
	event_signal(end);
	pthread_join(thread, NULL);
	control_close(&control);
}

static int finish(void **state)
{
	char folder[64];

	stop_serving();
	name_give_back(&name);
	loop_free(&loop);
	event_close(&end);
	event_close(&say.fd);
	snprintf(folder, sizeof(folder), "%s/kvm-cca", runtime);
	return rmdir(folder) | rmdir(runtime);
}

static int dial(void)
{
	int fd = client_connect("test", PATIENCE_MS);

	assert_no_error(fd);
	return fd;
}

/* The next line that comes, without its end; "" at the end of the connection. */
static const char *line(int fd)
{
	static char text[1024];
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t size = 0;

	while (size < sizeof(text) - 1) {
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		if (recv(fd, text + size, 1, 0) != 1 || text[size] == '\n')
			break;
		size++;
	}
	text[size] = '\0';
	return text;
}

static void tell(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void assert_served(void)
{
	int fd = dial();

	tell(fd, "{\"command\": \"status\"}\n");
	assert_string_equal(line(fd), "{\"ok\":true,\"result\":{\"name\":\"test\"},\"version\":1}");
	close(fd);
}

static void each_request_has_one_answer(void **state)
{
	int fd = dial();

	/* Two in one piece, one in two. */
	tell(fd, "{\"command\": \"status\"}\n{\"command\": \"stats\", \"more\": [1]}\n");
	assert_string_equal(line(fd), "{\"ok\":true,\"result\":{\"name\":\"test\"},\"version\":1}");
	assert_string_equal(line(fd), "{\"ok\":true,\"result\":{\"exits\":7},\"version\":1}");
	tell(fd, "{\"command\": ");
	tell(fd, "\"stop\"}\n");
	assert_string_equal(line(fd), "{\"ok\":true,\"version\":1}");
	assert_int_equal(atomic_load(&presses), 1);
	tell(fd, "{\"command\": \"kill\"}\n");
	assert_string_equal(line(fd), "{\"ok\":true,\"version\":1}");
	assert_int_equal(atomic_load(&kills), 1);
	close(fd);
}

/* Their answers together are longer than what may lie about. */
static void many_requests_at_once_are_all_answered(void **state)
{
	static const char ask[] = "{\"command\":\"stats\"}\n";
	static char all[CONTROL_LINE_MAX];
	size_t i, count = sizeof(all) / (sizeof(ask) - 1);
	int fd = dial();

	memset(padding, 'x', 900);
	padding[900] = '\0';
	assert_true(count * 900 > CONTROL_ANSWERS_MAX);
	for (i = 0; i < count; i++)
		memcpy(all + i * (sizeof(ask) - 1), ask, sizeof(ask) - 1);
	assert_int_equal(send(fd, all, count * (sizeof(ask) - 1), 0), count * (sizeof(ask) - 1));
	usleep(100000);
	for (i = 0; i < count; i++)
		assert_non_null(strstr(line(fd), "{\"ok\":true"));
	close(fd);
	assert_served();
}

static void a_client_asks_and_is_told_why_not(void **state)
{
	int fd = dial(), ret;
	json_t *answer = client_ask(fd, "stats", PATIENCE_MS, &ret);

	assert_no_error(ret);
	assert_int_equal(json_integer_value(json_object_get(answer, "exits")), 7);
	json_decref(answer);
	deaf = "it does not listen";
	assert_null(client_ask(fd, "stop", PATIENCE_MS, &ret));
	assert_error(ret, -EREMOTEIO, "it does not listen");
	assert_null(client_ask(fd, "dance", PATIENCE_MS, &ret));
	assert_error(ret, -EREMOTEIO, "no such command");
	assert_int_equal(client_peer(fd), getpid());
	assert_int_equal(client_wait_end(fd, 10), -ETIMEDOUT);
	close(fd);
	assert_error(client_connect("other", PATIENCE_MS), -ENOENT, "other: there is no such VM");
	assert_error(client_connect("../x", PATIENCE_MS), -EINVAL, "cannot be the name");
}

static void clients_learn_of_the_end(void **state)
{
	int fd = dial(), ret;

	json_decref(client_ask(fd, "status", PATIENCE_MS, &ret));
	stop_serving();
	assert_int_equal(client_wait_end(fd, PATIENCE_MS), 0);
	client_ask(fd, "status", PATIENCE_MS, &ret);
	assert_error(ret, -EPIPE, "the VM has ended");
	close(fd);
	/* As begin() has left it, for finish(). */
	assert_no_error(control_open(&control, &loop, name.socket, &ops, NULL));
	event_take(end);
	assert_int_equal(pthread_create(&thread, NULL, run, NULL), 0);
}

static void a_process_that_does_not_answer_is_not_waited_for(void **state)
{
	int fd, ret;

	stop_serving();
	fd = dial();
	assert_null(client_ask(fd, "status", 20, &ret));
	assert_error(ret, -ETIMEDOUT, "does not answer");
	close(fd);
	assert_no_error(control_open(&control, &loop, name.socket, &ops, NULL));
	event_take(end);
	assert_int_equal(pthread_create(&thread, NULL, run, NULL), 0);
	assert_served();
}

static void rubbish_is_answered(void **state)
{
	static const char *const rubbish[] = {
		"",
		"hello",
		"{}",
		"[]",
		"\"status\"",
		"{\"command\": 7}",
		"{\"command\": \"status\"",
		"{\"command\": \"a\", \"command\": \"b\"}",
		"\xff\xfe\xfd",
	};
	int fd = dial();
	size_t i;

	for (i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		tell(fd, rubbish[i]);
		tell(fd, "\n");
		assert_non_null(strstr(line(fd), "\"ok\":false"));
	}
	/* A byte that ends no line and no string. */
	assert_int_equal(send(fd, "{\"command\"\0: \"status\"}\n", 23, 0), 23);
	assert_non_null(strstr(line(fd), "\"ok\":false"));
	close(fd);
	assert_served();
}

static void deep_json_does_no_harm(void **state)
{
	static char deep[CONTROL_LINE_MAX];
	int fd = dial();

	memset(deep, '[', sizeof(deep) - 2);
	deep[sizeof(deep) - 2] = '\n';
	tell(fd, deep);
	assert_non_null(strstr(line(fd), "\"ok\":false"));
	close(fd);
}

static void a_line_has_an_end(void **state)
{
	static char huge[2 * CONTROL_LINE_MAX];
	int fd = dial();

	memset(huge, 'x', sizeof(huge));
	send(fd, huge, sizeof(huge), MSG_NOSIGNAL);
	assert_non_null(strstr(line(fd), "the line is too long"));
	assert_string_equal(line(fd), "");
	close(fd);
	assert_served();
}

/* It asks and asks and reads nothing: from some point on it is not read from. */
static void who_takes_no_answers_is_not_heard(void **state)
{
	static const char ask[] = "{\"command\": \"status\"}\n";
	int fd = dial(), i, silent = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (i = 0; i < 1000000 && silent < 100; i++) {
		if (send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL) < 0) {
			silent++;
			usleep(1000);
		}
	}
	assert_int_equal(silent, 100);
	assert_served();
	close(fd);
}

/* Silent ones make room for others, the one that has the console does not. */
static void silent_clients_keep_nobody_out(void **state)
{
	int console = dial(), fds[2 * CONTROL_CLIENTS], ret;
	size_t i;

	client_ask(console, "console", PATIENCE_MS, &ret);
	assert_no_error(ret);
	for (i = 0; i < 2 * CONTROL_CLIENTS; i++)
		fds[i] = dial();
	assert_served();
	event_signal(say.fd);
	assert_string_equal(line(console), "said");
	for (i = 0; i < 2 * CONTROL_CLIENTS; i++)
		close(fds[i]);
	close(console);
	assert_served();
}

static void wait_for_attached(bool wanted)
{
	int i;

	for (i = 0; i < PATIENCE_MS && (atomic_load(&attached) >= 0) != wanted; i++)
		usleep(1000);
	assert_int_equal(atomic_load(&attached) >= 0, wanted);
}

static void the_console_has_one_client(void **state)
{
	int fd = dial(), other = dial(), ret;
	char byte;

	client_ask(fd, "console", PATIENCE_MS, &ret);
	assert_no_error(ret);
	event_signal(say.fd);
	assert_string_equal(line(fd), "said");
	/* What it sends is not looked at here: the guest reads it. */
	tell(fd, "{\"command\": \"kill\"}\n");
	client_ask(other, "console", PATIENCE_MS, &ret);
	assert_error(ret, -EREMOTEIO, "another client has the console");
	assert_int_equal(atomic_load(&kills), 0);
	assert_int_equal(recv(atomic_load(&attached), &byte, 1, 0), 1);
	assert_int_equal(byte, '{');
	close(fd);
	wait_for_attached(false);
	client_ask(other, "console", PATIENCE_MS, &ret);
	assert_no_error(ret);
	close(other);
	wait_for_attached(false);
}

static void who_does_not_read_the_console_loses_it(void **state)
{
	int fd = dial(), ret, i;

	client_ask(fd, "console", PATIENCE_MS, &ret);
	assert_no_error(ret);
	for (i = 0; i < 10 * PATIENCE_MS && atomic_load(&attached) >= 0; i++) {
		event_signal(say.fd);
		if (i % 100 == 0)
			usleep(1000);
	}
	wait_for_attached(false);
	assert_served();
	close(fd);
}

static void clients_that_come_and_go_leave_nothing(void **state)
{
	int i;

	for (i = 0; i < STORM; i++) {
		int fd = dial();

		if (i % 3)
			tell(fd, i % 2 ? "{\"command\": \"console\"}\n" : "{\"comm");
		close(fd);
	}
	assert_served();
	wait_for_attached(false);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_request_has_one_answer),
		TEST(many_requests_at_once_are_all_answered),
		TEST(a_client_asks_and_is_told_why_not),
		TEST(clients_learn_of_the_end),
		TEST(a_process_that_does_not_answer_is_not_waited_for),
		TEST(rubbish_is_answered),
		TEST(deep_json_does_no_harm),
		TEST(a_line_has_an_end),
		TEST(who_takes_no_answers_is_not_heard),
		TEST(silent_clients_keep_nobody_out),
		TEST(the_console_has_one_client),
		TEST(who_does_not_read_the_console_loses_it),
		TEST(clients_that_come_and_go_leave_nothing),
	};

	return cmocka_run_group_tests_name("vmm/ctl/server", tests, NULL, NULL);
}
