/* The official networks against what the reference package computes with the same random weights: the
 * backbone's maps, the contexts, the whole pyramid, and the output, for shapes that hide no mistake of an axis.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/network.h"
#include "oracle/oracle.h"
#include "support/fixture.h"
#include "support/parity.h"
#include "support/torch.h"

#define BASE 64   /* of the recorded networks */
#define MAPS 2e-4 /* of the largest absolute value */
#define MAPS_TORCH                                                                                             \
    5e-4 /* the same: it sums in float32, as the reference does, so both have an error and none is nearer */
#define OUTPUT 1e-4          /* absolute, after the stretch */
#define STRETCHED 1e-3       /* where the stretch enlarges rounding */
#define STRETCHED_TORCH 5e-3 /* the same: 6e-4 to 1.4e-3 were seen, by the BLAS that libtorch has */

typedef struct network {
    const char *name;
    fixture weights, recorded;
    network_config config;
} network;

static network swin = { .name = "tiny_swin" }, res2net = { .name = "tiny_res2net" };

/* The reference's output: the sigmoid, stretched over the whole batch. */
static float *stretched(const float *logits, size_t count)
{
    float *out = malloc(count * sizeof *out);
    double low = 1, high = 0;

    assert_non_null(out);
    for (size_t i = 0; i < count; i++) {
        double s = 1 / (1 + exp(-(double)logits[i]));

        low = fmin(low, s);
        high = fmax(high, s);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = (float)((1 / (1 + exp(-(double)logits[i])) - low) / (high - low + 1e-8));
    return out;
}

static double largest_difference(const float *a, const float *b, size_t count)
{
    double most = 0;

    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)a[i] - (double)b[i]));
    return most;
}

static plan *record(const network *n, const network_size *size, const engine_kind *engine)
{
    inspyr_allocator allocator = fixture_allocator();
    inspyr_error error;
    plan *p, *lowered;

    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    if (network_record(p, &n->config, *size, &error) || weights_match(n->weights.tensors, p, &error))
        fail_msg("%s: %s", n->name, error.message);
    lowered = parity_lower(p, engine, INSPYR_PRECISION_EXACT);
    plan_free(p);
    return lowered;
}

static void compare_maps(const network *n, const parity_run *run, const char *name)
{
    static const char *const maps[] = { "x1", "x2", "x3", "x4", "x5", "c1", "c2", "c3", "c4",
                                        "c5", "d3", "p2", "d2", "p1", "d1", "p0", "d0" };
    double worst = 0;

    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        plan_id id = plan_find(run->p, maps[i]);
        size_t count = parity_count(run->p, id);
        float *want = fixture_numbers(&n->recorded, NULL, "%s/%s", name, maps[i]), *got = parity_value(run, id);

        assert_non_null(want);
        worst = fmax(worst, parity_difference(got, want, count));
        parity_agree(maps[i], got, want, count, strcmp(run->engine->name, "torch") ? MAPS : MAPS_TORCH);
        free(want);
        free(got);
    }
    print_message("%s %s %s: maps %.1e\n", run->engine->name, n->name, name, worst);
}

static void compare_output(const network *n, const parity_run *run, const char *name, size_t count,
                           double bound)
{
    float *want = fixture_numbers(&n->recorded, NULL, "%s/output", name), *got = stretched(run->logits, count);
    double off = largest_difference(got, want, count);

    print_message("%s %s %s: output %.1e\n", run->engine->name, n->name, name, off);
    if (!(off <= bound))
        fail_msg("%s %s %s: output is off by %.3g, bound %.3g", run->engine->name, n->name, name, off, bound);
    free(want);
    free(got);
}

static void reproduces(const engine_kind *engine, const network *n, const char *name, double bound)
{
    int32_t shape[4];
    float *input = fixture_numbers(&n->recorded, shape, "%s/input", name);
    network_size size = { .n = shape[0], .h = shape[1], .w = shape[2], .numbers = true };
    plan *p = record(n, &size, engine);
    parity_run run;

    parity_subject("%s %s %s", engine->name, n->name, name);
    parity_open(&run, engine, p, n->weights.tensors, NULL, ENGINE_KEEP_VALUES);
    parity_submit(&run, NULL, (const float *const[]){ input });
    compare_maps(n, &run, name);
    compare_output(n, &run, name, parity_count(p, plan_find(p, "d0")), bound);
    parity_close(&run);
    plan_free(p);
    free(input);
}

static void reproduces_the_blend(const engine_kind *engine)
{
    int32_t shape[4];
    float *low = fixture_numbers(&swin.recorded, NULL, "blend/input_low");
    float *high = fixture_numbers(&swin.recorded, shape, "blend/input_high");
    network_size size = { .n = shape[0], .h = shape[1], .w = shape[2], .blended = true, .numbers = true };
    plan *p = record(&swin, &size, engine);
    parity_run run;

    parity_subject("%s blend", engine->name);
    parity_open(&run, engine, p, swin.weights.tensors, NULL, 0);
    parity_submit(&run, NULL, (const float *const[]){ low, high });
    compare_output(&swin, &run, "blend", parity_count(p, plan_find(p, "blended")), OUTPUT);
    parity_close(&run);
    plan_free(p);
    free(low);
    free(high);
}

