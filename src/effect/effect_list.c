/* effect_list.c - the table of effects, row by row. */
#include "base/options.h"
#include "base/status.h"
#include "effect/effect_select.h"
#include "effect/effect_table.h"

/* Of a picture whose tables and margins are small beside its pixels. */
#define SAMPLE_SIDE 2048

/* The most of an effect with all parameters at their defaults, at one end of their ranges or at the other:
 * rounded up, but for tables of less than a 64th of a byte a pixel. */
static uint64_t bytes_per_pixel(int32_t effect)
{
    const effect_row *row = &effect_table[effect];
    const size_t pixels = (size_t)SAMPLE_SIDE * SAMPLE_SIDE;
    uint64_t most = 0;

    for (int ends = 0; ends < 3; ends++) {
        inspyr_effect_values picked;
        float values[INSPYR_PARAMETERS_MAX + 1];
        effect_job job = { .width = SAMPLE_SIDE, .height = SAMPLE_SIDE, .values = values };
        uint64_t bytes;

        effect_presets(&picked, effect);
        for (int32_t i = 0; i < row->parameter_count && ends; i++)
            picked.values[i] = ends == 1 ? row->parameters[i].least : row->parameters[i].most;
        effect_job_values(values, &picked, 1);
        bytes = effect_kernels_select(EFFECT_ALL)->steps[effect]->state_bytes(&job) + pixels - pixels / 64;
        most = bytes / pixels > most ? bytes / pixels : most;
    }
    return most;
}

/* Decimals of six places: what (double)0.9f is not. */
static double decimal(float value)
{
    return (double)(int64_t)((double)value * 1e6 + (value < 0 ? -0.5 : 0.5)) / 1e6;
}

static inspyr_status past_the_end(size_t index, size_t count, const char *what, inspyr_error *error)
{
    return failed(error, INSPYR_ERR_ARGUMENT, "%s number %zu of %zu", what, index, count);
}

inspyr_status inspyr_effect_list(inspyr_effect *out, size_t index, inspyr_error *error)
{
    inspyr_effect ours = { .struct_size = sizeof ours };

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    if (index < EFFECT_COUNT) {
        ours.name = effect_table[index].name;
        ours.text = effect_table[index].text;
        ours.version = effect_table[index].version;
        ours.newest = effect_table[index].newest;
        ours.parameters = effect_table[index].parameter_count;
        ours.bytes_per_pixel = bytes_per_pixel((int32_t)index);
    }
    if (options_export(out, OPTIONS_FIRST(inspyr_effect, reserved), &ours, sizeof ours, error))
        return INSPYR_ERR_ARGUMENT;
    return index < EFFECT_COUNT ? INSPYR_OK : past_the_end(index, EFFECT_COUNT, "effect", error);
}

inspyr_status inspyr_parameter_list(inspyr_parameter *out, size_t effect, size_t index, inspyr_error *error)
{
    inspyr_parameter ours = { .struct_size = sizeof ours };
    size_t count = effect < EFFECT_COUNT ? (size_t)effect_table[effect].parameter_count : 0;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    if (index < count) {
        const effect_parameter *p = &effect_table[effect].parameters[index];
        inspyr_parameter filled = { sizeof filled, p->name,           p->text,          p->unit,
                                    p->words,      decimal(p->least), decimal(p->most), decimal(p->preset),
                                    p->kind,       p->no_effect };

        ours = filled;
    }
    if (options_export(out, OPTIONS_FIRST(inspyr_parameter, no_effect), &ours, sizeof ours, error))
        return INSPYR_ERR_ARGUMENT;
    return index < count ? INSPYR_OK : past_the_end(index, count, "parameter", error);
}

inspyr_status inspyr_effect_set_list(inspyr_effect_set *out, size_t index, inspyr_error *error)
{
    inspyr_effect_set ours = { .struct_size = sizeof ours };

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    if (index < EFFECT_SETS) {
        ours.name = effect_sets[index].name;
        ours.effects = effect_sets[index].effects;
    }
    if (options_export(out, OPTIONS_FIRST(inspyr_effect_set, effects), &ours, sizeof ours, error))
        return INSPYR_ERR_ARGUMENT;
    return index < EFFECT_SETS ? INSPYR_OK : past_the_end(index, EFFECT_SETS, "set", error);
}
