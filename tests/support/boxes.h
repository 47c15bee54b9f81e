/* boxes.h - sandboxes for tests, with the real helper or a rogue one. Threads: any, but for those that count.
 */
#ifndef INSPYR_TESTS_BOXES_H
#define INSPYR_TESTS_BOXES_H

#include "inspyr.h"

/* rogue: with the helper of tests/sandbox. deadline_ms 0: the default. Skips the test where there is no
 * sandbox. */
inspyr_sandbox *box_open(int rogue, int32_t deadline_ms, uint64_t flags);

/* What a rogue helper makes of a word; *pixel: of the picture, if there is one. May be NULL, as error. */
inspyr_status box_try(inspyr_sandbox *sandbox, const char *word, unsigned char *pixel, inspyr_error *error);

/* How many children this process has, dead ones included; *one: of them, may be NULL. */
int count_children(int *one);

/* How many files it has open. */
int count_files(void);

#endif
