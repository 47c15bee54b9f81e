/* effect_rows.h - all effects with their parameters: the one table that the library, the command, the bindings
 * and the documents read.
 *
 * An effect is a row here and kernels/<name>.c beside it. Leaf (kernels). */
#ifndef INSPYR_KERNELS_EFFECT_ROWS_H
#define INSPYR_KERNELS_EFFECT_ROWS_H

/* ROW(name, version, text, parameters...). The version grows whenever the same parameters give other bytes.
 * Parameters, in the order of effect_job.values; numbers with unit, minimum, maximum and default:
 *     NUMBER, INTEGER(name, text, unit, least, most, preset)
 *     SWITCH(name, text, preset)           0 or 1
 *     CHOICE(name, text, words, preset)    the number of a word in "one|other"
 *     COLOUR(name, text, preset)           0xRRGGBB
 *     UNUSED(...)                          one of these, taken and checked but without effect
 * and NO_PARAMETERS. */
#define EFFECT_ROWS(ROW) ROW(color, 1, "the picture as it is", NO_PARAMETERS)

#endif
