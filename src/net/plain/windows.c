/* windows.c - window attention on whole maps: all windows of a head, one head after the other, are shared out,
 * so that a thread mostly stays with one head, whose biases (83 kB for 12 x 12 tokens) stay in its cache. */
#include "base/pool.h"
#include "net/plain/plain.h"

/* Tasks per thread: the last one to end keeps the others waiting for a few percent. */
#define SHARES 8

typedef struct window_job {
    engine_run *run;
    const plan_node *node;
    int32_t down, across, tasks; /* windows; in which all windows of all heads are shared out */
} window_job;

static void walk_windows(void *user, int32_t task, int32_t lane)
{
    const window_job *job = user;
    engine_run *run = job->run;
    const plan_node *n = job->node;
    const plain_unit *unit = &run->packed->units[n->weights];
    int32_t side = n->window, each = 2 * side - 1, windows = job->down * job->across, last = -1;
    int64_t count = (int64_t)run->p->values[n->out].n * n->heads * windows;
    window_call call = { .node = n,
                         .bias = run->packed->data + unit->bias,
                         .each = run->p->values[n->out].c / n->heads,
                         .height = job->down * side,
                         .width = job->across * side,
                         .scratch = run->lanes[lane].scratch };

    for (int64_t i = count * task / job->tasks; i < count * (task + 1) / job->tasks; i++) {
        int32_t window = (int32_t)(i % windows), picture = (int32_t)(i / windows / n->heads);

        call.in = plain_grid(run, NULL, n->in[0].value, picture);
        call.out = plain_grid(run, NULL, n->out, picture);
        call.head = (int32_t)(i / windows % n->heads);
        call.table = run->packed->data + unit->kernel + (size_t)call.head * (size_t)each * (size_t)each;
        call.y = window / job->across * side;
        call.x = window % job->across * side;
        if (call.head != last)
            run->kernels->window_bias(&call);
        last = call.head;
        run->kernels->window(&call);
    }
}

void plain_windows(engine_run *run, const plan_node *n)
{
    window_job job = { .run = run,
                       .node = n,
                       .down = (n->h + n->window - 1) / n->window,
                       .across = (n->w + n->window - 1) / n->window,
                       .tasks = run->lane_count > 1 ? SHARES * run->lane_count : 1 };

    pool_run(run->host.pool, job.tasks, walk_windows, &job);
}
