/* options.h - the one door through which sized structs enter and leave the library.
 *
 * An older caller's missing tail reads as zero; a newer caller's longer tail is accepted while it is zero.
 * Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_OPTIONS_H
#define INSPYR_BASE_OPTIONS_H

#include "inspyr.h"

/* Size of a sized struct when its last field was `last`: what first_size is, and stays when fields are added.
 */
#define OPTIONS_FIRST(type, last) (offsetof(type, last) + sizeof(((type *)0)->last))

/* Copies *theirs (NULL: all defaults) into *ours. our_size: of the struct in this library; first_size: of its
 * first released version, the least that a caller may state. */
inspyr_status options_import(void *ours, size_t our_size, size_t first_size, const void *theirs,
                             inspyr_error *error);

/* Copies *ours into *theirs (NULL: nothing happens), at most as much as their struct_size states, and zeroes
 * what a newer caller has beyond that. Their struct_size stays. */
inspyr_status options_export(void *theirs, size_t first_size, const void *ours, size_t our_size,
                             inspyr_error *error);

/* Refuses flag bits outside `known`. */
inspyr_status options_flags(uint64_t flags, uint64_t known, inspyr_error *error);

#endif
