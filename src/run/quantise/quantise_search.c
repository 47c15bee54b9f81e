/* quantise_search.c - which convolutions are kept in more bits.
 *
 * Errors of single units are measured alone, where their group errs much. Noises that have nothing to do with
 * each other add up in their squares, so the gain of helping a unit is the square of its error; the cost is its
 * share of the products, which become half as fast, and of the bytes. Helps are taken in the order of gain by
 * cost, as few as bring the errors under their bounds. That is a bet: errors of networks jump when what comes
 * before them moves by a bit, and units kept in bf16 are not those kept exact. So the file has the last word,
 * and more helps are taken until it is within the bounds or none is left. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/quantise/quantise.h"

#define MARGIN 0.9        /* of the bound: what other pictures and bf16 may add */
#define PICTURES_RANKED 2 /* for errors of single units and of groups */
#define SHARE_RANKED 0.9  /* of all groups' squares that is looked into unit by unit */
#define COST_DYNAMIC 0.1  /* of the products, for looking for each pixel's range */

typedef struct help {
    int32_t unit;
    bool keep; /* in bf16; otherwise its ranges become those of each pixel */
    double value;
} help;

typedef struct search {
    quantise_job *job;
    int32_t *groups;
    double *alone, *cost; /* per group: error; per unit: share of products */
    help *helps;
    int32_t group_count, help_count;
    double weights;
} search;

static bool is_point(const plan_weights *unit)
{
    return unit->kernel_h == 1 && unit->kernel_w == 1;
}

/* Error with the units of one group, or one unit of it, rounded and nothing else. */
static inspyr_status alone(search *s, int32_t group, int32_t unit, bool dynamic, double *out,
                           inspyr_error *error)
{
    quantise_job *job = s->job;
    quantise_error e;
    inspyr_status status;

    for (int32_t i = 0; i < job->p->weights_count; i++)
        job->roundings[i] =
            job->possible[i] && (unit >= 0 ? i == unit : s->groups[i] == group) ? ROUND_INT8 : ROUND_NOT;
    if (dynamic)
        job->ranges[unit].ranged = false;
    status = quantise_measure(job, job->rounded, job->worst, &e, error);
    if (dynamic)
        job->ranges[unit].ranged = true;
    *out = e.alpha;
    return status;
}

static void apply(search *s, int32_t count)
{
    quantise_job *job = s->job;

    for (int32_t i = 0; i < job->p->weights_count; i++) {
        job->roundings[i] = job->possible[i] ? ROUND_INT8 : ROUND_NOT;
        job->ranges[i].ranged = true;
    }
    for (int32_t i = 0; i < count; i++) {
        if (s->helps[i].keep)
            job->roundings[s->helps[i].unit] = ROUND_NOT;
        else
            job->ranges[s->helps[i].unit].ranged = false;
    }
}

static void add_help(search *s, int32_t unit, bool keep, double gain)
{
    const plan_weights *w = &s->job->p->weights[unit];
    double bytes = (double)plan_kernel_count(w) / s->weights;
    double cost = keep ? s->cost[unit] + bytes : COST_DYNAMIC * s->cost[unit];

    if (gain > 0)
        s->helps[s->help_count++] = (help){ unit, keep, gain / (cost + 1e-6) };
}

static inspyr_status rank_unit(search *s, int32_t unit, inspyr_error *error)
{
    double still, moving;
    inspyr_status status = alone(s, -1, unit, false, &still, error);

    if (status)
        return status;
    if (is_point(&s->job->p->weights[unit])) {
        status = alone(s, -1, unit, true, &moving, error);
        if (status)
            return status;
        if (moving < still) {
            add_help(s, unit, false, still * still - moving * moving);
            still = moving;
        }
    }
    add_help(s, unit, true, still * still);
    log_line(&s->job->log, INSPYR_LOG_DEBUG, "%s alone: %.6f", s->job->p->weights[unit].parts[0].name, still);
    return INSPYR_OK;
}

static int by_value(const void *a, const void *b)
{
    const help *first = a, *second = b;

    if (first->value != second->value)
        return first->value < second->value ? 1 : -1;
    return (first->unit > second->unit) - (first->unit < second->unit);
}

/* The worst groups, until they have most of the error together. */
static inspyr_status rank(search *s, inspyr_error *error)
{
    quantise_job *job = s->job;
    double all = 0, covered = 0;
    inspyr_status status = INSPYR_OK;

    for (int32_t g = 0; g < s->group_count && !status; g++) {
        status = alone(s, g, -1, false, &s->alone[g], error);
        all += s->alone[g] * s->alone[g];
    }
    while (!status && covered < SHARE_RANKED * all) {
        char name[PLAN_NAME] = "";
        int32_t worst = 0;

        for (int32_t g = 1; g < s->group_count; g++)
            worst = s->alone[g] > s->alone[worst] ? g : worst;
        for (int32_t i = 0; i < job->p->weights_count && !status; i++)
            if (s->groups[i] == worst) {
                quantise_group_name(name, &job->p->weights[i]);
                status = rank_unit(s, i, error);
            }
        log_line(&job->log, INSPYR_LOG_INFO, "%s in int8 alone: %.5f", name, s->alone[worst]);
        covered += s->alone[worst] * s->alone[worst];
        s->alone[worst] = 0;
    }
    qsort(s->helps, (size_t)s->help_count, sizeof *s->helps, by_value);
    return status;
}

static double share(search *s, int32_t count)
{
    uint64_t bytes, float32;

    apply(s, count);
    quantise_forms(s->job, &bytes, &float32);
    return (double)bytes / (double)float32;
}

