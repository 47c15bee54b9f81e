/* effect_text.h - effects as texts, both ways. docs/effects.md has the grammar.
 *
 * Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_TEXT_H
#define INSPYR_EFFECT_EFFECT_TEXT_H

#include "effect/effect_table.h"

/* A part of a text. */
typedef struct effect_word {
    const char *at;
    size_t length;
} effect_word;

/* Sets one value of `values` from "name=value"; a bit of *given for each that was set. */
inspyr_status effect_assign(inspyr_effect_values *values, uint32_t *given, effect_word assignment,
                            inspyr_error *error);

/* Without the blanks around it. */
effect_word effect_trim(effect_word word);

bool effect_word_is(effect_word word, const char *name);

/* Bytes of a word that fit into a message. */
#define EFFECT_WORD_SHOWN(word) (int)((word).length < 40 ? (word).length : 40), (word).at

/* Appends a name to a list in a message, which ends with "..." where it does not fit. */
#define EFFECT_NAMES_MAX 150
void effect_add_name(char names[EFFECT_NAMES_MAX], const char *name);

#endif
