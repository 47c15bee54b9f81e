#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "effect/effect_draw.h"

/* Effects that draw nothing and note in which order their pieces ran: the number of the effect, step, piece. */
static char notes[200];

static size_t nothing(const effect_job *job)
{
    (void)job;
    return 0;
}

static void note(const effect_job *job, int32_t step, int32_t piece, void *scratch)
{
    char *end = notes + strlen(notes);

    (void)scratch;
    end[0] = (char)('a' + (int)job->seed);
    end[1] = (char)('0' + step);
    end[2] = (char)('0' + piece);
    end[3] = ' ';
    end[4] = '\0';
}

/* job.values: pieces of each step. */
static int32_t as_told(const effect_job *job, int32_t step)
{
    return (int32_t)job->values[step];
}

static const effect_steps told = { nothing, nothing, NULL, as_told, note };

static effect_drawing drawing(uint64_t name, const float *pieces)
{
    return (effect_drawing){ &told, { .values = pieces, .seed = name, .width = 1, .height = 1 }, false, 0, 0 };
}

static void draw_all(effect_drawing *drawings, size_t n)
{
    int32_t rounds = drawings_plan(drawings, n);

    notes[0] = '\0';
    for (int32_t round = 0; round < rounds; round++) {
        assert_true(drawings_round(drawings, n, round, NULL, NULL, 0));
        strcat(notes, "| ");
    }
}

static void a_step_that_cannot_be_shared_out_has_effects_of_one_step_beside_it(void **state)
{
    static const float single[] = { 3, 0 }, serial[] = { 2, 1, 2, 0 }, other[] = { 2, 2, 0 };
    effect_drawing drawings[] = { drawing(0, single), drawing(1, other), drawing(2, serial) };

    (void)state;
    draw_all(drawings, 3);
    assert_string_equal(notes, "b00 b01 c00 c01 | c10 a00 a01 a02 b10 b11 | c20 c21 | ");
    assert_int_equal(drawings[0].end, 2);
    assert_int_equal(drawings[1].end, 2);
    assert_int_equal(drawings[2].end, 3);
}

static void effects_of_one_step_do_not_wait_for_nothing(void **state)
{
    static const float single[] = { 3, 0 }, small[] = { 1, 1, 0 };
    effect_drawing drawings[] = { drawing(0, single), drawing(1, small) };

    (void)state;
    draw_all(drawings, 2);
    assert_string_equal(notes, "b00 a00 a01 a02 | b10 | ");
}

static void an_effect_that_failed_is_left_out(void **state)
{
    static const float single[] = { 1, 0 };
    effect_drawing drawings[] = { { 0 }, drawing(1, single) };

    (void)state;
    draw_all(drawings, 2);
    assert_string_equal(notes, "b00 | ");
    assert_int_equal(drawings_plan(drawings, 1), 0);
}

static void more_pieces_than_a_number_can_count_are_refused(void **state)
{
    static const float many[] = { 2147483520, 0 };
    effect_drawing drawings[] = { drawing(0, many), drawing(1, many) };

    (void)state;
    drawings_plan(drawings, 2);
    assert_false(drawings_round(drawings, 2, 0, NULL, NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_that_cannot_be_shared_out_has_effects_of_one_step_beside_it),
        cmocka_unit_test(effects_of_one_step_do_not_wait_for_nothing),
        cmocka_unit_test(an_effect_that_failed_is_left_out),
        cmocka_unit_test(more_pieces_than_a_number_can_count_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
