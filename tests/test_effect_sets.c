#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "effect/effect_select.h"
#include "support/canvas.h"
#include "support/effects.h"

static const unsigned sets[] = { EFFECT_AVX2, EFFECT_AVX512, EFFECT_ALL };

/* Alpha as cut-outs have it: mostly nothing or everything. */
static void fill(canvas *c, chance *random)
{
    canvas_fill(c, random);
    for (int32_t y = 0; y < c->view.height; y++)
        for (int32_t x = 0; x < c->view.width; x++) {
            unsigned char *p = (unsigned char *)c->view.data + y * c->view.stride + 4 * (int64_t)x;

            if (!chance_one_in(random, 4))
                p[3] = chance_one_in(random, 2) ? 255 : 0;
        }
}

static void same_alpha(const inspyr_view *a, const inspyr_view *b)
{
    for (int32_t y = 0; y < a->height; y++)
        for (int32_t x = 0; x < a->width; x++)
            assert_int_equal(((unsigned char *)a->data)[y * a->stride + 4 * (int64_t)x + 3],
                             ((unsigned char *)b->data)[y * b->stride + 4 * (int64_t)x + 3]);
}

/* One picture, drawn with the baseline and with every other set; strides of both signs, pieces in either order.
 */
static void all_sets_agree(const inspyr_effect_values *values, int32_t width, int32_t height, chance *random)
{
    canvas src = canvas_make(width, height, INSPYR_RGBA8, chance_one_in(random, 2));
    canvas want = canvas_make(width, height, INSPYR_RGBA8, 0);

    fill(&src, random);
    draw_directly(&want.view, &src.view, effect_kernels_select(0), values, false);
    same_alpha(&want.view, &src.view);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        canvas got = canvas_make(width, height, INSPYR_RGBA8, chance_one_in(random, 2));

        draw_directly(&got.view, &src.view, effect_kernels_select(sets[i]), values, chance_one_in(random, 2));
        if (!canvas_same(&got, &want))
            fail_msg("%s, %d x %d, %s", effect_table[values->effect].name, width, height,
                     effect_kernels_select(sets[i])->name);
        canvas_free(&got);
    }
    canvas_free(&want);
    canvas_free(&src);
}

static void every_instruction_set_gives_the_same_bytes_at_every_size(void **state)
{
    chance random = { 11 };

    (void)state;
    for (int32_t effect = 0; effect < EFFECT_COUNT; effect++)
        for (int32_t width = 1; width <= 67; width++) {
            inspyr_effect_values values;

            effect_presets(&values, effect);
            all_sets_agree(&values, width, chance_between(&random, 1, 67), &random);
            all_sets_agree(&values, chance_between(&random, 1, 67), 1, &random);
        }
}

/* Wide enough for several bands. */
static void pieces_may_run_in_any_order(void **state)
{
    chance random = { 12 };

    (void)state;
    for (int32_t effect = 0; effect < EFFECT_COUNT; effect++) {
        inspyr_effect_values values;

        effect_presets(&values, effect);
        all_sets_agree(&values, 1501, 97, &random);
        all_sets_agree(&values, 33001, 3, &random);
    }
}

static void both_ends_of_every_range_can_be_drawn(void **state)
{
    chance random = { 13 };

    (void)state;
    for (int32_t effect = 0; effect < EFFECT_COUNT; effect++)
        for (int32_t i = 0; i < effect_table[effect].parameter_count; i++)
            for (int end = 0; end < 2; end++) {
                const effect_parameter *p = &effect_table[effect].parameters[i];
                inspyr_effect_values values;

                effect_presets(&values, effect);
                values.values[i] = end ? p->most : p->least;
                all_sets_agree(&values, 1, 1, &random);
                all_sets_agree(&values, 1, 50, &random);
                all_sets_agree(&values, 61, 47, &random);
            }
}

static void forbidden_sets_are_not_chosen(void **state)
{
    (void)state;
    assert_string_equal(effect_kernels_select(0)->name, "baseline");
    assert_string_not_equal(effect_kernels_select(EFFECT_AVX2)->name, "avx512");
}

/* Does parameter i at either end of its range give another picture than its preset, where `choice`, a number of
 * the effect's first parameter, is not negative and i another one? */
static bool changes_something(int32_t effect, int32_t i, int32_t choice, const inspyr_view *picture)
{
    const effect_parameter *p = &effect_table[effect].parameters[i];
    canvas drawn_with[3];
    bool changes;

    for (int k = 0; k < 3; k++) {
        inspyr_effect_values values;

        effect_presets(&values, effect);
        if (choice >= 0)
            values.values[0] = (float)choice;
        values.values[i] = k == 0 ? p->preset : k == 1 ? p->least : p->most;
        drawn_with[k] = canvas_make(picture->width, picture->height, INSPYR_RGBA8, 0);
        draw_directly(&drawn_with[k].view, picture, effect_kernels_select(0), &values, false);
    }
    changes = !canvas_same(&drawn_with[0], &drawn_with[1]) || !canvas_same(&drawn_with[0], &drawn_with[2]);
    for (int k = 0; k < 3; k++)
        canvas_free(&drawn_with[k]);
    return changes;
}

static void a_parameter_changes_the_bytes_unless_it_is_marked(void **state)
{
    pixels p = golden_picture(INSPYR_RGBA8);

    (void)state;
    for (int32_t effect = 0; effect < EFFECT_COUNT; effect++)
        for (int32_t i = 0; i < effect_table[effect].parameter_count; i++) {
            const effect_parameter *all = effect_table[effect].parameters;
            bool changes = changes_something(effect, i, -1, &p.view);

            for (int32_t k = 0; all[0].kind == INSPYR_PARAMETER_CHOICE && (float)k <= all[0].most; k++)
                changes = changes || changes_something(effect, i, k, &p.view);
            if (changes == all[i].no_effect)
                fail_msg("%s: %s", effect_table[effect].name, all[i].name);
        }
    free(p.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_gives_the_same_bytes_at_every_size),
        cmocka_unit_test(pieces_may_run_in_any_order),
        cmocka_unit_test(both_ends_of_every_range_can_be_drawn),
        cmocka_unit_test(forbidden_sets_are_not_chosen),
        cmocka_unit_test(a_parameter_changes_the_bytes_unless_it_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
