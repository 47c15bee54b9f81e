/* The code of the device's blocks, run here by one thread, draws what the CPU's kernels draw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "effect/effect_select.h"
#include "support/block_alone.h"
#include "support/canvas.h"
#include "support/effects.h"

#include "kernels/effect_blocks.h"
#include "kernels/effect_schedule.h"

#define GARBAGE 0xEE /* in memory that nobody has written yet */

static void *garbage(size_t size)
{
    void *memory = aligned_alloc(64, (size + 127) / 64 * 64);

    assert_non_null(memory);
    return memset(memory, GARBAGE, (size + 127) / 64 * 64);
}

static void is_not_exceeded(const unsigned char *memory, size_t size)
{
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(memory[size + i], GARBAGE);
}

/* All launches of the jobs, the blocks of each in either order, as well as the elements of their loops. */
static void launch(const int32_t *which, const effect_job *jobs, size_t n, int falling)
{
    effect_shared *shared = garbage(sizeof *shared);

    block_falling = falling;
    for (int32_t launch = 0; launch < EFFECT_LAUNCHES; launch++) {
        effect_works all;

        schedule_fill(&all, which, jobs, n, launch);
        for (uint32_t i = 0; i < all.first[all.count]; i++) {
            memset(shared, GARBAGE, sizeof *shared);
            effect_block(&all, shared, falling ? all.first[all.count] - 1 - i : i);
        }
    }
    is_not_exceeded((unsigned char *)shared, sizeof *shared);
    free(shared);
}

static effect_job job_of(const canvas *dst, const canvas *src, const float *values)
{
    return (effect_job){ .src = src->view.data,
                         .src_stride = src->view.stride,
                         .dst = dst->view.data,
                         .dst_stride = dst->view.stride,
                         .width = src->view.width,
                         .height = src->view.height,
                         .values = values };
}

/* Returns whether there is a twin for these values. */
static bool both_agree(const inspyr_effect_values *values, const canvas *src, int falling)
{
    float numbers[INSPYR_PARAMETERS_MAX + 1];
    canvas want = canvas_make(src->view.width, src->view.height, INSPYR_RGBA8, 0);
    canvas got = canvas_make(src->view.width, src->view.height, INSPYR_RGBA8, 0);
    effect_job job = job_of(&got, src, numbers);
    bool has;
    size_t bytes;

    effect_job_values(numbers, values, 1);
    has = schedule_has(values->effect, numbers);
    bytes = schedule_bytes(values->effect, &job);
    job.seed = 7; /* that of draw_directly() */
    job.state = garbage(bytes);
    draw_directly(&want.view, &src->view, effect_kernels_select(EFFECT_ALL), values, false);
    if (has)
        launch(&values->effect, &job, 1, falling);
    is_not_exceeded(job.state, bytes);
    if (has && !canvas_same(&got, &want))
        fail_msg("%s, %d x %d", effect_table[values->effect].name, src->view.width, src->view.height);
    free(job.state);
    canvas_free(&got);
    canvas_free(&want);
    return has;
}

/* A row is a whole number of words, as the device has them. Alpha as cut-outs have it. A third of the pictures
 * are calm, as large tiles of mosaic are. */
static canvas picture(int32_t width, int32_t height, chance *random)
{
    canvas c = canvas_make(width, height, INSPYR_RGBA8, 0);
    bool calm = chance_one_in(random, 3);

    canvas_fill(&c, random);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            unsigned char *p = (unsigned char *)c.view.data + y * c.view.stride + 4 * (int64_t)x;

            if (!chance_one_in(random, 4))
                p[3] = chance_one_in(random, 2) ? 255 : 0;
            for (int i = 0; calm && i < 3; i++)
                p[i] = (unsigned char)(100 + p[i] / 8);
            if (!calm && chance_one_in(random, 4))
                memset(p, chance_one_in(random, 2) ? 250 : 0, 3);
        }
    return c;
}

static void random_values(inspyr_effect_values *v, int32_t effect, chance *random)
{
    const effect_row *row = &effect_table[effect];

    effect_presets(v, effect);
    v->version = chance_between(random, 1, row->newest);
    for (int32_t i = 0; i < row->parameter_count; i++) {
        const effect_parameter *p = &row->parameters[i];
        float value = p->least + (p->most - p->least) * (float)chance_between(random, 0, 64) / 64;

        if (chance_one_in(random, 3))
            continue;
        v->values[i] = p->kind == INSPYR_PARAMETER_NUMBER ? value : (float)(int32_t)value;
    }
}

static void blocks_draw_what_the_cpu_draws_at_every_size(void **state)
{
    chance random = { 71 };

    (void)state;
    for (int32_t effect = 0; effect < EFFECT_COUNT; effect++) {
        int32_t twins = 0;

        for (int32_t round = 0; round < 100; round++) {
            canvas src = picture(round < 70 ? round + 1 : chance_between(&random, 1, 150),
                                 chance_between(&random, 1, 70), &random);
            inspyr_effect_values values;

            if (round % 2)
                random_values(&values, effect, &random);
            else
                effect_presets(&values, effect);
            twins += both_agree(&values, &src, round / 2 % 2);
            canvas_free(&src);
        }
        assert_true(twins == 100 || (effect == EFFECT_retro8bit && twins > 70));
    }
}

