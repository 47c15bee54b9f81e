#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspyr_experimental.h"
#include "matte/nearness.h"

static inspyr_status measure(inspyr_alpha_measures *m, float *matte, unsigned char *alpha, int32_t width,
                             int32_t height, inspyr_error *error)
{
    inspyr_view a = { matte, (int64_t)width * 4, width, height, INSPYR_GREYF32, 0 };
    inspyr_view b = { alpha, width, width, height, INSPYR_GREY8, 0 };

    inspyr_alpha_measures_init(m);
    return inspyr_measure_alpha(m, &a, &b, error);
}

static void is_near(double got, double want)
{
    if (!(fabs(got - want) < 1e-9))
        fail_msg("%.12g, not %.12g", got, want);
}

static void a_matte_that_is_the_alpha_has_no_error(void **state)
{
    float matte[6] = { 0, 1, 51.0f / 255.0f, 1, 0, 204.0f / 255.0f };
    unsigned char alpha[6] = { 0, 255, 51, 255, 0, 204 };
    inspyr_alpha_measures m;

    (void)state;
    assert_int_equal(measure(&m, matte, alpha, 3, 2, NULL), INSPYR_OK);
    is_near(m.sad, 0);
    is_near(m.mse, 0);
    is_near(m.gradient, 0);
    is_near(m.connectivity, 0);
}

/* Differences 1/5 and 2/5 in four pixels, and what is over 1 counts as 1. */
static void sums_and_means_are_those_of_the_differences(void **state)
{
    float matte[4] = { 0.2f, 1.7f, 0.6f, -3 };
    unsigned char alpha[4] = { 0, 255, 255, 0 };
    inspyr_alpha_measures m;

    (void)state;
    assert_int_equal(measure(&m, matte, alpha, 2, 2, NULL), INSPYR_OK);
    assert_true(fabs(m.sad - 0.6 / 1000) < 1e-9);
    assert_true(fabs(m.mse - (0.04 + 0.16) / 4) < 1e-7);
}

/* A single column: no change across, and down a row of steps of 1: both derivatives are constant, so flat
 * planes of any two levels have none, and a ramp's is its slope times the sum of the derivative's taps. */
static void gradients_of_flat_planes_are_nothing_and_a_ramp_s_is_its_slope(void **state)
{
    static float found[40 * 40], known[40 * 40];
    alpha_pair pair = { found, known, 40, 40 };
    double smooth = 0, slope = 0, smooth_energy = 0, slope_energy = 0, each;

    (void)state;
    for (int i = 0; i < 40 * 40; i++) {
        found[i] = 0.25f;
        known[i] = 0.75f;
    }
    is_near(gradient_error(&pair), 0);
    for (int i = -4; i <= 4; i++) {
        double g = exp(-i * i / (2 * 1.4 * 1.4));

        smooth += g;
        smooth_energy += g * g;
        slope += i * g * i; /* of the ramp i */
        slope_energy += i * g * i * g;
    }
    each = smooth / sqrt(smooth_energy) * slope / sqrt(slope_energy) / 64;
    for (int i = 0; i < 40 * 40; i++)
        known[i] = (float)(i % 40) / 64;
    /* Columns 4 to 35 see the ramp alone; the four at each side see less of it. */
    assert_true(gradient_error(&pair) > 40 * 32 * each * each - 1e-6);
    assert_true(gradient_error(&pair) < 40 * 40 * each * each);
}

/* A row of ten: both have 1, a gap of 0 in one of them, and 1 again. The larger part stays connected up to 1;
 * the smaller leaves at level 0, so its phi is 1 - 1 = 0 in both; in the gap, phi is 0 where alpha is 1, and 1
 * where it is 0. */
static void what_is_cut_off_is_not_connected(void **state)
{
    float matte[10] = { 1, 1, 1, 1, 1, 1, 0, 1, 1, 1 };
    unsigned char alpha[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
    inspyr_alpha_measures m;

    (void)state;
    assert_int_equal(measure(&m, matte, alpha, 10, 1, NULL), INSPYR_OK);
    is_near(m.connectivity, 1.0 / 1000);
    matte[6] = 0.5f; /* left at 0.5: d is 0 and 0.5 */
    assert_int_equal(measure(&m, matte, alpha, 10, 1, NULL), INSPYR_OK);
    is_near(m.connectivity, 0.5 / 1000);
    matte[6] = 0.95f; /* left at 0.9: both are nearer than theta */
    assert_int_equal(measure(&m, matte, alpha, 10, 1, NULL), INSPYR_OK);
    is_near(m.connectivity, 0);
}

static void what_cannot_be_measured_is_refused(void **state)
{
    float matte[4] = { 0 };
    unsigned char alpha[4] = { 0 };
    inspyr_view a = { matte, 8, 2, 2, INSPYR_GREYF32, 0 }, b = { alpha, 2, 2, 2, INSPYR_GREY8, 0 };
    inspyr_alpha_measures m;

    (void)state;
    inspyr_alpha_measures_init(&m);
    assert_int_equal(inspyr_measure_alpha(NULL, &a, &b, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_measure_alpha(&m, &b, &b, NULL), INSPYR_ERR_ARGUMENT);
    b.height = 1;
    assert_int_equal(inspyr_measure_alpha(&m, &a, &b, NULL), INSPYR_ERR_ARGUMENT);
    m.struct_size = 0;
    b.height = 2;
    assert_int_equal(inspyr_measure_alpha(&m, &a, &b, NULL), INSPYR_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matte_that_is_the_alpha_has_no_error),
        cmocka_unit_test(sums_and_means_are_those_of_the_differences),
        cmocka_unit_test(gradients_of_flat_planes_are_nothing_and_a_ramp_s_is_its_slope),
        cmocka_unit_test(what_is_cut_off_is_not_connected),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
