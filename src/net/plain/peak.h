/* peak.h - how fast this processor multiplies matrices that never leave its first-level cache: what passes are
 * held against. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_PLAIN_PEAK_H
#define INSPYR_NET_PLAIN_PEAK_H

#include "inspyr.h"

/* Multiply-accumulates per second on all threads of the pool, NULL being one, in numbers of that precision
 * (EXACT and AUTO: float32); the best of a quarter of a second. 0: the plain engine has no such product on this
 * processor. */
double plain_peak(inspyr_pool *pool, inspyr_precision precision);

#endif
