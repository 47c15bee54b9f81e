#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "image/image.h"
#include "inspyr_experimental.h"
#include "support/boxes.h"
#include "support/files.h"
#include "support/scarce.h"

static inspyr_decode_options options_with(inspyr_sandbox *sandbox, inspyr_decode_report *report)
{
    inspyr_decode_options options;

    inspyr_decode_options_init(&options);
    inspyr_decode_report_init(report);
    options.sandbox = sandbox;
    options.report = report;
    return options;
}

/* Decodes in a sandbox and without, and compares all there is. */
static void compare(inspyr_sandbox *sandbox, const void *bytes, size_t size, inspyr_format format,
                    uint64_t flags)
{
    inspyr_decode_report reports[2];
    inspyr_image *images[2] = { NULL, NULL };
    inspyr_error errors[2];
    inspyr_status statuses[2];

    for (int i = 0; i < 2; i++) {
        inspyr_decode_options options = options_with(i ? sandbox : NULL, &reports[i]);

        options.format = format;
        options.flags = flags;
        statuses[i] = inspyr_image_decode(&images[i], bytes, size, &options, &errors[i]);
    }
    assert_int_equal(statuses[0], statuses[1]);
    assert_string_equal(errors[0].message, errors[1].message);
    assert_memory_equal(&reports[0], &reports[1], sizeof reports[0]);
    if (!statuses[0]) {
        const inspyr_view *a = &images[0]->view, *b = &images[1]->view;

        assert_int_equal(a->width, b->width);
        assert_int_equal(a->height, b->height);
        assert_int_equal(a->format, b->format);
        for (int32_t y = 0; y < a->height; y++)
            assert_memory_equal(view_row(a, y), view_row(b, y), (size_t)a->width * format_bytes(a->format));
        assert_int_equal(images[0]->profile_size, images[1]->profile_size);
        if (images[0]->profile_size)
            assert_memory_equal(images[0]->profile, images[1]->profile, images[0]->profile_size);
    }
    inspyr_image_free(images[0]);
    inspyr_image_free(images[1]);
}

typedef struct visit {
    inspyr_sandbox *sandbox;
    int good;
} visit;

static void visit_file(void *user, const char *path, const char *name)
{
    visit *v = user;
    size_t size;
    void *bytes = file_read(&size, path);

    (void)name;
    compare(v->sandbox, bytes, size, 0, 0);
    compare(v->sandbox, bytes, size, INSPYR_RGBA8, INSPYR_DECODE_AS_STORED);
    compare(v->sandbox, bytes, size, 0, INSPYR_DECODE_PALETTE_INDEX);
    free(bytes);
    v->good++;
}

static void pictures_profiles_reports_and_refusals_are_the_same_as_outside(void **state)
{
    visit v = { box_open(0, 0, 0), 0 };

    (void)state;
    compare(v.sandbox, "", 0, 0, 0);
    compare(v.sandbox, "GIF89a", 6, 0, 0);
    compare(v.sandbox, "P5 10000 6000 255\n", 18, 0, 0);
    compare(v.sandbox, "P5 2 2 255\nabc", 14, 0, 0);
    compare(v.sandbox, "P5 2 2 255\nabcd", 15, INSPYR_GREY8, 0);
    assert_true(folder_visit(data_path("image"), visit_file, &v) > 30);
    folder_visit(data_path("image/corpus"), visit_file, &v);
    folder_visit(data_path("image/pngsuite"), visit_file, &v);
    inspyr_sandbox_free(v.sandbox);
}

static void photographs_with_profiles_and_orientations_too(void **state)
{
    visit v;

    (void)state;
    need_shared("data/photos");
    v = (visit){ box_open(0, 0, 0), 0 };
    visit_file(&v, shared_path("data/photos/aeroplane.jpg"), "");
    visit_file(&v, shared_path("data/photos/Squid.jpg"), "");
    folder_visit(shared_path("data/decode/exif"), visit_file, &v);
    inspyr_sandbox_free(v.sandbox);
}

