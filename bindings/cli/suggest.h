/* suggest.h - what somebody meant who wrote a word that there is not. */
#ifndef INSPYR_CLI_SUGGEST_H
#define INSPYR_CLI_SUGGEST_H

#include <stddef.h>

/* The word that differs by the fewest letters inserted, dropped, changed or swapped: by one, and by one more
 * for every four letters, but by three at most. NULL if none is that near. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

/* What an option of the Python package is here, without its dashes; NULL if it has none of that name. */
const char *package_option(const char *name);

#endif