/* The fewest helps that seem to bring the errors of all pictures under the bounds, or as many as the file has
 * room for. */
static inspyr_status choose(search *s, int32_t *count, inspyr_error *error)
{
    quantise_job *job = s->job;
    int32_t low = 0, high = s->help_count;
    quantise_error e = { 0 };
    inspyr_status status = INSPYR_OK;

    while (high > 0 && share(s, high) > QUANTISE_SHARE)
        high--;
    while (low < high && !status) {
        int32_t middle = low + (high - low) / 2;

        apply(s, middle);
        status = quantise_measure(job, job->rounded, NULL, &e, error);
        if (quantise_within(job, &e, MARGIN))
            high = middle;
        else
            low = middle + 1;
    }
    *count = high;
    return status;
}

/* Up to `wanted` more helps than `count`: those that make the file no larger, or for which it has room. What is
 * passed over is left out for good. */
static int32_t more(search *s, int32_t count, int32_t wanted)
{
    double before = share(s, count);

    while (wanted > 0 && count < s->help_count) {
        double with = share(s, count + 1);

        if (with <= QUANTISE_SHARE || with <= before) {
            before = with;
            count++;
            wanted--;
        } else {
            s->help_count--;
            memmove(&s->helps[count], &s->helps[count + 1], (size_t)(s->help_count - count) * sizeof *s->helps);
        }
    }
    return count;
}

/* Steps double, as a file is measured at each of them. */
static inspyr_status settle(search *s, int32_t count, quantise_error *e, inspyr_error *error)
{
    quantise_job *job = s->job;
    inspyr_status status;

    for (int32_t step = 1;; step *= 2) {
        int32_t next;

        apply(s, count);
        status = quantise_measure_file(job, e, error);
        if (status || quantise_within(job, e, 1) || (next = more(s, count, step)) == count)
            break;
        log_line(&job->log, INSPYR_LOG_INFO, "the file's error is %.5f, its IoU changes by %.5f; going on",
                 e->alpha, e->iou);
        count = next;
    }
    for (int32_t i = 0; i < job->p->weights_count && !status; i++)
        if (job->possible[i] && (job->roundings[i] != ROUND_INT8 || !job->ranges[i].ranged))
            log_line(&job->log, INSPYR_LOG_INFO, "%s: %s", job->p->weights[i].parts[0].name,
                     job->roundings[i] != ROUND_INT8 ? "kept in bf16" : "ranges of each pixel");
    return status;
}

/* Shares of the products at base size. */
static void count_costs(search *s)
{
    const plan *p = s->job->p;
    double all = 0;

    for (int32_t j = 0; j < p->node_count; j++)
        if (p->nodes[j].weights >= 0 && s->job->possible[p->nodes[j].weights]) {
            s->cost[p->nodes[j].weights] += plan_cost(p, &p->nodes[j]);
            all += plan_cost(p, &p->nodes[j]);
        }
    for (int32_t i = 0; i < p->weights_count; i++) {
        s->cost[i] /= all;
        s->weights += s->job->possible[i] ? (double)plan_kernel_count(&p->weights[i]) : 0;
    }
}

/* The pictures that erred most in the last measurement. */
static void choose_worst(quantise_job *job)
{
    for (int k = 0; k < PICTURES_RANKED; k++) {
        size_t worst = job->pictures;

        for (size_t i = 0; i < job->pictures; i++)
            if (!job->worst[i] && (worst == job->pictures || job->errors[i] > job->errors[worst]))
                worst = i;
        if (worst < job->pictures)
            job->worst[worst] = true;
    }
}

static inspyr_status help_units(search *s, quantise_error *last, inspyr_error *error)
{
    int32_t count = 0;
    inspyr_status status;

    count_costs(s);
    choose_worst(s->job);
    s->group_count = quantise_groups(s->job, s->groups);
    status = rank(s, error);
    if (!status)
        status = choose(s, &count, error);
    return status ? status : settle(s, count, last, error);
}

inspyr_status quantise_search(quantise_job *job, double *first, quantise_error *last, inspyr_error *error)
{
    const inspyr_allocator *a = &job->allocator;
    const size_t units = (size_t)job->p->weights_count;
    search s = { .job = job,
                 .groups = memory_array(a, units, sizeof *s.groups),
                 .alone = memory_zeroed(a, units * sizeof *s.alone),
                 .cost = memory_zeroed(a, units * sizeof *s.cost),
                 .helps = memory_array(a, 2 * units, sizeof *s.helps) };
    quantise_error e = { 0 };
    inspyr_status status = INSPYR_OK;

    if (!s.groups || !s.alone || !s.cost || !s.helps)
        status = failed(error, INSPYR_ERR_MEMORY, "no room to compare %zu convolutions", units);
    if (!status) {
        apply(&s, 0);
        status = quantise_measure(job, job->rounded, NULL, &e, error);
        *first = e.alpha;
    }
    if (!status && quantise_within(job, &e, MARGIN))
        status = quantise_measure_file(job, last, error);
    if (!status && !(quantise_within(job, &e, MARGIN) && quantise_within(job, last, 1))) {
        log_line(&job->log, INSPYR_LOG_INFO,
                 "all convolutions in int8: %.5f, IoU %.5f; looking for those that err most", e.alpha, e.iou);
        status = help_units(&s, last, error);
    }
    memory_give(a, s.groups);
    memory_give(a, s.alone);
    memory_give(a, s.cost);
    memory_give(a, s.helps);
    return status;
}