static void *hang(void *user)
{
    static inspyr_error error;

    error.status = INSPYR_OK;
    assert_int_equal(box_try(user, "hang", NULL, &error), INSPYR_ERR_IMAGE);
    return &error;
}

static void a_helper_that_is_killed_at_work_or_idle_is_replaced(void **state)
{
    static const struct timespec a_moment = { 0, 100000000 };
    inspyr_sandbox *sandbox = box_open(1, 60000, 0);
    pthread_t thread;
    void *error;
    int child = 0;

    (void)state;
    assert_int_equal(count_children(&child), 1);
    assert_int_equal(pthread_create(&thread, NULL, hang, sandbox), 0);
    nanosleep(&a_moment, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    pthread_join(thread, &error);
    assert_non_null(strstr(((inspyr_error *)error)->message, "signal 9"));
    assert_int_equal(box_try(sandbox, "fine", NULL, NULL), INSPYR_OK);
    assert_int_equal(count_children(&child), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(box_try(sandbox, "fine", NULL, NULL), INSPYR_OK);
    inspyr_sandbox_free(sandbox);
}

static void a_helper_serves_one_picture_after_the_other_unless_told_otherwise(void **state)
{
    inspyr_sandbox *warm = box_open(1, 0, 0), *fresh = box_open(1, 0, INSPYR_SANDBOX_ONE_PICTURE);
    unsigned char pixel = 0;

    (void)state;
    for (unsigned i = 1; i <= 5; i++) {
        assert_int_equal(box_try(warm, "fine", &pixel, NULL), INSPYR_OK);
        assert_int_equal(pixel, i);
        assert_int_equal(box_try(fresh, "fine", &pixel, NULL), INSPYR_OK);
        assert_int_equal(pixel, 1);
    }
    inspyr_sandbox_free(warm);
    inspyr_sandbox_free(fresh);
}

static void *decode_often(void *user)
{
    for (int i = 0; i < 25; i++)
        compare(user, "P6 2 2 255\nabcdefghijkl", 23, INSPYR_RGBA8, 0);
    return NULL;
}

static void threads_have_a_helper_each_and_nothing_is_left_behind(void **state)
{
    int files = count_files();
    inspyr_sandbox *sandbox = box_open(0, 0, 0);
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, decode_often, sandbox), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_in_range(count_children(NULL), 1, 4);
    inspyr_sandbox_free(sandbox);
    assert_int_equal(count_children(NULL), 0);
    assert_int_equal(count_files(), files);
}

static void a_forked_child_is_told_so_and_the_parent_goes_on(void **state)
{
    inspyr_sandbox *sandbox = box_open(1, 0, 0);
    int how;
    pid_t child;

    (void)state;
    child = fork();
    if (!child) {
        inspyr_status status = box_try(sandbox, "fine", NULL, NULL);

        inspyr_sandbox_free(sandbox);
        _exit(status == INSPYR_ERR_FORKED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && !WEXITSTATUS(how));
    assert_int_equal(box_try(sandbox, "fine", NULL, NULL), INSPYR_OK);
    inspyr_sandbox_free(sandbox);
}

static void programs_that_wait_for_all_their_children_or_for_none_are_no_obstacle(void **state)
{
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    inspyr_sandbox *sandbox = box_open(1, 0, 0);

    (void)state;
    assert_int_equal(box_try(sandbox, "crash", NULL, NULL), INSPYR_ERR_IMAGE);
    assert_int_equal(box_try(sandbox, "fine", NULL, NULL), INSPYR_OK);
    inspyr_sandbox_free(sandbox);
    signal(SIGCHLD, before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static inspyr_status open_with(const char *helper, uint64_t flags, uint64_t memory, int32_t deadline,
                               inspyr_error *error)
{
    inspyr_sandbox_options options;
    inspyr_sandbox *sandbox;
    inspyr_status status;

    inspyr_sandbox_options_init(&options);
    options.helper = helper;
    options.flags = flags;
    options.max_memory = memory;
    options.deadline_ms = deadline;
    status = inspyr_sandbox_open(&sandbox, &options, error);
    inspyr_sandbox_free(sandbox);
    return status;
}

static void a_sandbox_that_cannot_be_says_why(void **state)
{
    inspyr_sandbox *sandbox = box_open(1, 0, 0);
    inspyr_decode_report report;
    inspyr_decode_options options = options_with(sandbox, &report);
    inspyr_image *image;
    inspyr_error error;

    (void)state;
    assert_int_equal(open_with(TEST_HELPER, 2, 0, 0, &error), INSPYR_ERR_UNSUPPORTED);
    assert_int_equal(open_with(TEST_HELPER, 0, 1 << 20, 0, &error), INSPYR_ERR_ARGUMENT);
    assert_int_equal(open_with(TEST_HELPER, 0, 0, -1, &error), INSPYR_ERR_ARGUMENT);
    assert_int_equal(open_with("inspyr-decode", 0, 0, 0, &error), INSPYR_ERR_ARGUMENT);
    assert_int_equal(open_with("/nonexistent/inspyr-decode", 0, 0, 0, &error), INSPYR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "No such file"));
    assert_int_equal(open_with("/bin/true", 0, 0, 0, &error), INSPYR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "/bin/true is not the decoder"));
    assert_int_equal(inspyr_sandbox_open(NULL, NULL, &error), INSPYR_ERR_ARGUMENT);
    options.flags = INSPYR_DECODE_HEIF;
    assert_int_equal(inspyr_image_decode(&image, "P6", 2, &options, &error), INSPYR_ERR_UNSUPPORTED);
    inspyr_sandbox_free(sandbox);
    inspyr_sandbox_free(NULL);
    assert_int_equal(inspyr_sandbox_serve(-1), 1);
}

static void the_helper_is_found_where_plug_ins_are(void **state)
{
    inspyr_error error;

    (void)state;
    inspyr_sandbox_free(box_open(0, 0, 0));
    assert_int_equal(open_with(NULL, 0, 0, 0, &error), INSPYR_OK); /* INSPYR_PLUGIN_PATH: the build's folder */
}

static void every_allocation_may_fail(void **state)
{
    inspyr_sandbox_options options;
    scarce own;
    inspyr_allocator allocator = scarce_allocator(&own, 0);
    inspyr_status status = INSPYR_ERR_MEMORY;

    (void)state;
    inspyr_sandbox_free(box_open(0, 0, 0));
    inspyr_sandbox_options_init(&options);
    options.helper = TEST_HELPER;
    options.allocator = &allocator;
    for (int nth = 0; status == INSPYR_ERR_MEMORY; nth++) {
        inspyr_decode_options decoding;
        inspyr_sandbox *sandbox;
        inspyr_image *image;

        allocator = scarce_allocator(&own, nth);
        status = inspyr_sandbox_open(&sandbox, &options, NULL);
        inspyr_decode_options_init(&decoding);
        decoding.sandbox = sandbox;
        decoding.allocator = &allocator;
        if (!status)
            status = inspyr_image_decode(&image, "P6 1 1 255\nabc", 14, &decoding, NULL);
        if (!status)
            inspyr_image_free(image);
        inspyr_sandbox_free(sandbox);
        assert_int_equal(own.balance, 0);
    }
    assert_int_equal(status, INSPYR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_profiles_reports_and_refusals_are_the_same_as_outside),
        cmocka_unit_test(photographs_with_profiles_and_orientations_too),
        cmocka_unit_test(a_helper_that_is_killed_at_work_or_idle_is_replaced),
        cmocka_unit_test(a_helper_serves_one_picture_after_the_other_unless_told_otherwise),
        cmocka_unit_test(threads_have_a_helper_each_and_nothing_is_left_behind),
        cmocka_unit_test(a_forked_child_is_told_so_and_the_parent_goes_on),
        cmocka_unit_test(programs_that_wait_for_all_their_children_or_for_none_are_no_obstacle),
        cmocka_unit_test(a_sandbox_that_cannot_be_says_why),
        cmocka_unit_test(the_helper_is_found_where_plug_ins_are),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
