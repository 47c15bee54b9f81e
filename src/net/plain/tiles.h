/* tiles.h - dense convolutions of the plain engine that a plug-in multiplies, tile by tile: the engine
 * "onednn".
 *
 * The engine gathers what a tile needs from the rows of its inputs, and spreads the result over the rows of its
 * value. A tile's size follows from the width of the map alone, so that no bit depends on threads or batch.
 * Layer 3 (net). Threads: as engine.h says. */
#ifndef INSPYR_NET_PLAIN_TILES_H
#define INSPYR_NET_PLAIN_TILES_H

#include "net/plain/plain.h"

/* Makes a product for every unit that can have one. false: no memory. */
bool tiles_choose(engine_packed *packed, const engine_host *host, const plan *p);
void tiles_drop(engine_packed *packed);

/* Words of a unit's packed weights: the order in which they lie, then they themselves. */
size_t tiles_words(const engine_packed *packed, const plain_unit *unit);
inspyr_status tiles_pack(const engine_packed *packed, const plain_unit *unit, float *out, const float *kernel);

/* Do borrowed weights lie as this plug-in reads them? *writable: they must be the process' own. */
bool tiles_fit(const engine_packed *packed, bool *writable);

/* What a run needs for its tiles. */
inspyr_status tiles_prepare(engine_run *run);
void tiles_discard(engine_run *run);

/* As a rows_kernel; a failure is kept in run->tile_status. */
void tiles_rows(engine_run *run, const plain_lane *lane, const rows_call *call);

#endif
