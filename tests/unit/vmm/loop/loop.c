/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/loop/loop.c: who is called when, with sources that come and go meanwhile. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/loop/event.h"
#include "vmm/loop/loop.h"

#define MANY 100

static struct loop loop;
static int end;

/* A source over an event of its own, and what it does when it is called. */
struct probe {
	struct loop_source source;
	unsigned int calls;
	struct probe *remove, *add, *signal, *pause;
	bool ends;
};

static char order[32];

static void call(void *owner)
{
	struct probe *p = owner;

	event_take(p->source.fd);
	p->calls++;
	snprintf(order + strlen(order), sizeof(order) - strlen(order), "%d ", p->source.fd);
	if (p->remove)
		loop_remove(&loop, &p->remove->source);
	if (p->add)
		assert_no_error(loop_add(&loop, &p->add->source));
	if (p->signal)
		event_signal(p->signal->source.fd);
	if (p->pause)
		p->pause->source.paused = true;
	if (p->ends)
		event_signal(end);
}

static struct probe *new_probe(void)
{
	struct probe *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->source = (struct loop_source){
		.fd = event_create(), .events = POLLIN, .ready = call, .owner = p};
	return p;
}

static struct probe *add_probe(void)
{
	struct probe *p = new_probe();

	assert_no_error(loop_add(&loop, &p->source));
	return p;
}

static void free_probe(struct probe *p)
{
	loop_remove(&loop, &p->source);
	event_close(&p->source.fd);
	free(p);
}

/* Adds a source that ends the loop one turn after it is called, so that leftovers would show. */
static struct probe *add_last(void)
{
	struct probe *last = add_probe();

	last->ends = true;
	event_signal(last->source.fd);
	return last;
}

static int set_up(void **state)
{
	error_clear();
	alarm(60);
	order[0] = '\0';
	end = event_create();
	assert_no_error(loop_init(&loop));
	return 0;
}

static int tear_down(void **state)
{
	alarm(0);
	loop_free(&loop);
	event_close(&end);
	return 0;
}

static void those_that_are_ready_are_called_in_their_order(void **state)
{
	struct probe *a = add_probe(), *b = add_probe(), *c = add_probe(), *last = add_last();
	char want[32];

	event_signal(c->source.fd);
	event_signal(a->source.fd);
	loop_run(&loop, end);
	snprintf(want, sizeof(want), "%d %d %d ", a->source.fd, c->source.fd, last->source.fd);
	assert_string_equal(order, want);
	assert_int_equal(b->calls, 0);
	free_probe(a);
	free_probe(b);
	free_probe(c);
	free_probe(last);
}

static void at_the_end_nobody_is_called(void **state)
{
	struct probe *a = add_probe();

	event_signal(a->source.fd);
	event_signal(end);
	loop_run(&loop, end);
	assert_int_equal(a->calls, 0);
	free_probe(a);
}

static void a_paused_source_is_not_called_until_it_goes_on(void **state)
{
	struct probe *a = add_probe(), *last = add_last();

	a->source.paused = true;
	event_signal(a->source.fd);
	loop_run(&loop, end);
	assert_int_equal(a->calls, 0);
	event_take(end);
	a->source.paused = false;
	event_signal(last->source.fd);
	loop_run(&loop, end);
	assert_int_equal(a->calls, 1);
	free_probe(a);
	free_probe(last);
}

static void one_that_is_paused_by_another_in_the_same_turn_waits(void **state)
{
	struct probe *a = add_probe(), *b = add_probe(), *last = add_last();

	a->pause = b;
	event_signal(a->source.fd);
	event_signal(b->source.fd);
	loop_run(&loop, end);
	assert_int_equal(b->calls, 0);
	free_probe(a);
	free_probe(b);
	free_probe(last);
}

static void free_next(void *owner)
{
	struct probe *p = owner;

	event_take(p->source.fd);
	free_probe(p->remove);
}

/* Its memory is gone then: the sanitizer sees who looks at it. */
static void one_that_is_removed_by_another_is_not_called_though_ready(void **state)
{
	struct probe *a = add_probe(), *b = add_probe(), *last = add_last();

	a->source.ready = free_next;
	a->remove = b;
	event_signal(a->source.fd);
	event_signal(b->source.fd);
	loop_run(&loop, end);
	assert_int_equal(last->calls, 1);
	free_probe(a);
	free_probe(last);
}

