/* finish.h - what is made of a flight's matte: cut-outs, effects, files, each once for all who want the same.
 *
 * Layer 4 (run). Threads: one for each flight. */
#ifndef INSPYR_RUN_FINISH_H
#define INSPYR_RUN_FINISH_H

#include "run/context/worker.h"

/* Everything for everybody who is in the flight, or joins it meanwhile; closes it, or puts it back into the
 * queue for those whom its failure does not concern. */
void finish_flight(const batch *b, flight *f);

/* The ICC profile of the picture's colours: the job's, or the file's; borrowed. */
void finish_profile(inspyr_bytes *out, const flight *f);

#endif
