/* twins_cuda.c - on a machine with a GPU: every effect of the plug-in, byte for byte beside the CPU's, at all
 * small widths, at random sizes and values; the network's kernels (twins_net.h); then the time of each effect,
 * and of the four that are asked for together.
 *
 * Needs neither cmocka nor codecs. Ends with 77 where there is no plug-in or no device.
 * usage: INSPYR_PLUGIN_PATH=folder twins_cuda [ordinal] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/plugin.h"
#include "effect/effect_select.h"
#include "effect/effect_table.h"
#include "image/image.h"
#include "kernels/effect_device.h"
#include "support/chance.h"
#include "twins_net.h"

#define SKIPPED 77
#define ROUNDS 400
#define NET_ROUNDS 40
#define TIMED 200
#define SEED 0x1234567890abcdef

typedef struct twins {
    const effect_device_table *cuda;
    effect_device *device;
    inspyr_allocator allocator;
    chance random;
    int compared, wrong;
} twins;

static void stop(const inspyr_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static void fill(inspyr_image *image, chance *random)
{
    for (int32_t y = 0; y < image->view.height; y++)
        for (int32_t x = 0; x < image->view.width; x++) {
            unsigned char *p = view_row(&image->view, y) + 4 * (size_t)x;

            for (int c = 0; c < 4; c++)
                p[c] = (unsigned char)chance_bits(random);
            if (!chance_one_in(random, 4))
                p[3] = chance_one_in(random, 2) ? 255 : 0;
            if (chance_one_in(random, 4))
                memset(p, chance_one_in(random, 2) ? 250 : 0, 3);
        }
}

static inspyr_image *image_of(twins *t, int32_t width, int32_t height)
{
    inspyr_image *image;
    inspyr_error error;

    if (image_create(&image, &t->allocator, width, height, INSPYR_RGBA8, &error))
        stop(&error);
    return image;
}

static void values_of(float out[INSPYR_PARAMETERS_MAX + 1], int32_t effect, chance *random)
{
    inspyr_effect_values v;

    effect_presets(&v, effect);
    v.version = chance_between(random, 1, effect_table[effect].newest);
    for (int32_t i = 0; i < effect_table[effect].parameter_count; i++) {
        const effect_parameter *p = &effect_table[effect].parameters[i];
        float value = p->least + (p->most - p->least) * (float)chance_between(random, 0, 64) / 64;

        if (chance_one_in(random, 2))
            v.values[i] = p->kind == INSPYR_PARAMETER_NUMBER ? value : (float)(int32_t)value;
    }
    effect_job_values(out, &v, 1);
}

static void draw_here(const inspyr_image *dst, const inspyr_image *src, int32_t effect, const float *values)
{
    const effect_steps *steps = effect_kernels_select(EFFECT_ALL)->steps[effect];
    effect_job job = { src->view.data,
                       src->view.stride,
                       dst->view.data,
                       dst->view.stride,
                       src->view.width,
                       src->view.height,
                       values,
                       SEED,
                       NULL };
    void *scratch = aligned_alloc(64, (steps->lane_bytes(&job) + 127) / 64 * 64);

    job.state = aligned_alloc(64, (steps->state_bytes(&job) + 127) / 64 * 64);
    if (steps->prepare)
        steps->prepare(&job);
    for (int32_t step = 0, pieces; (pieces = steps->pieces(&job, step)) != 0; step++)
        for (int32_t i = 0; i < pieces; i++)
            steps->run(&job, step, i, scratch);
    free(job.state);
    free(scratch);
}

/* n effects at once on one picture; NULL values: presets. Returns the milliseconds of the last of `times`. */
static float draw_there(twins *t, inspyr_image **dst, const inspyr_image *src, const int32_t *effects,
                        float (*values)[INSPYR_PARAMETERS_MAX + 1], size_t n, int times)
{
    device_picture *from, *to[EFFECT_COUNT];
    device_job jobs[EFFECT_COUNT];
    inspyr_error error;
    float took = 0, least = 1e9f;

    if (t->cuda->create(&from, t->device, src->view.width, src->view.height, &error) ||
        t->cuda->upload(from, &src->view, &error))
        stop(&error);
    for (size_t i = 0; i < n; i++) {
        if (t->cuda->create(&to[i], t->device, src->view.width, src->view.height, &error))
            stop(&error);
        jobs[i] = (device_job){ effects[i], values[i], SEED, from, to[i] };
    }
    for (int i = 0; i < times; i++) {
        if (t->cuda->apply(t->device, jobs, n, &error) || t->cuda->wait(t->device, &error) ||
            t->cuda->elapsed(&took, t->device, &error))
            stop(&error);
        least = took < least ? took : least;
    }
    for (size_t i = 0; i < n; i++) {
        if (t->cuda->download(&dst[i]->view, to[i], &error) || t->cuda->wait(t->device, &error))
            stop(&error);
        t->cuda->free(to[i]);
    }
    t->cuda->free(from);
    return least;
}

