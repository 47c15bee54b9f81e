/* effect_drive.h - runs an effect's steps on the calling thread, in any order of pieces.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_EFFECT_DRIVE_H
#define INSPYR_TESTS_EFFECT_DRIVE_H

#include <stdlib.h>
#include <string.h>

#include "kernels/effect_job.h"

/* A multiple of 64, full of bytes that no kernel may take for something. */
static inline void *drive_room(size_t bytes)
{
    size_t whole = bytes / 64 * 64 + 64;
    void *room = aligned_alloc(64, whole);

    if (!room)
        abort();
    return memset(room, 0x7f, whole);
}

/* Pieces are run from `turn` on, modulo their number, by strides of 1 or backwards. */
static inline void drive_effect(const effect_steps *steps, effect_job job, int32_t turn, int backwards)
{
    void *scratch = drive_room(steps->lane_bytes(&job));

    job.state = drive_room(steps->state_bytes(&job));
    if (steps->prepare)
        steps->prepare(&job);
    for (int32_t step = 0, pieces; (pieces = steps->pieces(&job, step)) > 0; step++)
        for (int32_t i = 0; i < pieces; i++) {
            int32_t piece = (i + turn) % pieces;

            steps->run(&job, step, backwards ? pieces - 1 - piece : piece, scratch);
        }
    free(job.state);
    free(scratch);
}

#endif
