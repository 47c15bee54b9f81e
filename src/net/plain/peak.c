#include "net/plain/peak.h"

#include "base/clock.h"
#include "base/pool.h"
#include "net/plain/kernels.h"

#define TASKS 4         /* per thread: a thread that comes late does fewer */
#define TASK_MS 1.0     /* at least: starting a job of a pool takes a hundredth of it */
#define MEASURED_MS 250 /* long enough for clock rates to rise, and to pass by what else runs */

typedef struct peak_job {
    const plain_kernels *kernels;
    inspyr_precision precision;
    int32_t rounds;
} peak_job;

/* Numbers from 0.5 to 1, read as float32 and as bf16: zeros would take less power, and so run faster. */
static double multiply_some(const peak_job *job)
{
    float room[PEAK_ROOM];
    uint32_t word = 1;

    for (int i = 0; i < PEAK_ROOM; i++) {
        word = word * 1664525 + 1013904223;
        word = (word & 0x007f007fu) | 0x3f003f00u;
        memcpy(&room[i], &word, sizeof word);
    }
    return job->kernels->peak(job->precision, job->rounds, room);
}

static void work(void *user, int32_t task, int32_t lane)
{
    (void)task;
    (void)lane;
    multiply_some(user);
}

double plain_peak(inspyr_pool *pool, inspyr_precision precision)
{
    peak_job job = { plain_kernels_select(KERNELS_BEST), precision, 1 };
    const int32_t tasks = TASKS * inspyr_pool_width(pool);
    double begun = clock_ms(), taken = 0, best = 0, each = 0;

    for (; taken < TASK_MS; job.rounds *= 2) {
        double start = clock_ms();

        each = multiply_some(&job);
        taken = clock_ms() - start;
        if (!each)
            return 0;
    }
    each = each / (job.rounds / 2) * job.rounds;
    do {
        double start = clock_ms(), rate;

        pool_run(pool, tasks, work, &job);
        rate = each * tasks / (clock_ms() - start) * 1e3;
        best = rate > best ? rate : best;
    } while (clock_ms() - begun < MEASURED_MS);
    return best;
}
