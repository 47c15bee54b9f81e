/* axial.c - axial attention on whole maps: first along the rows, then along the columns. */
#include "base/pool.h"
#include "net/plain/plain.h"

typedef struct axial_job {
    engine_run *run;
    const plan_node *node;
    bool columns;
    int32_t chunks; /* in which the lines of a picture are shared out */
} axial_job;

static size_t step(const rows_grid *g, bool columns)
{
    return columns ? g->pitch : (size_t)g->pixel;
}

static void walk_lines(void *user, int32_t task, int32_t lane)
{
    const axial_job *job = user;
    engine_run *run = job->run;
    const plan_node *n = job->node;
    int32_t picture = task / job->chunks, chunk = task % job->chunks, lines = job->columns ? n->w : n->h;
    int32_t channels = n->in[0].channels, each = 2 * n->qk + channels;
    rows_grid t = plain_grid(run, NULL, n->in[0].value, picture),
              stacked = plain_grid(run, NULL, n->in[1].value, picture),
              out = plain_grid(run, NULL, n->out, picture);
    const float *gammas = run->packed->data + run->packed->units[n->weights].kernel;
    /* The stack holds query, key, value of the columns' attention, then of the rows'. */
    int32_t query = n->in[1].first + (job->columns ? 0 : each);
    axial_line line = { .t_type = t.type,
                        .stacked_type = stacked.type,
                        .out_type = out.type,
                        .t_step = step(&t, job->columns),
                        .stacked_step = step(&stacked, job->columns),
                        .out_step = step(&out, job->columns),
                        .t_first = n->in[0].first,
                        .query = query,
                        .key = query + n->qk,
                        .value = query + 2 * n->qk,
                        .length = job->columns ? n->h : n->w,
                        .qk = n->qk,
                        .channels = channels,
                        .gamma = gammas[job->columns ? 0 : 1],
                        .add = job->columns,
                        .scratch = run->lanes[lane].scratch };

    for (int32_t i = lines * chunk / job->chunks; i < lines * (chunk + 1) / job->chunks; i++) {
        line.t = t.data + (size_t)i * step(&t, !job->columns);
        line.stacked = stacked.data + (size_t)i * step(&stacked, !job->columns);
        line.out = out.data + (size_t)i * step(&out, !job->columns);
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
