#define _GNU_SOURCE /* sched_getaffinity */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/thread.h"

#define POOL_WIDTH_MAX 256

/* Lives on the stack of the thread that calls pool_run(). All but task and user is guarded by the mutex. */
typedef struct job {
    struct job *next;
    pool_task *task;
    void *user;
    int32_t count, taken, running, lanes;
} job;

struct inspyr_pool {
    inspyr_allocator allocator;
    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    job *jobs; /* those with tasks left to take */
    bool closing;
    pid_t process;
    int32_t width, started;
    pthread_t threads[];
};

static void unlink_job(inspyr_pool *pool, const job *j)
{
    for (job **p = &pool->jobs; *p; p = &(*p)->next)
        if (*p == j) {
            *p = j->next;
            return;
        }
}

/* Takes tasks of one job until none is left. Called and returns with the mutex held. */
static void help(inspyr_pool *pool, job *j)
{
    int32_t lane = j->lanes++;

    while (j->taken < j->count) {
        int32_t task = j->taken++;

        if (j->taken == j->count)
            unlink_job(pool, j);
        j->running++;
        pthread_mutex_unlock(&pool->mutex);
        j->task(j->user, task, lane);
        pthread_mutex_lock(&pool->mutex);
        j->running--;
    }
    if (!j->running)
        pthread_cond_broadcast(&pool->done);
}

static void *worker(void *user)
{
    inspyr_pool *pool = user;

    pthread_mutex_lock(&pool->mutex);
    while (!pool->closing) {
        if (pool->jobs)
            help(pool, pool->jobs);
        else
            pthread_cond_wait(&pool->work, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

void pool_run(inspyr_pool *pool, int32_t count, pool_task *task, void *user)
{
    job j = { NULL, task, user, count, 0, 0, 0 };

    if (!pool || pool->width == 1 || count <= 1) {
        for (int32_t i = 0; i < count; i++)
            task(user, i, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    for (job **p = &pool->jobs;; p = &(*p)->next)
        if (!*p) {
            *p = &j;
            break;
        }
    pthread_cond_broadcast(&pool->work);
    help(pool, &j);
    while (j.running)
        pthread_cond_wait(&pool->done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

static int32_t processors(void)
{
    cpu_set_t set;
    int count = 1;

    if (!sched_getaffinity(0, sizeof set, &set))
        count = CPU_COUNT(&set);
    return count < 1 ? 1 : count > POOL_WIDTH_MAX ? POOL_WIDTH_MAX : count;
}

static bool start_threads(inspyr_pool *pool)
{
    bool good = true;

    while (good && pool->started < pool->width - 1) {
        good = thread_start(&pool->threads[pool->started], worker, pool);
        pool->started += good;
    }
    return good;
}

inspyr_status inspyr_pool_open(inspyr_pool **out, int32_t width, const inspyr_pool_options *options,
                               inspyr_error *error)
{
    inspyr_allocator allocator;
    inspyr_pool *pool;
    inspyr_status status;

    status = pool_begin(out, &allocator, options, error);
    if (status)
        return status;
    if (width < 0 || width > POOL_WIDTH_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "a pool of %d threads; 0 to %d are possible", (int)width,
                      POOL_WIDTH_MAX);
    if (!width)
        width = processors();
    pool = memory_zeroed(&allocator, sizeof *pool + (size_t)width * sizeof *pool->threads);
    if (!pool)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a pool");
    pool->allocator = allocator;
    pool->width = width;
    pool->process = getpid();
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    if (!start_threads(pool)) {
        status = failed(error, INSPYR_ERR_THREAD, "thread %d of %d could not be started",
                        (int)pool->started + 2, (int)width);
        inspyr_pool_free(pool);
        return status;
    }
    *out = pool;
    return INSPYR_OK;
}

int32_t inspyr_pool_width(const inspyr_pool *pool)
{
    return pool ? pool->width : 1;
}

bool pool_forked(const inspyr_pool *pool)
{
    return pool && pool->process != getpid();
}

void inspyr_pool_free(inspyr_pool *pool)
{
    inspyr_allocator allocator;

    if (!pool)
        return;
    if (!pool_forked(pool)) { /* in a forked child there are no threads, and the mutex may be held for ever */
        pthread_mutex_lock(&pool->mutex);
        pool->closing = true;
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->mutex);
        for (int32_t i = 0; i < pool->started; i++)
            pthread_join(pool->threads[i], NULL);
        pthread_cond_destroy(&pool->done);
        pthread_cond_destroy(&pool->work);
        pthread_mutex_destroy(&pool->mutex);
    }
    allocator = pool->allocator;
    memory_give(&allocator, pool);
}
