#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "effect/effect_number.h"
#include "effect/effect_table.h"
#include "support/chance.h"

static void reads_as(const char *text, size_t index, const char *canonical)
{
    char printed[INSPYR_EFFECT_TEXT_MAX];
    inspyr_effect_values values;
    inspyr_error error;

    inspyr_effect_values_init(&values);
    if (inspyr_effect_parse(&values, NULL, text, index, &error) ||
        inspyr_effect_print(printed, &values, &error))
        fail_msg("%s: %s", text, error.message);
    assert_string_equal(printed, canonical);
}

static void names_versions_and_parameters_are_read(void **state)
{
    (void)state;
    reads_as("popart", 0, "popart@1");
    reads_as("popart@1", 0, "popart@1");
    reads_as("popart:contrast=3,saturation=0.5", 0, "popart@1:contrast=3,saturation=0.5");
    reads_as("popart@1:saturation=0.5,contrast=3", 0, "popart@1:contrast=3,saturation=0.5");
    reads_as(" popart : contrast = 3 , saturation = 0.5 ", 0, "popart@1:contrast=3,saturation=0.5");
    reads_as("enhancedblackwhite", 0, "enhancedblackwhite@1");
    reads_as("enhancedblackwhite@2", 0, "enhancedblackwhite@2");
    reads_as("retro8bit:quality_preset=custom,use_error_diffusion=yes,preserve_edges=1", 0,
             "retro8bit@1:quality_preset=custom,use_error_diffusion=on");
    reads_as("duotone:dark=00FF7f", 0, "duotone@1:dark=00ff7f");
}

static void a_comma_before_an_assignment_continues_the_effect(void **state)
{
    size_t count;

    (void)state;
    reads_as("color,popart:contrast=3,saturation=1,sketch:radius=4,duotone", 1,
             "popart@1:contrast=3,saturation=1");
    reads_as("color,popart:contrast=3,saturation=1,sketch:radius=4,duotone", 2, "sketch@1:radius=4");
    reads_as("color,popart,contrast=3", 1, "popart@1:contrast=3");
    assert_int_equal(inspyr_effect_parse(NULL, &count, "color,popart:contrast=3,saturation=1,duotone", 0, NULL),
                     INSPYR_OK);
    assert_int_equal(count, 3);
}

static void the_canonical_text_leaves_out_defaults_and_what_has_no_effect(void **state)
{
    (void)state;
    reads_as("popart:contrast=2.5,saturation=2.000", 0, "popart@1");
    reads_as("popart:edge_enhancement=0.9", 0, "popart@1");
    reads_as("popart:contrast=-0", 0, "popart@1:contrast=0");
}

static void every_set_names_effects_that_are_there(void **state)
{
    inspyr_effect_set set;
    size_t sets = 0, by_name, spelled_out;

    (void)state;
    inspyr_effect_set_init(&set);
    for (; !inspyr_effect_set_list(&set, sets, NULL); sets++) {
        assert_int_equal(inspyr_effect_parse(NULL, &by_name, set.name, 0, NULL), INSPYR_OK);
        assert_int_equal(inspyr_effect_parse(NULL, &spelled_out, set.effects, 0, NULL), INSPYR_OK);
        assert_int_equal(by_name, spelled_out);
        for (size_t i = 0; i < by_name; i++) {
            inspyr_effect_values a, b;

            inspyr_effect_values_init(&a);
            inspyr_effect_values_init(&b);
            assert_int_equal(inspyr_effect_parse(&a, NULL, set.name, i, NULL), INSPYR_OK);
            assert_int_equal(inspyr_effect_parse(&b, NULL, set.effects, i, NULL), INSPYR_OK);
            assert_memory_equal(&a, &b, sizeof a);
        }
    }
    assert_int_equal(sets, EFFECT_SETS);
    assert_int_equal(inspyr_effect_parse(NULL, &by_name, "sketch,classic,duotone", 0, NULL), INSPYR_OK);
    assert_int_equal(by_name, spelled_out + 2);
}

static void is_refused(const char *text, inspyr_status status, const char *message)
{
    inspyr_effect_values values;
    inspyr_error error;

    inspyr_effect_values_init(&values);
    values.effect = 99;
    if (inspyr_effect_parse(&values, NULL, text, 0, &error) != status || !strstr(error.message, message))
        fail_msg("%s: %d, %s", text, error.status, error.message);
    assert_int_equal(values.effect, 0);
}

