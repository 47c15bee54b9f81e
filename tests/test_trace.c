#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/json.h"
#include "run/metrics/trace_chrome.h"
#include "support/scarce.h"

#define GOOD "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" /* the example of the recommendation */
#define SMALLEST 4096

static void a_traceparent_is_read_as_the_recommendation_says(void **state)
{
    trace_parent p;

    (void)state;
    assert_true(trace_parse(&p, GOOD));
    assert_string_equal(p.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_string_equal(p.span_id, "00f067aa0ba902b7");
    assert_true(p.sampled);
    assert_true(trace_parse(&p, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
    assert_false(p.sampled);
    assert_true(trace_parse(&p, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe"));
    assert_false(p.sampled);
}

static void anything_else_is_no_traceparent(void **state)
{
    static const char *const wrong[] = {
        "",
        "00",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47361-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
    };
    trace_parent p, none;

    (void)state;
    memset(&none, 0, sizeof none);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(&p, 1, sizeof p);
        assert_false(trace_parse(&p, wrong[i]));
        assert_string_equal(p.trace_id, "");
        assert_string_equal(p.span_id, "");
    }
    assert_false(trace_parse(&p, NULL));
}

static void ids_made_here_are_good_and_differ(void **state)
{
    char seen[1000][TRACE_SPAN], span[TRACE_SPAN], trace[TRACE_ID], header[64];
    trace_parent p;
    trace_ids ids;

    (void)state;
    trace_ids_begin(&ids, 0); /* whose first number would be 0 */
    for (int i = 0; i < 1000; i++) {
        trace_new_span(span, &ids);
        trace_new(trace, &ids);
        snprintf(header, sizeof header, "00-%s-%s-01", trace, span);
        assert_true(trace_parse(&p, header));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(span, seen[j]);
        memcpy(seen[i], span, sizeof span);
    }
}

static inspyr_trace *create(const inspyr_allocator *allocator, uint64_t bytes)
{
    inspyr_trace_options o;
    inspyr_trace *trace;

    inspyr_trace_options_init(&o);
    o.allocator = allocator;
    o.bytes = bytes;
    assert_int_equal(inspyr_trace_create(&trace, &o, NULL), INSPYR_OK);
    return trace;
}

static void add(inspyr_trace *trace, const char *name, const char *thread, int64_t start_ns, int64_t end_ns)
{
    static const char *const attributes[] = { "device", "cpu", "quote \" and \\", "two\nlines" };
    inspyr_span span = { .struct_size = sizeof span,
                         .name = name,
                         .thread = thread,
                         .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
                         .span_id = "00f067aa0ba902b7",
                         .parent_id = "",
                         .attributes = attributes,
                         .attribute_count = 2,
                         .start_ns = start_ns,
                         .end_ns = end_ns };

    inspyr_trace_span(trace, &span);
}

/* The events; the bytes have to be freed behind them. */
static json events(inspyr_bytes *bytes, inspyr_trace *trace, json *root)
{
    assert_int_equal(inspyr_trace_json(bytes, trace, NULL), INSPYR_OK);
    assert_int_equal(json_open_large(root, "trace", bytes->data, bytes->size, NULL), INSPYR_OK);
    return json_find(*root, "traceEvents");
}

static int count_phase(json list, const char *phase)
{
    json key, event;
    int count = 0;

    for (json_walk walk = json_members(list); json_next(&walk, &key, &event);)
        count += json_is(json_find(event, "ph"), phase);
    return count;
}

static json first_span(json list)
{
    json key, event = { 0 };

    for (json_walk walk = json_members(list); json_next(&walk, &key, &event);)
        if (json_is(json_find(event, "ph"), "X"))
            return event;
    fail();
    return event;
}

static void a_span_is_written_with_all_that_it_has(void **state)
{
    inspyr_trace *trace = create(NULL, 0);
    inspyr_bytes bytes;
    json root, span, args;
    double number;

    (void)state;
    add(trace, "decode", "worker 1", 1234567, 2234570);
    span = first_span(events(&bytes, trace, &root));
    assert_true(json_is(json_find(span, "name"), "decode"));
    assert_true(json_number(json_find(span, "ts"), &number) && number == 1234.567);
    assert_true(json_number(json_find(span, "dur"), &number) && number == 1000.003);
    args = json_find(span, "args");
    assert_true(json_is(json_find(args, "trace_id"), "4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_true(json_is(json_find(args, "span_id"), "00f067aa0ba902b7"));
    assert_true(json_is(json_find(json_find(args, "attributes"), "device"), "cpu"));
    assert_true(json_is(json_find(json_find(args, "attributes"), "quote \" and \\"), "two?lines"));
    inspyr_bytes_free(&bytes);
    inspyr_trace_free(trace);
}

static void the_oldest_spans_make_room_and_are_counted(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_trace *trace = create(&allocator, SMALLEST);
    int room = SMALLEST / (int)sizeof(trace_record), asked = atomic_load(&s.asked);
    inspyr_bytes bytes;
    json root, list;
    char name[16], dropped[16];

    (void)state;
    for (int i = 0; i < 3 * room + 2; i++) {
        snprintf(name, sizeof name, "%d", i);
        add(trace, name, "worker 1", i, i + 1);
    }
    assert_int_equal(atomic_load(&s.asked), asked);
    list = events(&bytes, trace, &root);
    assert_int_equal(count_phase(list, "X"), room);
    snprintf(name, sizeof name, "%d", 2 * room + 2);
    assert_true(json_is(json_find(first_span(list), "name"), name));
    snprintf(dropped, sizeof dropped, "%d", 2 * room + 2);
    assert_true(json_is(json_find(json_find(root, "otherData"), "dropped"), dropped));
    inspyr_bytes_free(&bytes);
    inspyr_trace_free(trace);
    assert_int_equal(atomic_load(&s.balance), 0);
}

static void hostile_texts_are_cut_and_stay_json(void **state)
{
    inspyr_trace *trace = create(NULL, 0);
    char bytes_of[400];
    inspyr_bytes bytes;
    json root;

    (void)state;
    for (int round = 0; round < 64; round++) {
        const char *const attributes[] = { bytes_of, bytes_of + 350, bytes_of + 300, bytes_of, NULL, "x" };
        inspyr_span span = { .struct_size = sizeof span,
                             .name = bytes_of + round,
                             .thread = round % 2 ? bytes_of : NULL,
                             .trace_id = bytes_of,
                             .attributes = attributes,
                             .attribute_count = 3,
                             .start_ns = -5,
                             .end_ns = -9 };

        for (size_t i = 0; i < sizeof bytes_of; i++)
            bytes_of[i] = (char)(1 + (i * 37 + (size_t)round * 11) % 255);
        if (round % 3 == 0) /* cut within a character of three bytes */
            for (size_t i = 0; i + 3 <= sizeof bytes_of; i += 3)
                memcpy(bytes_of + i, "\xe2\x82\xac", 3);
        bytes_of[sizeof bytes_of - 1] = '\0';
        inspyr_trace_span(trace, &span);
    }
    events(&bytes, trace, &root);
    inspyr_bytes_free(&bytes);
    inspyr_trace_free(trace);
}

static void a_name_is_cut_between_characters(void **state)
{
    inspyr_trace *trace = create(NULL, 0);
    inspyr_bytes bytes;
    json root;

    (void)state;
    add(trace,
        "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
        "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
        "worker 1", 0, 1);
    assert_true(json_is(json_find(first_span(events(&bytes, trace, &root)), "name"),
                        "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
                        "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"));
    inspyr_bytes_free(&bytes);
    inspyr_trace_free(trace);
}

static void *add_many(void *trace)
{
    for (int i = 0; i < 1000; i++)
        add(trace, "infer", "worker", i, i + 1);
    return NULL;
}

static void spans_of_several_threads_all_arrive(void **state)
{
    inspyr_trace *trace = create(NULL, 0);
    pthread_t threads[4];
    inspyr_bytes bytes;
    json root;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, trace), 0);
    events(&bytes, trace, &root);
    inspyr_bytes_free(&bytes);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(count_phase(events(&bytes, trace, &root), "X"), 4000);
    inspyr_bytes_free(&bytes);
    inspyr_trace_free(trace);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_trace_options o;
        inspyr_trace *trace = NULL;
        inspyr_bytes bytes = { NULL, 0, NULL, NULL };
        inspyr_status status;

        inspyr_trace_options_init(&o);
        o.allocator = &allocator;
        status = inspyr_trace_create(&trace, &o, NULL);
        if (!status) {
            for (int i = 0; i < 50; i++)
                add(trace, "encode", "", i, i + 1);
            status = inspyr_trace_json(&bytes, trace, NULL);
        }
        inspyr_bytes_free(&bytes);
        inspyr_trace_free(trace);
        assert_int_equal(atomic_load(&s.balance), 0);
        if (!status)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
        assert_true(nth < 20);
    }
}

static void what_cannot_be_is_refused(void **state)
{
    inspyr_trace_options o;
    inspyr_trace *trace = (void *)1;
    inspyr_bytes bytes;

    (void)state;
    inspyr_trace_options_init(&o);
    o.bytes = SMALLEST - 1;
    assert_int_equal(inspyr_trace_create(&trace, &o, NULL), INSPYR_ERR_ARGUMENT);
    assert_null(trace);
    o.bytes = SMALLEST;
    o.flags = 1;
    assert_int_equal(inspyr_trace_create(&trace, &o, NULL), INSPYR_ERR_UNSUPPORTED);
    assert_int_equal(inspyr_trace_create(NULL, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_trace_json(&bytes, NULL, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_trace_span(NULL, NULL);
    inspyr_trace_free(NULL);
    trace = create(NULL, SMALLEST);
    inspyr_trace_span(trace, &(inspyr_span){ .struct_size = 8 });
    assert_int_equal(inspyr_trace_json(NULL, trace, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_trace_json(&bytes, trace, NULL), INSPYR_OK);
    inspyr_bytes_free(&bytes);
    inspyr_trace_free(trace);
}

static void a_forked_child_is_told_so(void **state)
{
    inspyr_trace *trace = create(NULL, SMALLEST);
    inspyr_bytes bytes;
    int status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (!child) {
        add(trace, "infer", "", 0, 1);
        status = inspyr_trace_json(&bytes, trace, NULL);
        inspyr_trace_free(trace);
        _exit(status == INSPYR_ERR_FORKED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    inspyr_trace_free(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traceparent_is_read_as_the_recommendation_says),
        cmocka_unit_test(anything_else_is_no_traceparent),
        cmocka_unit_test(ids_made_here_are_good_and_differ),
        cmocka_unit_test(a_span_is_written_with_all_that_it_has),
        cmocka_unit_test(the_oldest_spans_make_room_and_are_counted),
        cmocka_unit_test(hostile_texts_are_cut_and_stay_json),
        cmocka_unit_test(a_name_is_cut_between_characters),
        cmocka_unit_test(spans_of_several_threads_all_arrive),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_forked_child_is_told_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
