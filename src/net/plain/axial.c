/* axial.c - axial attention on whole maps: first along the rows, then along the columns. */
#include "base/pool.h"
#include "net/plain/plain.h"

typedef struct axial_job {
    engine_run *run;
    const plan_node *node;
    bool columns;
    int32_t chunks; /* in which the lines of a picture are shared out */
} axial_job;

static float *pixel_at(const engine_run *run, plan_id id, int32_t picture)
{
    const plain_value *v = &run->values[id];

    return (float *)(void *)run->arena + (size_t)picture * v->picture + v->offset;
}

static size_t step(const plain_value *v, bool columns)
{
    return columns ? v->pitch : (size_t)v->pixel;
}

static void walk_lines(void *user, int32_t task, int32_t lane)
{
    const axial_job *job = user;
    engine_run *run = job->run;
    const plan_node *n = job->node;
    int32_t picture = task / job->chunks, chunk = task % job->chunks, lines = job->columns ? n->w : n->h;
    int32_t channels = n->in[0].channels, each = 2 * n->qk + channels;
    const plain_value *t = &run->values[n->in[0].value], *stacked = &run->values[n->in[1].value],
                      *out = &run->values[n->out];
    const float *gammas = run->packed->data + run->packed->units[n->weights].kernel;
    axial_line line = { .t_step = step(t, job->columns),
                        .stacked_step = step(stacked, job->columns),
                        .out_step = step(out, job->columns),
                        .length = job->columns ? n->h : n->w,
                        .qk = n->qk,
                        .channels = channels,
                        .gamma = gammas[job->columns ? 0 : 1],
                        .add = job->columns,
                        .scratch = run->lanes[lane].scratch };

    for (int32_t i = lines * chunk / job->chunks; i < lines * (chunk + 1) / job->chunks; i++) {
        /* The stack holds query, key, value of the columns' attention, then of the rows'. */
        const float *first = pixel_at(run, n->in[1].value, picture) + (size_t)i * step(stacked, !job->columns) +
                             n->in[1].first + (job->columns ? 0 : each);

        line.query = first;
        line.key = first + n->qk;
        line.value = first + 2 * n->qk;
        line.t = pixel_at(run, n->in[0].value, picture) + (size_t)i * step(t, !job->columns) + n->in[0].first;
        line.out = pixel_at(run, n->out, picture) + (size_t)i * step(out, !job->columns);
        run->kernels->axial(&line);
    }
}

void plain_axial(engine_run *run, const plan_node *n)
{
    axial_job job = { run, n, false, run->lane_count };

    pool_run(run->host.pool, run->p->values[n->out].n * job.chunks, walk_lines, &job);
    job.columns = true;
    pool_run(run->host.pool, run->p->values[n->out].n * job.chunks, walk_lines, &job);
}
