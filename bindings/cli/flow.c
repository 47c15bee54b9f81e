#include "flow.h"

#include <pthread.h>

typedef struct flow {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    size_t count;
    size_t done[FLOW_STEPS]; /* guarded by mutex */
    flow_step *const *steps;
    void *user;
} flow;

/* Waits until picture i has left the step before, and until the last step is less than FLOW_DEPTH behind. */
static void run_step(flow *f, int step, size_t i)
{
    pthread_mutex_lock(&f->mutex);
    while ((step && f->done[step - 1] <= i) || i >= f->done[FLOW_STEPS - 1] + FLOW_DEPTH)
        pthread_cond_wait(&f->moved, &f->mutex);
    pthread_mutex_unlock(&f->mutex);
    f->steps[step](f->user, i);
    pthread_mutex_lock(&f->mutex);
    f->done[step] = i + 1;
    pthread_cond_broadcast(&f->moved);
    pthread_mutex_unlock(&f->mutex);
}

static void *first_step(void *user)
{
    flow *f = user;

    for (size_t i = 0; i < f->count; i++)
        run_step(f, 0, i);
    return NULL;
}

static void *last_step(void *user)
{
    flow *f = user;

    for (size_t i = 0; i < f->count; i++)
        run_step(f, FLOW_STEPS - 1, i);
    return NULL;
}

void flow_run(size_t count, flow_step *const steps[FLOW_STEPS], void *user, bool together)
{
    flow f = { .mutex = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };
    pthread_t first, last;
    bool own_first, own_last;

    f.count = count;
    f.steps = steps;
    f.user = user;
    together = together || count < 2;
    own_first = !together && !pthread_create(&first, NULL, first_step, &f);
    own_last = !together && !pthread_create(&last, NULL, last_step, &f);
    for (size_t i = 0; i < count; i++)
        for (int step = own_first ? 1 : 0; step < FLOW_STEPS - (own_last ? 1 : 0); step++)
            run_step(&f, step, i);
    if (own_first)
        pthread_join(first, NULL);
    if (own_last)
        pthread_join(last, NULL);
}
