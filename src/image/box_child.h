/* box_child.h - a helper process, as its parent sees it.
 *
 * It is the parent's alone: no signal handler, nothing waits for any process but this one, and what is sent to
 * it goes through a file of the process, never through its number. Layer 2 (image). Threads: single. */
#ifndef INSPYR_IMAGE_BOX_CHILD_H
#define INSPYR_IMAGE_BOX_CHILD_H

#include <sys/types.h>

#include "image/box.h"

typedef struct box_child {
    struct box_child *next; /* for whoever keeps several */
    int process, socket;
    bool served; /* has read a picture */
} box_child;

/* Starts the program and waits until it is locked up. INSPYR_ERR_UNSUPPORTED: it is not there, or cannot be
 * locked up; INSPYR_ERR_THREAD: the system has no process left. Nothing is left behind then. */
inspyr_status box_child_start(box_child *child, const char *program, const box_setup *setup,
                              inspyr_error *error);

bool box_child_lives(const box_child *child);

/* False: it is not there any more, and knows nothing of the picture. */
bool box_child_ask(const box_child *child, const box_request *request, int file);

/* Waits for the answer until clock_ms() is `until`. INSPYR_ERR_LIMIT: it took too long. INSPYR_ERR_IMAGE: the
 * helper ended, or said something else. *file: to be closed; -1: none. */
inspyr_status box_child_answer(const box_child *child, box_answer *answer, int *file, double until,
                               inspyr_error *error);

/* Ends it at once. */
void box_child_stop(box_child *child);

/* In a process that was forked: the helper is the parent's. */
void box_child_forget(box_child *child);

#endif