static void a_refusal_says_what_there_is(void **state)
{
    (void)state;
    is_refused("popert", INSPYR_ERR_ARGUMENT,
               "no effect 'popert'; did you mean 'popart'? There are color, enhancedblackwhite, popart");
    is_refused("optimized_popart", INSPYR_ERR_ARGUMENT, "did you mean 'popart'?");
    is_refused("xyz", INSPYR_ERR_ARGUMENT, "no effect 'xyz'; there are color, enhancedblackwhite, popart");
    is_refused("popart:contrats=1", INSPYR_ERR_ARGUMENT, "no parameter 'contrats'; did you mean 'contrast'?");
    is_refused("popart:xyz=1", INSPYR_ERR_ARGUMENT, "it has contrast, saturation");
    is_refused("color:x=1", INSPYR_ERR_ARGUMENT, "it has none");
    is_refused("popart:contrast=9", INSPYR_ERR_ARGUMENT, "contrast is a number from 0 to 8 (factor), not 9");
    is_refused("popart:contrast=-1", INSPYR_ERR_ARGUMENT, "from 0 to 8");
    is_refused("popart:contrast=nan", INSPYR_ERR_ARGUMENT, "from 0 to 8, not 'nan'");
    is_refused("sketch:radius=2.5", INSPYR_ERR_ARGUMENT, "radius is a whole number from 1 to 32 (pixels)");
    is_refused("duotone:dark=#001122", INSPYR_ERR_ARGUMENT, "six hexadecimal digits");
    is_refused("duotone:dark=00112", INSPYR_ERR_ARGUMENT, "six hexadecimal digits");
    is_refused("retro8bit:quality_preset=fast", INSPYR_ERR_ARGUMENT,
               "is speed|balanced|quality|custom, not 'fast'");
    is_refused("retro8bit:preserve_edges=maybe", INSPYR_ERR_ARGUMENT, "on or off");
    is_refused("popart@2", INSPYR_ERR_UNSUPPORTED, "popart@2 is not in this build; its newest is popart@1");
    is_refused("popart@x", INSPYR_ERR_ARGUMENT, "a version is a whole number");
    is_refused("popart:contrast=1,contrast=2", INSPYR_ERR_ARGUMENT, "contrast is given twice");
    is_refused("popart:", INSPYR_ERR_ARGUMENT, "NAME=VALUE");
    is_refused("contrast=2", INSPYR_ERR_ARGUMENT, "follows no effect");
    is_refused("classic,contrast=2", INSPYR_ERR_ARGUMENT, "follows no effect");
    is_refused("classic:contrast=2", INSPYR_ERR_ARGUMENT, "follows no effect");
    is_refused("classic@1", INSPYR_ERR_ARGUMENT, "no effect 'classic'");
    is_refused("", INSPYR_ERR_ARGUMENT, "missing");
    is_refused("popart,", INSPYR_ERR_ARGUMENT, "comma");
    is_refused("popart\n", INSPYR_ERR_ARGUMENT, "printable");
    is_refused(NULL, INSPYR_ERR_ARGUMENT, "NULL");
    assert_int_equal(inspyr_effect_parse(NULL, NULL, "color", 7, NULL), INSPYR_OK);
}

static void an_index_behind_the_last_effect_is_refused(void **state)
{
    (void)state;
    inspyr_effect_values values;

    inspyr_effect_values_init(&values);
    assert_int_equal(inspyr_effect_parse(&values, NULL, "color,popart", 2, NULL), INSPYR_ERR_ARGUMENT);
}

static void numbers_are_read_as_the_c_library_reads_them(void **state)
{
    static const char *const good[] = { "0",        "7",         "-7",         "2.5", "0.1",
                                        "0.000001", "123456789", "-12.345678", "007" };
    static const char *const bad[] = { "",   "-",  ".5",  "5.",  "1e3",        "+1",
                                       " 1", "1 ", "0x1", "1,5", "1234567890", "0.1234567" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        float number, want;

        assert_true(number_read(&number, good[i], strlen(good[i])));
        assert_int_equal(sscanf(good[i], "%f", &want), 1);
        assert_true(number == want);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        float number;

        assert_false(number_read(&number, bad[i], strlen(bad[i])));
    }
}

static void numbers_that_were_read_are_written_so_that_they_read_the_same(void **state)
{
    chance random = { 3 };

    (void)state;
    for (int i = 0; i < 100000; i++) {
        char text[NUMBER_TEXT_MAX], again[NUMBER_TEXT_MAX];
        float number, back;

        snprintf(text, sizeof text, "%s%d.%0*d", chance_one_in(&random, 2) ? "-" : "",
                 (int)chance_between(&random, 0, chance_one_in(&random, 2) ? 9 : 99999), 6,
                 (int)chance_between(&random, 0, 999999));
        assert_true(number_read(&number, text, strlen(text)));
        number_write(again, number);
        assert_true(number_read(&back, again, strlen(again)));
        assert_true(back == number);
        assert_true(strlen(again) <= strlen(text));
    }
}

