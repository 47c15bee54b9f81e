/* effect_near.h - what somebody meant who wrote a name that there is not. Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_NEAR_H
#define INSPYR_EFFECT_EFFECT_NEAR_H

#include <stdbool.h>
#include <stddef.h>

/* Is the word within the name, or the other way round, or are they two letters apart at most? */
bool name_near(const char *word, size_t length, const char *name);

#endif
