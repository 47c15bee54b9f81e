#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

#include "support/pictures.h"
#include "support/scarce.h"

typedef struct watcher {
    int left;
    float last;
    int stages[5];
} watcher;

static int watch(void *user, const inspyr_progress *progress)
{
    watcher *w = user;

    assert_true(progress->fraction >= w->last && progress->fraction <= 1);
    assert_in_range(progress->stage, INSPYR_STAGE_PREPARE, INSPYR_STAGE_COMPOSE);
    w->last = progress->fraction;
    w->stages[progress->stage]++;
    return w->left-- == 0;
}

static void a_call_can_be_cancelled_at_each_of_its_steps(void **state)
{
    pixels p = noise(40, 30, INSPYR_RGB8, 3);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_model *m = loaded(TINY, NULL, &allocator);
    int balance, steps = 0;

    (void)state;
    inspyr_image_free(cut_out(m, &p.view, NULL));
    balance = s.balance;
    for (;; steps++) {
        watcher w = { .left = steps };
        inspyr_cutout_options options;
        inspyr_image *image;
        inspyr_error error;
        inspyr_status status;

        inspyr_cutout_options_init(&options);
        options.progress = watch;
        options.progress_user = &w;
        status = inspyr_remove_background(&image, m, &p.view, &options, &error);
        inspyr_image_free(image);
        assert_int_equal(s.balance, balance);
        if (status == INSPYR_OK) {
            assert_true(w.last == 1);
            for (int stage = INSPYR_STAGE_PREPARE; stage <= INSPYR_STAGE_COMPOSE; stage++)
                assert_true(w.stages[stage] > 0);
            break;
        }
        assert_int_equal(status, INSPYR_ERR_CANCELLED);
        assert_null(image);
    }
    assert_true(steps > 5);
    inspyr_model_free(m);
    free(p.data);
}

static inspyr_status call_number(int which, inspyr_model *m, const inspyr_view *picture,
                                 const inspyr_view *alpha)
{
    inspyr_cutout_options options;
    inspyr_warmup_options warmup;
    inspyr_image *image;
    inspyr_status status;

    inspyr_cutout_options_init(&options);
    inspyr_warmup_options_init(&warmup);
    warmup.batch = 2;
    warmup.concurrency = 2;
    switch (which) {
    case 0:
        return inspyr_matte(m, picture, alpha, 1, NULL, NULL);
    case 1:
        return inspyr_model_warmup(m, &warmup, NULL);
    case 2:
        options.output = INSPYR_OUTPUT_COLOUR;
        options.flags = INSPYR_CUTOUT_CROP;
        break;
    case 3:
        options.output = INSPYR_OUTPUT_MAP;
        break;
    }
    status = inspyr_remove_background(&image, m, picture, &options, NULL);
    inspyr_image_free(image);
    return status;
}

static void every_allocation_of_a_call_may_fail(void **state)
{
    pixels p = noise(45, 37, INSPYR_RGB8, 3), alpha = noise(45, 37, INSPYR_GREY16, 2);

    (void)state;
    for (int which = 0; which < 5; which++)
        for (int nth = 0;; nth++) {
            scarce s;
            inspyr_allocator allocator = scarce_allocator(&s, -1);
            inspyr_model *m = loaded(TINY, NULL, &allocator);
            inspyr_status status;

            s.fails_at = s.asked + nth;
            status = call_number(which, m, &p.view, &alpha.view);
            s.fails_at = -1;
            assert_int_equal(call_number(which, m, &p.view, &alpha.view),
                             INSPYR_OK); /* the model is as good as new */
            inspyr_model_free(m);
            assert_int_equal(s.balance, 0);
            if (status == INSPYR_OK)
                break;
            assert_int_equal(status, INSPYR_ERR_MEMORY);
        }
    free(p.data);
    free(alpha.data);
}

