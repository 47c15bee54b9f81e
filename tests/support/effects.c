#include "support/effects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"

#define WATCH 0x5C
#define WATCHED 64

pixels golden_picture(inspyr_format format)
{
    size_t step = format_bytes(format);
    pixels p = noise(128, 96, format, step);

    for (int y = 0; y < 96; y++)
        for (int x = 0; x < 128; x++) {
            unsigned char *at = p.data + (size_t)(y * 128 + x) * step;
            int far = (x - 64) * (x - 64) + (y - 48) * (y - 48);

            at[0] = (unsigned char)(2 * x % 256);
            at[1] = (unsigned char)(255 * y / 95);
            at[2] = (unsigned char)((x * x + 3 * y * y) / 7 % 256);
            if (step == 4)
                at[3] = far < 1296 ? 255 : far < 1600 ? 128 : 0;
        }
    return p;
}

uint32_t view_crc(const inspyr_view *view)
{
    uint32_t crc = 0xffffffff;

    for (int32_t y = 0; y < view->height; y++)
        for (size_t i = 0; i < (size_t)view->width * format_bytes(view->format); i++) {
            crc ^= view_row(view, y)[i];
            for (int bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    return ~crc;
}

inspyr_image *drawn(const char *effect, const inspyr_view *picture, const inspyr_effect_options *options)
{
    inspyr_image *out;
    inspyr_error error;

    if (inspyr_apply_effects(&out, NULL, picture, NULL, &effect, 1, options, &error))
        fail_msg("%s", error.message);
    return out;
}

static unsigned char *watched(size_t size)
{
    void *memory;

    assert_int_equal(posix_memalign(&memory, 64, size + WATCHED), 0);
    memset(memory, 0xA5, size);
    memset((unsigned char *)memory + size, WATCH, WATCHED);
    return memory;
}

static void give_watched(unsigned char *memory, size_t size)
{
    for (size_t i = 0; i < WATCHED; i++)
        assert_int_equal(memory[size + i], WATCH);
    free(memory);
}

void draw_directly(const inspyr_view *dst, const inspyr_view *src, const effect_kernels *kernels,
                   const inspyr_effect_values *values, bool reversed)
{
    const effect_steps *steps = kernels->steps[values->effect];
    float numbers[INSPYR_PARAMETERS_MAX + 1];
    effect_job job = {
        src->data, src->stride, dst->data, dst->stride, src->width, src->height, numbers, 7, NULL
    };
    size_t state, lane;
    unsigned char *scratch;

    effect_job_values(numbers, values, 1);
    state = steps->state_bytes(&job);
    lane = steps->lane_bytes(&job);
    scratch = watched(lane);
    job.state = watched(state);
    if (steps->prepare)
        steps->prepare(&job);
    for (int32_t step = 0, pieces; (pieces = steps->pieces(&job, step)) != 0; step++)
        for (int32_t i = 0; i < pieces; i++)
            steps->run(&job, step, reversed ? pieces - 1 - i : i, scratch);
    give_watched(job.state, state);
    give_watched(scratch, lane);
}
