/* effect_table.h - the effects, their parameters and the sets of them, as the library reads them.
 *
 * The rows themselves are kernels/effect_rows.h. Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_TABLE_H
#define INSPYR_EFFECT_EFFECT_TABLE_H

#include <stdbool.h>

#include "inspyr.h"
#include "kernels/effect_kernels.h"

typedef struct effect_parameter {
    inspyr_parameter_kind kind;
    const char *name, *text, *unit, *words;
    float least, most, preset;
    bool no_effect;
} effect_parameter;

typedef struct effect_row {
    const char *name, *text;
    int32_t version, newest, parameter_count;
    const effect_parameter *parameters;
} effect_row;

extern const effect_row effect_table[EFFECT_COUNT];

typedef struct effect_set_row {
    const char *name, *effects;
} effect_set_row;

#define EFFECT_SETS 1
extern const effect_set_row effect_sets[EFFECT_SETS];

/* The preset of every parameter, and the version where none is named. */
void effect_presets(inspyr_effect_values *out, int32_t effect);

/* effect_job.values: what is given, with pixels for a picture that was shrunk to `scale` of its size, and the
 * version behind it. */
void effect_job_values(float out[INSPYR_PARAMETERS_MAX + 1], const inspyr_effect_values *values, float scale);

/* Refuses a number that the parameter cannot have, and names those it can. */
inspyr_status effect_check_value(const effect_row *row, const effect_parameter *parameter, float value,
                                 inspyr_error *error);

#endif
