/* raw.c - axial attention on reinterpreted memory: per axis the queries and keys of all lines, then all scores,
 * then the values line by line. Who makes which rows and lines changes no sum. */
#include "base/pool.h"
#include "net/plain/plain.h"

#define ROWS 48 /* of scores per task: the keys pass through the cache once for all of them */

typedef struct raw_job {
    engine_run *run;
    raw_axial axis;
    int32_t chunks; /* in which the lines are shared out */
} raw_job;

/* Values are pairs of bf16, as only processors with products of those have them. */
static bool is_narrow(const raw_axial *a)
{
    return a->stacked.type == ROWS_BF16;
}

static size_t query_floats(const raw_axial *a)
{
    return raw_rows(a->length) * raw_pitch((size_t)a->lines * (size_t)a->qk);
}

static size_t key_floats(const raw_axial *a)
{
    return whole_blocks((size_t)a->length) * (size_t)a->lines * (size_t)a->qk;
}

static size_t score_floats(const raw_axial *a)
{
    return raw_rows(a->length) * whole_blocks((size_t)a->length);
}

static raw_axial axis_of(const plan_node *n, bool along_h)
{
    raw_axial a = { .t_first = n->in[0].first,
                    .first = n->in[1].first + (along_h ? 0 : 2 * n->qk + n->in[0].channels),
                    .qk = n->qk,
                    .channels = n->in[0].channels,
                    .length = along_h ? n->h : n->w,
                    .lines = along_h ? n->w : n->h,
                    .add = along_h };

    return a;
}

size_t plain_raw_floats(const plan_node *n)
{
    raw_axial h = axis_of(n, true), w = axis_of(n, false);
    size_t of_h = query_floats(&h) + key_floats(&h) + score_floats(&h),
           of_w = query_floats(&w) + key_floats(&w) + score_floats(&w);

    return of_h > of_w ? of_h : of_w;
}

static void gather(void *user, int32_t task, int32_t lane)
{
    const raw_job *job = user;
    const raw_axial *a = &job->axis;

    (void)lane;
    for (int32_t i = a->lines * task / job->chunks; i < a->lines * (task + 1) / job->chunks; i++)
        job->run->kernels->raw_gather(a, i);
}

static void score(void *user, int32_t task, int32_t lane)
{
    const raw_job *job = user;
    const plain_kernels *k = job->run->kernels;

    (void)lane;
    (is_narrow(&job->axis) ? k->raw_scores_bf16 : k->raw_scores)(&job->axis, task * ROWS, (task + 1) * ROWS);
}

static void sum_values(void *user, int32_t task, int32_t lane)
{
    const raw_job *job = user;
    const raw_axial *a = &job->axis;
    const plain_kernels *k = job->run->kernels;

    for (int32_t i = a->lines * task / job->chunks; i < a->lines * (task + 1) / job->chunks; i++)
        (is_narrow(a) ? k->raw_values_bf16 : k->raw_values)(a, i, job->run->lanes[lane].scratch);
}

void plain_raw_axial(engine_run *run, const plan_node *n)
{
    const float *gammas = run->packed->data + run->packed->units[n->weights].kernel;
    raw_job job = { .run = run, .chunks = run->lane_count > 1 ? 4 * run->lane_count : 1 };
    size_t room = run->nodes[run->p->values[n->out].node].partial;

    for (int32_t i = 0; i < run->p->values[n->out].n; i++)
        for (int along_h = 0; along_h < 2; along_h++) {
            raw_axial *a = &job.axis;

            *a = axis_of(n, along_h);
            a->gamma = gammas[along_h ? 0 : 1];
            a->t = plain_grid(run, NULL, n->in[0].value, i);
            a->stacked = plain_grid(run, NULL, n->in[1].value, i);
            a->out = plain_grid(run, NULL, n->out, i);
            a->queries = (float *)(void *)(run->arena + room);
            a->keys = a->queries + query_floats(a);
            a->scores = a->keys + key_floats(a);
            pool_run(run->host.pool, job.chunks, gather, &job);
            pool_run(run->host.pool, (int32_t)(raw_rows(a->length) / ROWS), score, &job);
            pool_run(run->host.pool, job.chunks, sum_values, &job);
        }
}