/* Random values of every parameter: what is printed is read as the same values, and printed as the same text.
 */
static void every_effect_comes_back_from_its_text(void **state)
{
    chance random = { 5 };

    (void)state;
    for (int round = 0; round < 2000; round++) {
        int32_t effect = chance_between(&random, 0, EFFECT_COUNT - 1);
        const effect_row *row = &effect_table[effect];
        char text[INSPYR_EFFECT_TEXT_MAX], again[INSPYR_EFFECT_TEXT_MAX];
        inspyr_effect_values values, back;

        effect_presets(&values, effect);
        for (int32_t i = 0; i < row->parameter_count; i++) {
            const effect_parameter *p = &row->parameters[i];
            float value = chance_number(&random, p->least, p->most);

            if (p->kind != INSPYR_PARAMETER_NUMBER)
                values.values[i] = (float)(int32_t)value;
            else if (!p->no_effect) /* 1/64: exact in six decimals */
                values.values[i] = p->least + (float)(int32_t)((value - p->least) * 64) / 64;
        }
        inspyr_effect_values_init(&back);
        assert_int_equal(inspyr_effect_print(text, &values, NULL), INSPYR_OK);
        assert_int_equal(inspyr_effect_parse(&back, NULL, text, 0, NULL), INSPYR_OK);
        assert_int_equal(inspyr_effect_print(again, &back, NULL), INSPYR_OK);
        assert_string_equal(text, again);
        for (int32_t i = 0; i < row->parameter_count; i++)
            if (row->parameters[i].least == (float)(int32_t)row->parameters[i].least)
                assert_true(values.values[i] == back.values[i]);
    }
}

static void values_that_a_text_could_not_give_are_not_printed(void **state)
{
    char text[INSPYR_EFFECT_TEXT_MAX];
    inspyr_effect_values values;

    (void)state;
    inspyr_effect_values_init(&values);
    values.effect = EFFECT_COUNT;
    assert_int_equal(inspyr_effect_print(text, &values, NULL), INSPYR_ERR_ARGUMENT);
    effect_presets(&values, EFFECT_popart);
    values.values[0] = 8.5f;
    assert_int_equal(inspyr_effect_print(text, &values, NULL), INSPYR_ERR_ARGUMENT);
    assert_string_equal(text, "");
    values.values[0] = 0.0f / 0.0f;
    assert_int_equal(inspyr_effect_print(text, &values, NULL), INSPYR_ERR_ARGUMENT);
    effect_presets(&values, EFFECT_popart);
    values.values[INSPYR_PARAMETERS_MAX - 1] = 1;
    assert_int_equal(inspyr_effect_print(text, &values, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_effect_print(text, NULL, NULL), INSPYR_ERR_ARGUMENT);
}

static void the_table_has_a_preset_and_a_range_for_every_parameter(void **state)
{
    inspyr_effect effect;
    inspyr_parameter p;
    size_t i = 0;

    (void)state;
    inspyr_effect_init(&effect);
    inspyr_parameter_init(&p);
    for (; !inspyr_effect_list(&effect, i, NULL); i++) {
        assert_true(effect.name[0] && effect.text[0] && effect.version >= 1);
        for (int32_t k = 0; k < effect.parameters; k++) {
            assert_int_equal(inspyr_parameter_list(&p, i, (size_t)k, NULL), INSPYR_OK);
            assert_true(p.name[0] && p.text[0] && p.least <= p.preset && p.preset <= p.most);
        }
        assert_int_equal(inspyr_parameter_list(&p, i, (size_t)effect.parameters, NULL), INSPYR_ERR_ARGUMENT);
        assert_null(p.name);
    }
    assert_int_equal(i, EFFECT_COUNT);
    assert_null(effect.name);
    assert_int_equal(inspyr_parameter_list(&p, EFFECT_COUNT, 0, NULL), INSPYR_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_versions_and_parameters_are_read),
        cmocka_unit_test(a_comma_before_an_assignment_continues_the_effect),
        cmocka_unit_test(the_canonical_text_leaves_out_defaults_and_what_has_no_effect),
        cmocka_unit_test(every_set_names_effects_that_are_there),
        cmocka_unit_test(a_refusal_says_what_there_is),
        cmocka_unit_test(an_index_behind_the_last_effect_is_refused),
        cmocka_unit_test(numbers_are_read_as_the_c_library_reads_them),
        cmocka_unit_test(numbers_that_were_read_are_written_so_that_they_read_the_same),
        cmocka_unit_test(every_effect_comes_back_from_its_text),
        cmocka_unit_test(values_that_a_text_could_not_give_are_not_printed),
        cmocka_unit_test(the_table_has_a_preset_and_a_range_for_every_parameter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