static void after_a_warm_up_the_first_request_allocates_no_more_than_the_second(void **state)
{
    pixels p = noise(70, 60, INSPYR_RGB8, 3), alpha = noise(70, 60, INSPYR_GREY8, 1);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_model *m = loaded(TINY, NULL, &allocator);
    inspyr_warmup_options options;
    inspyr_info before, after;
    int asked[3];

    (void)state;
    inspyr_warmup_options_init(&options);
    options.network_width = 48;
    options.network_height = 64;
    assert_int_equal(inspyr_model_warmup(m, &options, NULL), INSPYR_OK);
    assert_int_equal(inspyr_model_warmup(m, NULL, NULL), INSPYR_OK); /* the base size too */
    inspyr_info_init(&before);
    inspyr_info_init(&after);
    assert_int_equal(inspyr_model_info(m, &before, NULL), INSPYR_OK);
    for (int i = 0; i < 3; i++) {
        asked[i] = s.asked;
        assert_int_equal(inspyr_matte(m, &p.view, &alpha.view, 1, NULL, NULL), INSPYR_OK);
        asked[i] = s.asked - asked[i];
    }
    assert_int_equal(asked[0], asked[1]);
    assert_int_equal(asked[1], asked[2]);
    assert_int_equal(inspyr_model_info(m, &after, NULL), INSPYR_OK);
    assert_int_equal(before.workspace_bytes, after.workspace_bytes);
    assert_true(before.workspace_bytes > 0);
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_READY);
    options.concurrency = 99;
    assert_int_equal(inspyr_model_warmup(m, &options, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_model_free(m);
    assert_int_equal(s.balance, 0);
    free(p.data);
    free(alpha.data);
}

static void pictures_of_equal_dynamic_sizes_share_one_pass(void **state)
{
    enum { N = 3 };
    pixels p = noise(64, 64, INSPYR_RGB8, 3), alpha[N];
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_view in[N] = { p.view, p.view, p.view }, out[N];
    inspyr_report report;
    inspyr_report *reports[N] = { &report };
    inspyr_matte_options options;
    uint64_t bytes;

    (void)state;
    inspyr_report_init(&report);
    inspyr_matte_options_init(&options);
    options.reports = reports;
    options.resize = INSPYR_RESIZE_DYNAMIC;
    for (int i = 0; i < N; i++) {
        alpha[i] = noise(64, 64, INSPYR_GREY8, 1);
        out[i] = alpha[i].view;
    }
    assert_int_equal(inspyr_matte(m, in, out, 1, &options, NULL), INSPYR_OK);
    bytes = report.workspace_bytes;
    assert_int_equal(inspyr_matte(m, in, out, N, &options, NULL), INSPYR_OK);
    assert_int_equal(report.network_width, 64);
    assert_true(report.workspace_bytes > bytes);
    for (int i = 0; i < N; i++)
        free(alpha[i].data);
    inspyr_model_free(m);
    free(p.data);
}

typedef struct visitor {
    inspyr_model *m;
    const inspyr_view *picture;
    const inspyr_view *want;
    int differ;
} visitor;

static void *visit(void *user)
{
    visitor *v = user;

    for (int i = 0; i < 5; i++) {
        inspyr_image *image;
        inspyr_view view;

        if (inspyr_remove_background(&image, v->m, v->picture, NULL, NULL)) {
            v->differ++;
            continue;
        }
        inspyr_image_view(image, &view);
        for (int32_t y = 0; y < view.height; y++)
            v->differ += memcmp((char *)view.data + y * view.stride,
                                (char *)v->want->data + y * v->want->stride, (size_t)view.width * 4) != 0;
        inspyr_image_free(image);
    }
    return NULL;
}

static void many_threads_share_one_model_and_one_pool(void **state)
{
    pixels p = noise(70, 60, INSPYR_RGB8, 3);
    inspyr_pool *pool;
    inspyr_model *m;
    inspyr_image *image;
    inspyr_view want;
    pthread_t threads[4];
    visitor visitors[4];

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    m = loaded(TINY, pool, NULL);
    image = cut_out(m, &p.view, NULL);
    inspyr_image_view(image, &want);
    for (int i = 0; i < 4; i++) {
        visitors[i] = (visitor){ m, &p.view, &want, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, visit, &visitors[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(visitors[i].differ, 0);
    }
    inspyr_image_free(image);
    inspyr_model_free(m);
    inspyr_pool_free(pool);
    free(p.data);
}

static void bad_arguments_are_named(void **state)
{
    pixels p = noise(8, 8, INSPYR_RGB8, 3), alpha = noise(8, 9, INSPYR_GREY8, 1);
    inspyr_model *m = loaded(TINY, NULL, NULL);
    pixels fitting = noise(8, 8, INSPYR_GREY8, 1);
    inspyr_report report = { 0 };
    inspyr_report *reports[1] = { &report };
    watcher work = { .left = -1 };
    inspyr_matte_options matte;
    inspyr_cutout_options options;
    inspyr_image *image;
    inspyr_error error;

    (void)state;
    inspyr_cutout_options_init(&options);
    inspyr_matte_options_init(&matte);
    matte.reports = reports;
    assert_int_equal(inspyr_remove_background(NULL, m, &p.view, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_remove_background(&image, NULL, &p.view, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_remove_background(&image, m, NULL, NULL, NULL), INSPYR_ERR_ARGUMENT);
    options.report = &report;
    report.struct_size = 1;
    options.progress = matte.progress = watch;
    options.progress_user = matte.progress_user = &work;
    assert_int_equal(inspyr_remove_background(&image, m, &p.view, &options, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_matte(m, &p.view, &fitting.view, 1, &matte, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(work.stages[INSPYR_STAGE_PREPARE], 0); /* noticed before the work */
    options.report = NULL;
    options.progress = NULL;
    options.crop_margin = -1;
    assert_int_equal(inspyr_remove_background(&image, m, &p.view, &options, NULL), INSPYR_ERR_ARGUMENT);
    options.crop_margin = 0;
    options.colour = 0x1000000;
    assert_int_equal(inspyr_remove_background(&image, m, &p.view, &options, NULL), INSPYR_ERR_ARGUMENT);
    options.colour = 0;
    options.output = (inspyr_output)6;
    assert_int_equal(inspyr_remove_background(&image, m, &p.view, &options, NULL), INSPYR_ERR_UNSUPPORTED);
    options.output = INSPYR_OUTPUT_RGBA;
    options.network_width = 40;
    assert_int_equal(inspyr_remove_background(&image, m, &p.view, &options, &error), INSPYR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "40"));
    assert_int_equal(inspyr_matte(m, &p.view, &alpha.view, 1, NULL, &error), INSPYR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "8 x 9"));
    assert_int_equal(inspyr_matte(m, &p.view, &alpha.view, 0, NULL, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_model_free(m);
    free(p.data);
    free(fitting.data);
    free(alpha.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_can_be_cancelled_at_each_of_its_steps),
        cmocka_unit_test(every_allocation_of_a_call_may_fail),
        cmocka_unit_test(after_a_warm_up_the_first_request_allocates_no_more_than_the_second),
        cmocka_unit_test(pictures_of_equal_dynamic_sizes_share_one_pass),
        cmocka_unit_test(many_threads_share_one_model_and_one_pool),
        cmocka_unit_test(bad_arguments_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
