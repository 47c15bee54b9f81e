/* The gate of inspyr_quantise(): what is measured of mattes, and that the file has the last word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/model.h"
#include "run/quantise/quantise.h"
#include "support/files.h"
#include "support/fixture.h"

#define MATTE 4 /* pixels */

/* Logits that a picture's bytes stand for, whatever the network. */
static inspyr_status run_bytes(engine_run *run, const engine_io *io, inspyr_error *error)
{
    (void)run;
    (void)error;
    for (int i = 0; i < MATTE; i++)
        io->logits[i] = io->picture[i * 3] ? 40.0f : -40.0f;
    io->extremes[0][0] = -40;
    io->extremes[0][1] = 40;
    return INSPYR_OK;
}

static quantise_error measure(const unsigned char (*mine)[MATTE], const float (*exact)[MATTE], size_t pictures,
                              const bool *which)
{
    const engine_kind engine = { .run = run_bytes };
    inspyr_model model = { .engine = &engine };
    unsigned char input[4 * MATTE * 3] = { 0 };
    double errors[4];
    float alpha[MATTE], want[4 * MATTE];
    quantise_job job = { .model = &model,
                         .pictures = pictures,
                         .pixels = MATTE,
                         .logits = MATTE,
                         .input = input,
                         .exact = want,
                         .alpha = alpha,
                         .errors = errors };
    quantise_error e;

    for (size_t i = 0; i < pictures * MATTE; i++) {
        input[i * 3] = mine[i / MATTE][i % MATTE];
        want[i] = exact[i / MATTE][i % MATTE];
    }
    assert_int_equal(quantise_measure(&job, NULL, which, &e, NULL), INSPYR_OK);
    return e;
}

static void the_change_of_the_iou_is_the_mean_of_the_pictures(void **state)
{
    static const unsigned char mine[][MATTE] = {
        { 1, 1, 1, 0 }, { 1, 1, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 1 }
    };
    static const float exact[][MATTE] = {
        { 1, 1, 0, 0 }, { 1, 1, 0, 0 }, { 0.4f, 0, 0, 0.5f }, { 0, 0, 0, 0 }
    };
    const bool first[] = { true, false, false, false };
    quantise_error e = measure(mine, exact, 4, NULL);

    (void)state;
    assert_true(fabs(e.iou - (1.0 / 3 + 0 + 0 + 1) / 4) < 1e-12);
    assert_true(fabs(e.mask - (1 - 4.0 / 6)) < 1e-12);
    assert_true(fabs(e.alpha - (1 + 0.4 + 0.5 + 1) / 16) < 1e-6);
    e = measure(mine, exact, 3, NULL);
    assert_true(fabs(e.iou - 1.0 / 9) < 1e-12);
    e = measure(mine, exact, 4, first);
    assert_true(fabs(e.iou - 1.0 / 3) < 1e-12);
}

static void both_errors_are_held_against_their_bounds(void **state)
{
    const quantise_job job = { .bound = 0.004, .iou_bound = 0.02 };

    (void)state;
    assert_true(quantise_within(&job, &(quantise_error){ .alpha = 0.004, .iou = 0.02 }, 1));
    assert_false(quantise_within(&job, &(quantise_error){ .alpha = 0.0041, .iou = 0.02 }, 1));
    assert_false(quantise_within(&job, &(quantise_error){ .alpha = 0.004, .iou = 0.0201 }, 1));
    assert_false(quantise_within(&job, &(quantise_error){ .alpha = 0.004, .iou = 0.001 }, 0.9));
    assert_false(quantise_within(&job, &(quantise_error){ .alpha = 0.001, .iou = 0.02 }, 0.9));
    assert_false(quantise_within(&job, &(quantise_error){ .alpha = NAN }, 1));
}

/* A network whose mattes err by what is helped: so many units are enough in a run that is rounded, and in one
 * of a file. */
static struct {
    quantise_job job;
    inspyr_convert_options describe;
    engine_kind engine;
    weights *w;
    void *bytes;
    int32_t estimated, needed;
    double bad; /* alpha where too little is helped; that of the exact matte is 0.7 */
} stage;

static int32_t helped(const engine_rounding *roundings, const quantised_unit *ranges)
{
    int32_t count = 0;

    for (int32_t i = 0; i < stage.job.p->weights_count; i++)
        count += stage.job.possible[i] && (roundings[i] != ROUND_INT8 || !ranges[i].ranged);
    return count;
}

static inspyr_status run_staged(engine_run *run, const engine_io *io, inspyr_error *error)
{
    const engine_watch *w = io->watch;
    const bool file = w->rounded != stage.job.rounded;
    const double alpha =
        helped(w->roundings, w->ranges) >= (file ? stage.needed : stage.estimated) ? 0.701 : stage.bad;

    (void)run;
    (void)error;
    io->extremes[0][0] = io->extremes[0][1] = 0;
    for (int i = 0; i < MATTE; i++)
        io->logits[i] = (float)log(alpha / (1 - alpha));
    return INSPYR_OK;
}

static void *room(size_t bytes)
{
    void *at = calloc(bytes, 1);

    assert_non_null(at);
    return at;
}

