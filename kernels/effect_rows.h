/* effect_rows.h - all effects with their parameters: the one table that the library, the command, the bindings
 * and the documents read.
 *
 * An effect is a row here and kernels/<name>.c beside it. Leaf (kernels). */
#ifndef INSPYR_KERNELS_EFFECT_ROWS_H
#define INSPYR_KERNELS_EFFECT_ROWS_H

/* ROW(name, version, newest, text, parameters). Other bytes for the same parameters are another version, and
 * old versions stay: `version` is what a text without one means, 1 to `newest` can be asked for. Parameters, in
 * the order of effect_job.values; behind the last one there lies the version. Minimum, maximum and default have
 * six decimals at most: NUMBER(name, text, unit, least, most, preset) INTEGER(name, text, unit, least, most,
 * preset) SWITCH(name, text, preset)           0 or 1 CHOICE(name, text, words, count, preset)   the number of
 * a word in "one|other" COLOUR(name, text, preset)           0xRRGGBB UNUSED(name, unit, least, most, preset)
 * a number that is taken and checked, but has no effect or NO_PARAMETERS; no comma between them. */
/* clang-format off */
#define EFFECT_ROWS(ROW)                                                                                       \
    ROW(color, 1, 1, "the picture as it is", NO_PARAMETERS)                                                       \
    ROW(enhancedblackwhite, 1, 2, "film-style black and white with halation and grain",                        \
        NUMBER(contrast_boost, "factor on the film curve", "factor", 0, 4, 1.12f)                              \
        NUMBER(edge_strength, "sharpening", "factor", 0, 4, 0.9f)                                              \
        NUMBER(halation_strength, "glow of lights", "factor", 0, 2, 0.12f)                                     \
        NUMBER(grain_strength, "grain, which depends on the seed", "factor", 0, 1, 0.08f)                      \
        NUMBER(grain_size, "of a grain", "pixels", 1, 5, 2)                                                    \
        SWITCH(preserve_highlights, "lift what is almost white", 1)                                            \
        NUMBER(red_weight, "of red in grey", "factor", 0, 1, 0.18f)                                            \
        NUMBER(green_weight, "of green in grey", "factor", 0, 1, 0.72f)                                        \
        NUMBER(blue_weight, "of blue in grey", "factor", 0, 1, 0.1f)                                           \
        UNUSED(gamma_correction, "factor", 0, 4, 1.02f)                                                        \
        UNUSED(clarity_amount, "factor", 0, 4, 0.8f))                                                          \
    ROW(popart, 1, 1, "a few loud colours, as in a screen print",                                                 \
        NUMBER(contrast, "contrast around middle grey", "factor", 0, 8, 2.5f)                                  \
        NUMBER(saturation, "distance of colours from grey", "factor", 0, 8, 2)                                 \
        UNUSED(edge_enhancement, "factor", 0, 1, 0.5f))                                                        \
    ROW(dithering, 1, 1, "black dots on white, their error passed on to the dots that follow",                 \
        INTEGER(pixel_spacing, "distance of dots", "pixels", 1, 5, 2)                                          \
        INTEGER(dot_size, "side of a dot", "pixels", 1, 3, 2)                                                  \
        NUMBER(gamma, "exponent of brightness", "factor", 0.3f, 0.7f, 0.45f)                                   \
        NUMBER(enhancement_strength, "sharpening", "factor", 0, 1, 0.3f)                                       \
        SWITCH(adaptive_threshold, "compare with the surroundings, not with middle grey", 1))                  \
    ROW(retro8bit, 1, 1, "blocks of 32 colours, smaller ones at edges",                                       \
        CHOICE(quality_preset, "what of the others counts: custom, all", "speed|balanced|quality|custom", 4, 1) \
        INTEGER(pixelation_factor, "side of a block; balanced: 6 at most, quality: 3 at least, speed: 1",      \
                "pixels", 1, 64, 8)                                                                            \
        INTEGER(edge_threshold, "steepness of what is an edge", "levels", 0, 1442, 40)                         \
        SWITCH(preserve_edges, "smaller blocks at edges; custom only", 1)                                      \
        SWITCH(use_error_diffusion, "pass the error of colours on; custom only", 0)                            \
        SWITCH(content_aware_palette, "colours of the picture; custom only", 0))                               \
    ROW(duotone, 1, 1, "from one colour in the shadows to another in the lights",                                 \
        COLOUR(dark, "colour of the shadows", 0x1b1464)                                                        \
        COLOUR(light, "colour of the lights", 0xffd9a0))                                                       \
    ROW(sketch, 1, 1, "a pencil drawing",                                                                         \
        INTEGER(radius, "width of what a line is drawn around", "pixels", 1, 32, 10)                           \
        NUMBER(strength, "darkness of lines", "factor", 0, 4, 1)                                               \
        NUMBER(shading, "darkness of shade; its strokes depend on the seed", "factor", 0, 1, 0.6f))                \
    ROW(watercolor, 1, 1, "washes that run into each other on rough paper",                                    \
        INTEGER(brush, "width of what is painted as one", "pixels", 1, 12, 4)                                  \
        NUMBER(bleed, "how far colours run; where depends on the seed", "pixels", 0, 16, 5)                    \
        NUMBER(edges, "darkness of edges", "factor", 0, 2, 0.8f)                                               \
        INTEGER(washes, "layers of brightness; 1: a smooth one", "layers", 1, 16, 6)                           \
        NUMBER(granulation, "roughness of paper and pigment, which depends on the seed", "factor", 0, 2, 0.8f))    \
    ROW(mosaic, 1, 1, "tiles of stone, smaller ones where there is much to see",                               \
        INTEGER(tile, "side of a large tile; their places depend on the seed", "pixels", 6, 64, 14)            \
        NUMBER(detail, "how readily small tiles are taken", "factor", 0, 8, 2)                                 \
        NUMBER(joint, "between tiles", "pixels", 0, 6, 1.5f)                                                   \
        COLOUR(joint_colour, "of what is between tiles", 0x2e2a26)                                             \
        NUMBER(relief, "of the rims of tiles", "factor", 0, 1, 0.6f)                                           \
        NUMBER(variation, "of the brightness of stones, which depends on the seed", "factor", 0, 0.5f, 0.06f))
/* clang-format on */

#endif