static void compare(twins *t, int32_t width, int32_t height)
{
    inspyr_image *src = image_of(t, width, height), *want = image_of(t, width, height), *got[EFFECT_COUNT];
    float values[EFFECT_COUNT][INSPYR_PARAMETERS_MAX + 1];
    int32_t effects[EFFECT_COUNT];
    size_t n = 0;

    fill(src, &t->random);
    for (int32_t e = 0; e < EFFECT_COUNT; e++) {
        values_of(values[n], e, &t->random);
        if (!t->cuda->has(e, values[n]))
            continue;
        effects[n] = e;
        got[n++] = image_of(t, width, height);
    }
    t->compared += (int)n;
    draw_there(t, got, src, effects, values, n, 1);
    for (size_t i = 0; i < n; i++) {
        int32_t rows = 0;

        draw_here(want, src, effects[i], values[i]);
        for (int32_t y = 0; y < height; y++)
            rows += memcmp(view_row(&want->view, y), view_row(&got[i]->view, y), 4 * (size_t)width) != 0;
        if (rows && t->wrong++ < 20)
            printf("%s, %d x %d: %d rows differ\n", effect_table[effects[i]].name, (int)width, (int)height,
                   (int)rows);
        inspyr_image_free(got[i]);
    }
    inspyr_image_free(want);
    inspyr_image_free(src);
}

static void measure(twins *t)
{
    static const int32_t classic[4] = { EFFECT_color, EFFECT_enhancedblackwhite, EFFECT_popart,
                                        EFFECT_dithering };
    inspyr_image *src = image_of(t, 1280, 960), *dst[4];
    float values[4][INSPYR_PARAMETERS_MAX + 1];

    fill(src, &t->random);
    for (int i = 0; i < 4; i++) {
        inspyr_effect_values presets;

        effect_presets(&presets, classic[i]);
        effect_job_values(values[i], &presets, 1);
        dst[i] = image_of(t, 1280, 960);
    }
    for (int32_t e = 0; e < EFFECT_COUNT; e++) {
        inspyr_effect_values presets;
        float alone[1][INSPYR_PARAMETERS_MAX + 1];

        effect_presets(&presets, e);
        effect_job_values(alone[0], &presets, 1);
        if (t->cuda->has(e, alone[0]))
            printf("%-20s %7.3f ms\n", effect_table[e].name,
                   (double)draw_there(t, dst, src, &e, alone, 1, TIMED));
    }
    printf("%-20s %7.3f ms on the device, the least of %d, 1280 x 960\n", "the four at once",
           (double)draw_there(t, dst, src, classic, values, 4, TIMED), TIMED);
    for (int i = 0; i < 4; i++)
        inspyr_image_free(dst[i]);
    inspyr_image_free(src);
}

/* A child has no device. */
static void fork_once(twins *t)
{
    int result = 1;
    pid_t child = fork();

    if (!child)
        _exit(t->cuda->wait(t->device, NULL) != INSPYR_ERR_FORKED);
    if (child < 0 || waitpid(child, &result, 0) != child || result) {
        printf("a forked child is not refused\n");
        t->wrong++;
    }
}

int main(int count, char **arguments)
{
    static const plugin_wanted wanted = { .name = "cuda",
                                          .abi = EFFECT_DEVICE_ABI,
                                          .size = sizeof(effect_device_table) };
    twins t = { .random = { 91 } };
    char text[EFFECT_DEVICE_TEXT];
    const void *table;
    inspyr_error error;
    inspyr_status status = memory_import(&t.allocator, NULL, &error);

    if (!status)
        status = plugin_find(&table, &wanted, &error);
    if (!status) {
        t.cuda = table;
        status = t.cuda->open(&t.device, count > 1 ? atoi(arguments[1]) : 0, &t.allocator, text, &error);
    }
    if (status) {
        printf("skipped: %s\n", error.message);
        return SKIPPED;
    }
    printf("%s\n", text);
    for (int32_t width = 1; width <= 130; width++)
        compare(&t, width, chance_between(&t.random, 1, 130));
    for (int i = 0; i < ROUNDS; i++)
        compare(&t, chance_between(&t.random, 1, 700), chance_between(&t.random, 1, 500));
    compare(&t, 50, 5000);
    compare(&t, 4000, 3000);
    printf("%d of %d pictures differ\n", t.wrong, t.compared);
    t.wrong += twins_net(t.cuda, t.device, NET_ROUNDS);
    fork_once(&t);
    measure(&t);
    t.cuda->close(t.device);
    return t.wrong != 0;
}
