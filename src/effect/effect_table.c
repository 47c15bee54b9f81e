#include "effect/effect_table.h"

#include "base/status.h"

#define NUMBER(name, text, unit, least, most, preset)                                                          \
    { INSPYR_PARAMETER_NUMBER, #name, text, unit, "", least, most, preset, false },
#define INTEGER(name, text, unit, least, most, preset)                                                         \
    { INSPYR_PARAMETER_INTEGER, #name, text, unit, "", least, most, preset, false },
#define SWITCH(name, text, preset) { INSPYR_PARAMETER_SWITCH, #name, text, "", "", 0, 1, preset, false },
#define CHOICE(name, text, words, count, preset)                                                               \
    { INSPYR_PARAMETER_CHOICE, #name, text, "", words, 0, (count)-1, preset, false },
#define COLOUR(name, text, preset) { INSPYR_PARAMETER_COLOUR, #name, text, "", "", 0, 0xffffff, preset, false },
#define UNUSED(name, unit, least, most, preset)                                                                \
    { INSPYR_PARAMETER_NUMBER, #name, "has no effect", unit, "", least, most, preset, true },
#define NO_PARAMETERS

/* One more row than there are parameters: an effect may have none. */
#define PARAMETERS(name, version, newest, text, parameters)                                                    \
    static const effect_parameter name##_parameters[] = { parameters{ 0 } };                                   \
    _Static_assert(sizeof name##_parameters / sizeof(effect_parameter) - 1 <= INSPYR_PARAMETERS_MAX,           \
                   "the parameters of " #name " fit into inspyr_effect_values");
EFFECT_ROWS(PARAMETERS)

#define ROW(name, version, newest, text, parameters)                                                             \
    {                                                                                                            \
        #name, text, version, newest, sizeof name##_parameters / sizeof(effect_parameter) - 1, name##_parameters \
    },
const effect_row effect_table[EFFECT_COUNT] = { EFFECT_ROWS(ROW) };

const effect_set_row effect_sets[EFFECT_SETS] = { { "classic", "color,enhancedblackwhite,popart,dithering" } };

void effect_presets(inspyr_effect_values *out, int32_t effect)
{
    const effect_row *row = &effect_table[effect];

    inspyr_effect_values_init(out);
    out->effect = effect;
    out->version = row->version;
    for (int32_t i = 0; i < row->parameter_count; i++)
        out->values[i] = row->parameters[i].preset;
}

/* Within the parameter's range. */
static float scaled(const effect_parameter *p, float value, float scale)
{
    value *= scale;
    if (p->kind == INSPYR_PARAMETER_INTEGER)
        value = (float)(int32_t)(value + 0.5f);
    value = value < (float)p->least ? (float)p->least : value;
    return value > (float)p->most ? (float)p->most : value;
}

void effect_job_values(float out[INSPYR_PARAMETERS_MAX + 1], const inspyr_effect_values *values, float scale)
{
    const effect_row *row = &effect_table[values->effect];

    memcpy(out, values->values, sizeof values->values);
    for (int32_t i = 0; i < row->parameter_count && scale < 1; i++)
        if (!strcmp(row->parameters[i].unit, "pixels"))
            out[i] = scaled(&row->parameters[i], out[i], scale);
    out[row->parameter_count] = (float)(values->version ? values->version : row->version);
}

/* Written so that what is not a number is refused. */
inspyr_status effect_check_value(const effect_row *row, const effect_parameter *p, float value,
                                 inspyr_error *error)
{
    bool whole = p->kind != INSPYR_PARAMETER_NUMBER;

    if (value >= p->least && value <= p->most && !(whole && value != (float)(int32_t)value))
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_ARGUMENT, "%s: %s is a%s number from %g to %g%s%s%s, not %g", row->name,
                  p->name, whole ? " whole" : "", (double)p->least, (double)p->most, p->unit[0] ? " (" : "",
                  p->unit, p->unit[0] ? ")" : "", (double)value);
}
