/* effect_assign.c - "contrast=2.5": one parameter of an effect. */
#include "base/status.h"
#include "effect/effect_near.h"
#include "effect/effect_number.h"
#include "effect/effect_text.h"

static inspyr_status unknown(const effect_row *row, effect_word name, inspyr_error *error)
{
    char names[EFFECT_NAMES_MAX] = "";

    for (int32_t i = 0; i < row->parameter_count; i++)
        if (name_near(name.at, name.length, row->parameters[i].name))
            return failed(error, INSPYR_ERR_ARGUMENT, "%s has no parameter '%.*s'; did you mean '%s'?",
                          row->name, EFFECT_WORD_SHOWN(name), row->parameters[i].name);
    for (int32_t i = 0; i < row->parameter_count; i++)
        effect_add_name(names, row->parameters[i].name);
    return failed(error, INSPYR_ERR_ARGUMENT, "%s has no parameter '%.*s'; it has %s", row->name,
                  EFFECT_WORD_SHOWN(name), names[0] ? names : "none");
}

static int hexadecimal(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool read_colour(float *out, effect_word text)
{
    int32_t colour = 0;

    for (size_t i = 0; i < text.length; i++) {
        int digit = i < 6 ? hexadecimal(text.at[i]) : -1;

        if (digit < 0)
            return false;
        colour = colour * 16 + digit;
    }
    *out = (float)colour;
    return text.length == 6;
}

/* words: "one|other" */
static bool read_choice(float *out, const char *words, effect_word text)
{
    for (float number = 0;; number++) {
        effect_word word = { words, strcspn(words, "|") };

        if (word.length == text.length && !memcmp(word.at, text.at, word.length)) {
            *out = number;
            return true;
        }
        if (!words[word.length])
            return false;
        words += word.length + 1;
    }
}

static bool read_switch(float *out, effect_word text)
{
    static const char *const words[][2] = {
        { "off", "on" }, { "0", "1" }, { "false", "true" }, { "no", "yes" }
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int value = 0; value < 2; value++)
            if (effect_word_is(text, words[i][value])) {
                *out = (float)value;
                return true;
            }
    return false;
}

static inspyr_status read_value(float *out, const effect_row *row, const effect_parameter *p, effect_word text,
                                inspyr_error *error)
{
    const char *wanted = "";

    switch (p->kind) {
    case INSPYR_PARAMETER_COLOUR:
        if (read_colour(out, text))
            return INSPYR_OK;
        wanted = "six hexadecimal digits";
        break;
    case INSPYR_PARAMETER_CHOICE:
        if (read_choice(out, p->words, text))
            return INSPYR_OK;
        wanted = p->words;
        break;
    case INSPYR_PARAMETER_SWITCH:
        if (read_switch(out, text))
            return INSPYR_OK;
        wanted = "on or off";
        break;
    default:
        if (number_read(out, text.at, text.length))
            return effect_check_value(row, p, *out, error);
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: %s is a number from %g to %g, not '%.*s'", row->name,
                      p->name, (double)p->least, (double)p->most, EFFECT_WORD_SHOWN(text));
    }
    return failed(error, INSPYR_ERR_ARGUMENT, "%s: %s is %s, not '%.*s'", row->name, p->name, wanted,
                  EFFECT_WORD_SHOWN(text));
}

inspyr_status effect_assign(inspyr_effect_values *values, uint32_t *given, effect_word assignment,
                            inspyr_error *error)
{
    const effect_row *row = &effect_table[values->effect];
    const char *equals = memchr(assignment.at, '=', assignment.length);
    effect_word name, value;

    if (!equals)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: a parameter is NAME=VALUE, not '%.*s'", row->name,
                      EFFECT_WORD_SHOWN(assignment));
    name = effect_trim((effect_word){ assignment.at, (size_t)(equals - assignment.at) });
    value = effect_trim((effect_word){ equals + 1, assignment.length - (size_t)(equals + 1 - assignment.at) });
    for (int32_t i = 0; i < row->parameter_count; i++) {
        if (!effect_word_is(name, row->parameters[i].name))
            continue;
        if (*given >> i & 1)
            return failed(error, INSPYR_ERR_ARGUMENT, "%s: %s is given twice", row->name,
                          row->parameters[i].name);
        *given |= UINT32_C(1) << i;
        return read_value(&values->values[i], row, &row->parameters[i], value, error);
    }
    return unknown(row, name, error);
}