static void free_self(void *owner)
{
	free_probe(owner);
}

static void one_may_remove_and_free_itself(void **state)
{
	struct probe *a = add_probe(), *last = add_last();

	a->source.ready = free_self;
	event_signal(a->source.fd);
	loop_run(&loop, end);
	assert_int_equal(last->calls, 1);
	free_probe(last);
}

static void one_that_is_added_by_another_waits_for_the_next_turn(void **state)
{
	struct probe *a = add_probe(), *late = new_probe(), *last = add_last();

	a->add = late;
	a->signal = late;
	event_signal(a->source.fd);
	loop_run(&loop, end);
	assert_int_equal(late->calls, 0);
	event_take(end);
	last->ends = false;
	late->ends = true;
	loop_run(&loop, end);
	assert_int_equal(late->calls, 1);
	free_probe(a);
	free_probe(late);
	free_probe(last);
}

/* The new one must not be taken for the one that was ready in its place. */
static void the_place_of_one_removed_gives_nothing_to_one_added(void **state)
{
	struct probe *a = add_probe(), *b = add_probe(), *idle = new_probe(), *last = add_last();

	a->remove = b;
	a->add = idle;
	event_signal(a->source.fd);
	event_signal(b->source.fd);
	loop_run(&loop, end);
	assert_int_equal(b->calls, 0);
	assert_int_equal(idle->calls, 0);
	free_probe(a);
	free_probe(b);
	free_probe(idle);
	free_probe(last);
}

static struct probe *many[MANY];

static void add_many(void *owner)
{
	struct probe *p = owner;
	size_t i;

	event_take(p->source.fd);
	for (i = 0; i < MANY; i++) {
		many[i] = add_probe();
		event_signal(many[i]->source.fd);
	}
	many[MANY - 1]->ends = true;
}

/* More than the loop has places for at first. */
static void any_number_may_be_added_at_once(void **state)
{
	struct probe *a = add_probe();
	size_t i;

	a->source.ready = add_many;
	event_signal(a->source.fd);
	loop_run(&loop, end);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(many[i]->calls, 1);
		free_probe(many[i]);
	}
	free_probe(a);
}

static void removing_one_that_is_not_there_does_nothing(void **state)
{
	struct probe *a = new_probe(), *last = add_last();

	loop_remove(&loop, &a->source);
	loop_run(&loop, end);
	assert_int_equal(last->calls, 1);
	free_probe(a);
	free_probe(last);
}

static void end_loop(void *owner)
{
	event_signal(end);
}

static void a_regular_file_is_always_ready(void **state)
{
	struct loop_source file = {
		.fd = open("Makefile", O_RDONLY), .events = POLLIN, .ready = end_loop};

	assert_true(file.fd >= 0);
	assert_no_error(loop_add(&loop, &file));
	loop_run(&loop, end);
	event_close(&file.fd);
}

static void a_timer_is_ready_once_it_is_due(void **state)
{
	struct probe *timer = add_probe();

	event_close(&timer->source.fd);
	timer->source.fd = event_create_timer();
	timer->ends = true;
	assert_false(event_take(timer->source.fd));
	event_start_timer(timer->source.fd, 0);
	loop_run(&loop, end);
	assert_int_equal(timer->calls, 1);
	assert_false(event_take(timer->source.fd));
	event_take(end);
	event_start_timer(timer->source.fd, 1001);
	loop_run(&loop, end);
	assert_int_equal(timer->calls, 2);
	free_probe(timer);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(those_that_are_ready_are_called_in_their_order),
		TEST(at_the_end_nobody_is_called),
		TEST(a_paused_source_is_not_called_until_it_goes_on),
		TEST(one_that_is_paused_by_another_in_the_same_turn_waits),
		TEST(one_that_is_removed_by_another_is_not_called_though_ready),
		TEST(one_may_remove_and_free_itself),
		TEST(one_that_is_added_by_another_waits_for_the_next_turn),
		TEST(the_place_of_one_removed_gives_nothing_to_one_added),
		TEST(any_number_may_be_added_at_once),
		TEST(removing_one_that_is_not_there_does_nothing),
		TEST(a_regular_file_is_always_ready),
		TEST(a_timer_is_ready_once_it_is_due),
	};

	return cmocka_run_group_tests_name("vmm/loop/loop", tests, NULL, NULL);
}
