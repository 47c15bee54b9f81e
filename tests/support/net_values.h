/* net_values.h - maps of a device beside the oracle's tensors, whose numbers they hold exactly.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_NET_VALUES_H
#define INSPYR_TESTS_NET_VALUES_H

#include "oracle/oracle_ops.h"
#include "support/chance.h"
#include "support/net_played.h"

/* Half a unit in the last place of 1. */
double unit_of(int32_t type);

/* Numbers between -most and most, rounded to the type; NULL random: garbage. */
tensor values_make(int32_t n, int32_t h, int32_t w, int32_t c, int32_t type, float most, chance *random);
void values_free(tensor *t);
double values_largest(const tensor *t);

/* beyond: numbers of each pixel that are not the map's. They hold garbage, and are looked after. */
net_map map_of(const tensor *t, int32_t type, int32_t beyond);
void map_free(net_map *m);

/* Fails where a number is farther from what is wanted than absolute + relative |wanted|, or where the map has
 * written beside itself. */
void map_is_near(const net_map *got, const tensor *want, double absolute, double relative, const char *what);

#endif