static void all_of(const engine_kind *engine)
{
    static const char *const swins[] = { "square", "batch", "wide", "tall" }, *const res2nets[] = {
        "square", "batch", "wide", "odd"
    };

    for (int i = 0; i < 4; i++)
        reproduces(engine, &swin, swins[i], OUTPUT);
    reproduces(engine, &swin, "odd", strcmp(engine->name, "torch") ? STRETCHED : STRETCHED_TORCH);
    reproduces_the_blend(engine);
    for (int i = 0; i < 4; i++)
        reproduces(engine, &res2net, res2nets[i], strcmp(engine->name, "torch") ? STRETCHED : STRETCHED_TORCH);
}

static void the_oracle_computes_what_the_reference_computes(void **state)
{
    (void)state;
    all_of(&engine_oracle);
}

static void the_plain_engine_computes_what_the_reference_computes(void **state)
{
    (void)state;
    all_of(&engine_plain);
}

static void the_engine_torch_computes_what_the_reference_computes(void **state)
{
    const engine_kind *torch = torch_open();

    (void)state;
    if (!torch)
        skip();
    all_of(torch);
    torch_close();
}

/* The logits of one blended pass over bytes; free() gives them back. */
static float *blended(const engine_kind *engine, const unsigned char *picture, const unsigned char *low,
                      size_t *count)
{
    plan *p = record(&swin, &(network_size){ .n = 1, .h = 96, .w = 128, .blended = true }, engine);
    parity_run run;
    engine_io io = { .picture = picture, .low_picture = low };
    inspyr_error error;
    float *logits;

    parity_subject("%s, two pictures", engine->name);
    parity_open(&run, engine, p, swin.weights.tensors, NULL, 0);
    io.logits = logits = run.logits;
    io.extremes = run.extremes;
    if (engine->run(run.run, &io, &error))
        fail_msg("%s", error.message);
    *count = parity_count(p, plan_find(p, "blended"));
    run.logits = NULL;
    parity_close(&run);
    plan_free(p);
    return logits;
}

static void a_blended_pass_sees_a_picture_and_its_small_copy(void **state)
{
    unsigned char picture[96 * 128 * 3], low[BASE * BASE * 3];
    float *want, *got, *other;
    size_t count;

    (void)state;
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (unsigned char)(i * i / 977 + i / 3);
    for (size_t i = 0; i < sizeof low; i++)
        low[i] = (unsigned char)(255 - i * i / 331);
    want = blended(&engine_oracle, picture, low, &count);
    got = blended(&engine_plain, picture, low, &count);
    parity_agree("logits", got, want, count, MAPS);
    low[BASE * BASE * 3 / 2] ^= 0x80;
    other = blended(&engine_plain, picture, low, &count);
    assert_true(parity_difference(other, got, count) > 10 * MAPS);
    free(want);
    free(got);
    free(other);
}

/* No recorded network has one: the grids are held against the rule, base size / 2^level on each side. */
static void contexts_are_summed_on_the_grid_of_a_base_size_that_is_no_square(void **state)
{
    network other = swin;
    plan *p;
    int found = 0;

    (void)state;
    other.config.base_w = 96;
    p = record(&other, &(network_size){ .n = 1, .h = 128, .w = 128, .numbers = true }, &engine_oracle);
    for (int32_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].op == PLAN_OP_SICA_CONTEXT) {
            assert_int_equal(p->nodes[i].w, 24 << found);
            assert_int_equal(p->nodes[i].h, 16 << found);
            found++;
        }
    assert_int_equal(found, 3);
    plan_free(p);
}

static bool open_network(network *n)
{
    const char *shared = getenv("INSPYR_SHARED");
    const network_hints hints = { .base_w = BASE };
    inspyr_error error;
    char path[512];

    snprintf(path, sizeof path, "%s/parity/%s.pth", shared ? shared : "../shared", n->name);
    if (!fixture_open(&n->weights, path)) {
        print_message("skipped: there is no %s\n", path);
        return false;
    }
    snprintf(path, sizeof path, "%s/parity/%s.safetensors", shared ? shared : "../shared", n->name);
    assert_true(fixture_open(&n->recorded, path));
    if (network_configure(&n->config, n->weights.tensors, &hints, &error))
        fail_msg("%s: %s", n->name, error.message);
    return true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_computes_what_the_reference_computes),
        cmocka_unit_test(the_plain_engine_computes_what_the_reference_computes),
        cmocka_unit_test(the_engine_torch_computes_what_the_reference_computes),
        cmocka_unit_test(a_blended_pass_sees_a_picture_and_its_small_copy),
        cmocka_unit_test(contexts_are_summed_on_the_grid_of_a_base_size_that_is_no_square),
    };
    int failures;

    if (!open_network(&swin) || !open_network(&res2net))
        return 77;
    failures = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_close(&swin.weights);
    fixture_close(&swin.recorded);
    fixture_close(&res2net.weights);
    fixture_close(&res2net.recorded);
    return failures;
}
