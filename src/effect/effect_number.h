/* effect_number.h - decimals of six places at most, the same in every locale. Layer 3 (effect). Threads: any.
 */
#ifndef INSPYR_EFFECT_EFFECT_NUMBER_H
#define INSPYR_EFFECT_EFFECT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* -12.5; false for anything else, and for more than nine digits before the point or six behind it. */
bool number_read(float *out, const char *text, size_t length);

/* With the NUL. */
#define NUMBER_TEXT_MAX 24

/* As few places as give the same number when it is read, six at most. |value| is below 1e9. */
void number_write(char out[NUMBER_TEXT_MAX], float value);

#endif
