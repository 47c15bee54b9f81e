/* effect_print.c - inspyr_effect_print(): the one text of an effect and its values. */
#include <stdio.h>

#include "base/options.h"
#include "base/status.h"
#include "effect/effect_number.h"
#include "effect/effect_text.h"

static void write_word(char *out, size_t size, const char *words, int number)
{
    for (; number; number--)
        words += strcspn(words, "|") + 1;
    snprintf(out, size, "%.*s", (int)strcspn(words, "|"), words);
}

static void write_value(char *out, size_t size, const effect_parameter *p, float value)
{
    char number[NUMBER_TEXT_MAX];

    switch (p->kind) {
    case INSPYR_PARAMETER_COLOUR:
        snprintf(out, size, "%06x", (unsigned)value);
        break;
    case INSPYR_PARAMETER_CHOICE:
        write_word(out, size, p->words, (int)value);
        break;
    case INSPYR_PARAMETER_SWITCH:
        snprintf(out, size, "%s", value != 0 ? "on" : "off");
        break;
    default:
        number_write(number, value);
        snprintf(out, size, "%s", number);
    }
}

static inspyr_status check(const inspyr_effect_values *v, inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;

    if (v->effect < 0 || v->effect >= EFFECT_COUNT)
        return failed(error, INSPYR_ERR_ARGUMENT, "there is no effect number %d", (int)v->effect);
    const effect_row *row = &effect_table[v->effect];

    if (v->version < 0 || v->version > row->newest)
        status =
            failed(error, INSPYR_ERR_UNSUPPORTED, "%s@%d is not in this build", row->name, (int)v->version);
    for (int32_t i = 0; !status && i < INSPYR_PARAMETERS_MAX; i++)
        if (i < row->parameter_count)
            status = effect_check_value(row, &row->parameters[i], v->values[i], error);
        else if (v->values[i] != 0)
            status = failed(error, INSPYR_ERR_ARGUMENT, "%s has %d parameters", row->name,
                            (int)row->parameter_count);
    return status;
}

static bool says_something(const effect_parameter *p, const char *value)
{
    char preset[INSPYR_EFFECT_TEXT_MAX];

    write_value(preset, sizeof preset, p, p->preset);
    return !p->no_effect && strcmp(value, preset) != 0;
}

inspyr_status inspyr_effect_print(char out[INSPYR_EFFECT_TEXT_MAX], const inspyr_effect_values *values,
                                  inspyr_error *error)
{
    inspyr_effect_values v;
    inspyr_status status;
    int used;

    succeeded(error);
    if (!out || !values)
        return failed(error, INSPYR_ERR_ARGUMENT, "out and values are needed");
    out[0] = '\0';
    status = options_import(&v, sizeof v, OPTIONS_FIRST(inspyr_effect_values, values), values, error);
    if (!status)
        status = check(&v, error);
    if (status)
        return status;
    const effect_row *row = &effect_table[v.effect];
    char mark = ':';

    used =
        snprintf(out, INSPYR_EFFECT_TEXT_MAX, "%s@%d", row->name, (int)(v.version ? v.version : row->version));
    for (int32_t i = 0; i < row->parameter_count; i++) {
        char value[INSPYR_EFFECT_TEXT_MAX];
        int more;

        write_value(value, sizeof value, &row->parameters[i], v.values[i]);
        if (!says_something(&row->parameters[i], value))
            continue;
        more = snprintf(out + used, INSPYR_EFFECT_TEXT_MAX - (size_t)used, "%c%s=%s", mark,
                        row->parameters[i].name, value);
        if (more >= INSPYR_EFFECT_TEXT_MAX - used) {
            out[0] = '\0';
            return failed(error, INSPYR_ERR_INTERNAL, "the text of %s is too long", row->name);
        }
        used += more;
        mark = ',';
    }
    return INSPYR_OK;
}
