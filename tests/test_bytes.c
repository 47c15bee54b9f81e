/* Values that are stored as bytes, or rounded to bytes once for all rows that read them: on whole numbers that
 * bytes hold, no step is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/plain/plain.h"
#include "oracle/oracle.h"
#include "support/chance.h"
#include "support/fixture.h"
#include "support/parity.h"
#include "support/tensor_file.h"

#define CHANNELS 32
#define CASES 40
#define BOUND 1e-5 /* factors of weights round */

/* first reads x; second and third read first. */
typedef struct scene {
    plan *p;
    plan_id first, results[2];
    weights *w;
    tensor_file file;
    float *x;
} scene;

static plan_id conv(plan *p, plan_id from, const char *name, plan_conv_options options)
{
    plan_part part = plan_tensor(CHANNELS, "%s", name);
    plan_input in = plan_whole(from);

    options.no_bias = true;
    options.style = PLAN_STYLE_BARE;
    return plan_conv(p, &in, 1, &part, 1, &options);
}

static plan_conv_options window(chance *c)
{
    return (plan_conv_options){ .kernel_h = 1 + 2 * chance_between(c, 0, 2),
                                .kernel_w = 1 + 2 * chance_between(c, 0, 2),
                                .dilation = chance_between(c, 1, 3),
                                .stride = chance_between(c, 1, 2) };
}

static void record(scene *s, chance *c, plan_conv_options options[2])
{
    inspyr_allocator allocator = fixture_allocator();
    int32_t n = chance_between(c, 1, 2), h = chance_between(c, 1, 50), w = chance_between(c, 1, 40);
    plan_id x;

    assert_int_equal(plan_create(&s->p, &allocator, NULL), INSPYR_OK);
    x = plan_numbers(s->p, n, h, w, CHANNELS, PLAN_FEATURE, "x");
    s->first = conv(s->p, x, "first",
                    (plan_conv_options){ .activation = chance_one_in(c, 2) ? PLAN_RELU : PLAN_LINEAR });
    s->results[0] = conv(s->p, s->first, "second", options[0]);
    s->results[1] = conv(s->p, s->first, "third", options[1]);
    assert_int_equal(plan_status(s->p, NULL), INSPYR_OK);
    s->x = malloc((size_t)n * (size_t)h * (size_t)w * CHANNELS * sizeof *s->x);
    for (size_t i = 0; i < (size_t)n * (size_t)h * (size_t)w * CHANNELS; i++)
        s->x[i] = (float)chance_between(c, 0, 3);
}

/* Kernels of -1, 0 and 1, so that first stays within -96 and 96; inputs range over `low` to low + 255. */
static void add(char *header, unsigned char *data, size_t *used, chance *c, const char *name,
                const plan_conv_options *options, float low)
{
    size_t count = (size_t)CHANNELS * CHANNELS * (size_t)(options->kernel_h ? options->kernel_h : 1) *
                   (size_t)(options->kernel_w ? options->kernel_w : 1);
    size_t kernel = *used, scale = kernel + count, range = scale + CHANNELS * sizeof(float);
    float numbers[CHANNELS + 2];

    for (size_t i = 0; i < count; i++)
        data[kernel + i] = (unsigned char)chance_between(c, -1, 1);
    for (int i = 0; i < CHANNELS; i++)
        numbers[i] = 1;
    numbers[CHANNELS] = low;
    numbers[CHANNELS + 1] = low + 255;
    memcpy(data + scale, numbers, sizeof numbers);
    *used = range + 2 * sizeof(float);
    sprintf(header + strlen(header),
            "%s\"%s.weight\":{\"dtype\":\"I8\",\"shape\":[%d,%d,%d,%d],\"data_offsets\":[%zu,%zu]},"
            "\"%s.weight.scale\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%zu,%zu]},"
            "\"%s.weight.range\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%zu,%zu]}",
            kernel ? "," : "", name, CHANNELS, CHANNELS, options->kernel_h ? options->kernel_h : 1,
            options->kernel_w ? options->kernel_w : 1, kernel, scale, name, CHANNELS, scale, range, name, range,
            *used);
}

static scene make(uint64_t seed, float other_low)
{
    static unsigned char data[1 << 17];
    char header[2048] = "{";
    size_t used = 0;
    chance c = { seed };
    plan_conv_options options[2] = { window(&c), window(&c) }, point = { 0 };
    inspyr_allocator allocator = fixture_allocator();
    scene s = { 0 };

    record(&s, &c, options);
    add(header, data, &used, &c, "first", &point, 0);
    add(header, data, &used, &c, "second", &options[0], -128);
    add(header, data, &used, &c, "third", &options[1], other_low);
    strcat(header, "}");
    s.file = tensor_file_text(header, used);
    memcpy(s.file.bytes + s.file.size - used, data, used);
    assert_int_equal(weights_open(&s.w, s.file.bytes, s.file.size, &allocator, NULL), INSPYR_OK);
    return s;
}

static void agree(uint64_t seed, float other_low, rows_type type)
{
    scene s = make(seed, other_low);
    const float *const inputs[] = { s.x };
    parity_run want, got;

    parity_subject("seed %d", (int)seed);
    parity_open(&want, &engine_oracle, s.p, s.w, NULL, 0);
    parity_open_in(&got, &engine_plain, INSPYR_PRECISION_INT8, s.p, s.w, NULL, ENGINE_KEEP_VALUES);
    assert_int_equal(got.run->values[s.first].type, type);
    for (int again = 0; again < 2; again++) /* nothing may be left of the run before */
        parity_submit(&got, NULL, inputs);
    parity_submit(&want, NULL, inputs);
    for (int i = 0; i < 2; i++) {
        float *a = parity_value(&got, s.results[i]), *b = parity_value(&want, s.results[i]);

        parity_agree("result", a, b, parity_count(s.p, s.results[i]), BOUND);
        free(a);
        free(b);
    }
    parity_close(&want);
    parity_close(&got);
    weights_free(s.w);
    free(s.file.bytes);
    free(s.x);
    plan_free(s.p);
}

static void needs_products(void)
{
    if (engine_plain.has(INSPYR_PRECISION_INT8))
        return;
    print_message("skipped: %s has no products of bytes\n", engine_plain.instructions());
    skip();
}

static void values_that_bytes_alone_read_are_stored_as_bytes(void **state)
{
    (void)state;
    needs_products();
    for (uint64_t seed = 1; seed <= CASES; seed++)
        agree(seed, -128, ROWS_U8);
}

static void rows_read_in_two_ranges_are_rounded_once_for_each(void **state)
{
    (void)state;
    needs_products();
    for (uint64_t seed = 1; seed <= CASES; seed++)
        agree(seed, -100, ROWS_BF16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_bytes_alone_read_are_stored_as_bytes),
        cmocka_unit_test(rows_read_in_two_ranges_are_rounded_once_for_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
