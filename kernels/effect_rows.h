/* effect_rows.h - all effects with their parameters: the one table that the library, the command, the bindings
 * and the documents read.
 *
 * An effect is a row here and kernels/<name>.c beside it. Leaf (kernels). */
#ifndef INSPYR_KERNELS_EFFECT_ROWS_H
#define INSPYR_KERNELS_EFFECT_ROWS_H

/* ROW(name, version, text, parameters). The version grows whenever the same parameters give other bytes.
 * Parameters, in the order of effect_job.values; minimum, maximum and default have six decimals at most:
 *     NUMBER(name, text, unit, least, most, preset)
 *     INTEGER(name, text, unit, least, most, preset)
 *     SWITCH(name, text, preset)           0 or 1
 *     CHOICE(name, text, words, count, preset)   the number of a word in "one|other"
 *     COLOUR(name, text, preset)           0xRRGGBB
 *     UNUSED(name, unit, least, most, preset)   a number that is taken and checked, but has no effect
 * or NO_PARAMETERS; no comma between them. */
/* clang-format off */
#define EFFECT_ROWS(ROW)                                                                                       \
    ROW(color, 1, "the picture as it is", NO_PARAMETERS)                                                       \
    ROW(popart, 1, "a few loud colours, as in a screen print",                                                 \
        NUMBER(contrast, "contrast around middle grey", "factor", 0, 8, 2.5f)                                  \
        NUMBER(saturation, "distance of colours from grey", "factor", 0, 8, 2)                                 \
        UNUSED(edge_enhancement, "factor", 0, 1, 0.5f))                                                        \
    ROW(duotone, 1, "from one colour in the shadows to another in the lights",                                 \
        COLOUR(dark, "colour of the shadows", 0x1b1464)                                                        \
        COLOUR(light, "colour of the lights", 0xffd9a0))                                                       \
    ROW(sketch, 1, "a pencil drawing",                                                                         \
        INTEGER(radius, "width of what a line is drawn around", "pixels", 1, 32, 10)                           \
        NUMBER(strength, "darkness of lines", "factor", 0, 4, 1)                                               \
        NUMBER(shading, "darkness of shade; its strokes depend on the seed", "factor", 0, 1, 0.6f))
/* clang-format on */

#endif