static void stage_open(void)
{
    quantise_job *job = &stage.job;
    const char *path = TEST_MODELS "/nano.safetensors";
    inspyr_load_options load;
    size_t size, units;
    inspyr_error error;

    memset(&stage, 0, sizeof stage);
    stage.bytes = file_read(&size, path);
    inspyr_load_options_init(&load);
    load.precision = INSPYR_PRECISION_EXACT;
    load.base_width = load.base_height = 64;
    assert_int_equal(inspyr_model_load(&job->model, path, &load, NULL), INSPYR_OK);
    inspyr_convert_options_init(&stage.describe);
    stage.describe.base_width = stage.describe.base_height = 64;
    job->allocator = fixture_allocator();
    job->source.options = &stage.describe;
    assert_int_equal(weights_open(&stage.w, stage.bytes, size, &job->allocator, NULL), INSPYR_OK);
    job->source.w = stage.w;
    if (convert_configure(&job->source, &job->p, &job->allocator, &error))
        fail_msg("%s", error.message);
    units = (size_t)job->p->weights_count;
    job->possible = room(units * sizeof *job->possible);
    job->ranges = room(units * sizeof *job->ranges);
    job->roundings = room(units * sizeof *job->roundings);
    job->forms = room((size_t)weights_count(job->source.w) * sizeof *job->forms);
    job->pictures = 1;
    job->pixels = job->logits = MATTE;
    job->input = room(MATTE * 3);
    job->exact = room(MATTE * sizeof *job->exact);
    job->alpha = room(MATTE * sizeof *job->alpha);
    job->errors = room(sizeof *job->errors);
    job->worst = room(sizeof *job->worst);
    for (int i = 0; i < MATTE; i++)
        job->exact[i] = 0.7f;
    for (size_t i = 0; i < units; i++)
        job->ranges[i] = (quantised_unit){ true, -1, 2 };
    for (int32_t j = 0; j < job->p->node_count; j++)
        if (job->p->nodes[j].weights >= 0)
            job->possible[job->p->nodes[j].weights] = quantised_possible(job->p, &job->p->nodes[j]);
    job->bound = job->iou_bound = 0.005;
    stage.bad = 0.706;
    assert_int_equal(quantise_compile(job, NULL, NULL), INSPYR_OK);
    assert_int_equal(quantise_pack(job, NULL), INSPYR_OK);
    stage.engine = *job->model->engine;
    stage.engine.run = run_staged;
    job->model->engine = &stage.engine;
}

static void stage_close(void)
{
    quantise_job *job = &stage.job;

    job->model->engine->destroy(job->run);
    job->model->engine->unpack(job->rounded);
    plan_free(job->lowered);
    plan_free(job->p);
    weights_free(stage.w);
    free(stage.bytes);
    inspyr_model_free(job->model);
    free(job->possible);
    free(job->ranges);
    free(job->roundings);
    free(job->forms);
    free(job->input);
    free(job->exact);
    free(job->alpha);
    free(job->errors);
    free(job->worst);
}

static int32_t search(int32_t estimated, int32_t needed, quantise_error *last)
{
    inspyr_error error;
    double first;

    stage.estimated = estimated;
    stage.needed = needed;
    for (int32_t i = 0; i < stage.job.p->weights_count; i++)
        stage.job.ranges[i] = (quantised_unit){ true, -1, 2 };
    if (quantise_search(&stage.job, &first, last, &error))
        fail_msg("%s", error.message);
    return helped(stage.job.roundings, stage.job.ranges);
}

static void helps_go_on_until_the_file_itself_is_within_the_bound(void **state)
{
    quantise_error last;
    uint64_t bytes, float32;
    int32_t count;

    (void)state;
    stage_open();
    assert_int_equal(search(0, 0, &last), 0);
    assert_true(last.alpha < 0.005);
    assert_int_equal(search(3, 3, &last), 3);
    assert_true(last.alpha < 0.005);
    for (int32_t estimated = 0; estimated <= 3; estimated += 3) {
        count = search(estimated, 9, &last);
        assert_true(count >= 9);
        assert_true(last.alpha < 0.005);
    }
    count = search(3, INT32_MAX, &last);
    assert_true(count > 9);
    assert_true(last.alpha > 0.005);
    quantise_forms(&stage.job, &bytes, &float32);
    assert_true((double)bytes <= QUANTISE_SHARE * (double)float32);
    assert_true(search(INT32_MAX, INT32_MAX, &last) == count);
    stage_close();
}

static void masks_alone_are_a_reason_to_help(void **state)
{
    quantise_error last;

    (void)state;
    stage_open();
    stage.bad = 0.49;
    stage.job.bound = 1;
    assert_int_equal(search(4, 4, &last), 4);
    assert_true(last.iou == 0);
    assert_true(search(4, 9, &last) >= 9);
    assert_true(last.iou == 0);
    assert_true(search(4, INT32_MAX, &last) > 9);
    assert_true(last.iou == 1 && last.alpha < 0.22);
    stage_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_change_of_the_iou_is_the_mean_of_the_pictures),
        cmocka_unit_test(both_errors_are_held_against_their_bounds),
        cmocka_unit_test(helps_go_on_until_the_file_itself_is_within_the_bound),
        cmocka_unit_test(masks_alone_are_a_reason_to_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