/* The others are as they are by themselves; those of retro8bit that only custom has are tried with that. */
static void blocks_draw_both_ends_of_every_parameter(void **state)
{
    chance random = { 74 };

    (void)state;
    for (int32_t effect = 0; effect < EFFECT_COUNT; effect++)
        for (int32_t i = 0; i < effect_table[effect].parameter_count; i++)
            for (int32_t round = 0; round < 16; round++) {
                const effect_parameter *p = &effect_table[effect].parameters[i];
                canvas src = picture(chance_between(&random, 1, 67), chance_between(&random, 1, 67), &random);
                inspyr_effect_values values;

                effect_presets(&values, effect);
                if (effect == EFFECT_retro8bit)
                    values.values[RETRO_PRESET] = RETRO_CUSTOM;
                values.values[i] = round % 2 ? p->least : p->most;
                (void)both_agree(&values, &src, round / 2 % 2);
                canvas_free(&src);
            }
}

/* Smaller pictures: sides that divide evenly and that do not, and pixels of more rows than a pixel has threads.
 */
static void blocks_shrink_by_every_factor(void **state)
{
    chance random = { 75 };

    (void)state;
    for (int32_t factor = 1; factor <= 64; factor++)
        for (int32_t round = 0; round < 3; round++) {
            canvas src = picture(round ? chance_between(&random, factor, 2 * factor + 40) : 2 * factor,
                                 round ? chance_between(&random, factor, 3 * factor) : 3 * factor, &random);
            inspyr_effect_values values;

            effect_presets(&values, EFFECT_retro8bit);
            values.values[RETRO_PRESET] = RETRO_CUSTOM;
            values.values[RETRO_FACTOR] = (float)factor;
            values.values[RETRO_EDGES] = (float)(round % 2);
            assert_true(both_agree(&values, &src, factor % 2));
            canvas_free(&src);
        }
}

static void a_wave_of_more_rows_than_threads_begins_anew(void **state)
{
    chance random = { 72 };

    (void)state;
    for (int falling = 0; falling < 2; falling++)
        for (int32_t more = -1; more <= 2; more++) {
            canvas src = picture(chance_between(&random, 1, 40), 2 * DITHER_ROWS + 2 * more, &random);
            inspyr_effect_values values;

            effect_presets(&values, EFFECT_dithering);
            assert_true(both_agree(&values, &src, falling));
            values.values[DITHER_SPACING] = 1;
            assert_true(both_agree(&values, &src, falling));
            canvas_free(&src);
        }
}

/* With a seed, and eight of them in one launch. */
static void effects_of_one_launch_do_not_disturb_each_other(void **state)
{
    enum { N = EFFECT_WORKS };
    static const int32_t which[N] = { EFFECT_sketch,    EFFECT_dithering, EFFECT_enhancedblackwhite,
                                      EFFECT_popart,    EFFECT_dithering, EFFECT_mosaic,
                                      EFFECT_retro8bit, EFFECT_watercolor };
    chance random = { 73 };
    canvas src = picture(333, 222, &random), got[N];
    float numbers[N][INSPYR_PARAMETERS_MAX + 1];
    inspyr_effect_options options;
    effect_job jobs[N];

    (void)state;
    inspyr_effect_options_init(&options);
    options.seed = 0x123456789abcdef;
    for (int i = 0; i < N; i++) {
        inspyr_effect_values values;

        effect_presets(&values, which[i]);
        effect_job_values(numbers[i], &values, 1);
        got[i] = canvas_make(333, 222, INSPYR_RGBA8, 0);
        jobs[i] = job_of(&got[i], &src, numbers[i]);
        jobs[i].seed = options.seed;
        jobs[i].state = garbage(schedule_bytes(which[i], &jobs[i]));
    }
    launch(which, jobs, N, 0);
    for (int i = 0; i < N; i++) {
        inspyr_image *want = drawn(effect_table[which[i]].name, &src.view, &options);
        inspyr_view view;

        inspyr_image_view(want, &view);
        assert_int_equal(view_crc(&got[i].view), view_crc(&view));
        inspyr_image_free(want);
        free(jobs[i].state);
        canvas_free(&got[i]);
    }
    canvas_free(&src);
}

static void a_launch_fits_the_device(void **state)
{
    (void)state;
    assert_true(sizeof(effect_works) <= 4096);
    assert_true(2 * sizeof(effect_shared) <=
                164 * 1024 - 2 * 1024); /* each block's own kilobyte is the system's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_draw_what_the_cpu_draws_at_every_size),
        cmocka_unit_test(blocks_draw_both_ends_of_every_parameter),
        cmocka_unit_test(blocks_shrink_by_every_factor),
        cmocka_unit_test(a_wave_of_more_rows_than_threads_begins_anew),
        cmocka_unit_test(effects_of_one_launch_do_not_disturb_each_other),
        cmocka_unit_test(a_launch_fits_the_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
