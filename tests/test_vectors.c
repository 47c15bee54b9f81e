/* The built-in network against models/vectors, which another implementation computed: models/SPEC.md section 6.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/json.h"
#include "net/network.h"
#include "oracle/oracle.h"
#include "support/fixture.h"
#include "support/parity.h"

/* Of the largest absolute value. The vectors themselves were made in float32; SPEC.md expects up to 1.2e-5. */
#define BOUND 2e-5
#define SUMS_BOUND 2e-6

static const char *const compared[] = { "x1", "x2", "x3", "class_logits", "x5", "d3",
                                        "p2", "d2", "p1", "d1",           "p0", "d0" };

static fixture model;
static network_config config;

static unsigned char *bytes_of(const fixture *vectors, int32_t shape[4])
{
    float *input = fixture_numbers(vectors, shape, "input");
    size_t count;
    unsigned char *bytes;

    assert_non_null(input);
    count = (size_t)shape[0] * (size_t)shape[1] * (size_t)shape[2] * (size_t)shape[3];
    bytes = malloc(count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (unsigned char)lroundf(input[i] * 128 + 128);
    free(input);
    return bytes;
}

/* The value `name` of the run, compared with the recorded one, if there is one. */
static void compare(const parity_run *run, const fixture *vectors, const char *name, char *report, size_t room)
{
    bool logits = !strcmp(name, "class_logits"); /* x4 is that times logit_scale */
    plan_id id = plan_find(run->p, logits ? "x4" : name);
    float *want = fixture_numbers(vectors, NULL, "%s", name), *got;
    size_t count, used = strlen(report);

    if (!want)
        return;
    if (id < 0)
        fail_msg("the plan has no value %s", name);
    count = parity_count(run->p, id);
    got = parity_value(run, id);
    for (size_t i = 0; logits && i < count; i++)
        got[i] /= config.mobilenet.logit_scale;
    snprintf(report + used, room - used, " %s %.1e", name, parity_difference(got, want, count));
    parity_agree(parity_describe(run->p, id).text, got, want, count, BOUND);
    free(got);
    free(want);
}

/* [sum, sum of absolute values] of x1 to x5. */
static void compare_sums(const parity_run *run, const fixture *vectors)
{
    const char *text = weights_metadata(vectors->tensors, "sums");
    json sums;

    assert_non_null(text);
    assert_int_equal(json_open(&sums, "sums", text, strlen(text), NULL), INSPYR_OK);
    for (int k = 1; k <= 5; k++) {
        const char name[3] = { 'x', (char)('0' + k), 0 };
        double want[2], sum = 0, mass = 0;
        plan_id id = plan_find(run->p, name);
        float *got = parity_value(run, id);

        assert_true(json_number(json_at(json_find(sums, name), 0), &want[0]));
        assert_true(json_number(json_at(json_find(sums, name), 1), &want[1]));
        for (size_t i = 0; i < parity_count(run->p, id); i++) {
            sum += (double)got[i];
            mass += fabs((double)got[i]);
        }
        if (fabs(sum - want[0]) > SUMS_BOUND * want[1] || fabs(mass - want[1]) > SUMS_BOUND * want[1])
            fail_msg("%s: sums %.9g and %.9g, expected %.9g and %.9g", name, sum, mass, want[0], want[1]);
        free(got);
    }
}

static void reproduces(const engine_kind *engine, const char *name)
{
    inspyr_allocator allocator = fixture_allocator();
    inspyr_error error;
    fixture vectors;
    plan *p, *lowered;
    parity_run run;
    unsigned char *picture;
    int32_t shape[4];
    char path[256], report[512] = "";

    parity_subject("%s %s", engine->name, name);
    snprintf(path, sizeof path, TEST_MODELS "/vectors/%s.safetensors", name);
    assert_true(fixture_open(&vectors, path));
    picture = bytes_of(&vectors, shape);
    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    if (network_record(p, &config, (network_size){ .n = shape[0], .h = shape[1], .w = shape[2] }, &error))
        fail_msg("%s: %s", name, error.message);
    lowered = parity_lower(p, engine, INSPYR_PRECISION_EXACT);
    parity_open(&run, engine, lowered, model.tensors, NULL, ENGINE_KEEP_VALUES);
    parity_submit(&run, picture, NULL);
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++)
        compare(&run, &vectors, compared[i], report, sizeof report);
    print_message("%s %s:%s\n", engine->name, name, report);
    compare_sums(&run, &vectors);
    parity_close(&run);
    plan_free(lowered);
    plan_free(p);
    free(picture);
    fixture_close(&vectors);
}

static void the_oracle_reproduces_the_small_vectors(void **state)
{
    (void)state;
    reproduces(&engine_oracle, "a_64x96");
    reproduces(&engine_oracle, "b_96x96");
}

static void the_plain_engine_reproduces_all_vectors(void **state)
{
    (void)state;
    reproduces(&engine_plain, "a_64x96");
    reproduces(&engine_plain, "b_96x96");
    reproduces(&engine_plain, "c_384x384");
}

static int open_model(void **state)
{
    inspyr_error error;

    (void)state;
    if (!fixture_open(&model, TEST_MODELS "/nano.safetensors"))
        return -1;
    if (network_configure(&config, model.tensors, NULL, &error)) {
        print_error("%s\n", error.message);
        return -1;
    }
    return 0;
}

static int close_model(void **state)
{
    (void)state;
    fixture_close(&model);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_reproduces_the_small_vectors),
        cmocka_unit_test(the_plain_engine_reproduces_all_vectors),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
