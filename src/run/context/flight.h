/* flight.h - the flights that are open, and the queue of those that wait. Layer 4 (run). Threads: the context's
 * mutex is held, but for creation and destruction. */
#ifndef INSPYR_RUN_FLIGHT_H
#define INSPYR_RUN_FLIGHT_H

#include "run/context/context.h"

/* For part p of a job; shares the source. NULL: no memory. */
flight *flight_create(const inspyr_allocator *allocator, const part *p, source *s);
void flight_destroy(flight *f, const inspyr_allocator *allocator);

/* NULL: nobody is computing it. */
flight *flight_find(const inspyr_context *c, const cache_key *key);

/* A new one: into the table and the queue. */
void flight_enter(inspyr_context *c, flight *f);

/* The flight's priority is the best of its jobs'. */
void flight_join(inspyr_context *c, flight *f, part *p);

/* A flight in the queue that nobody waits for any more goes; one at work is told so by its own progress. */
void flight_leave(inspyr_context *c, part *p);

/* Out of the queue, to be worked on; what waited for it does not any more. */
void flight_begin(inspyr_context *c, flight *f);

/* Back into the queue, for those that joined after it had begun. */
void flight_again(inspyr_context *c, flight *f);

/* No job can join any more, and it is freed when the mutex is given back. */
void flight_close(inspyr_context *c, flight *f);

/* Every job that waits ends with the reason for which there is no model. */
void flights_answer(inspyr_context *c);

#endif
