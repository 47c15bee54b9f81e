/* bench.c - how long passes take here, and where the time goes. */
#include <sys/resource.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "net/plain/peak.h"
#include "net/region.h"
#include "run/bench_groups.h"
#include "run/sizes.h"

#define REPEAT 7
#define REPEAT_MOST 1000
#define PROFILED 3 /* passes timed layer by layer, behind one that touches their memory */

static inspyr_status check(const inspyr_bench_options *o, inspyr_error *error)
{
    if (o->batch < 0 || o->batch > MODEL_BATCH_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "a batch of %d; 1 to %d are possible", (int)o->batch,
                      MODEL_BATCH_MAX);
    if (o->repeat < 0 || o->repeat > REPEAT_MOST)
        return failed(error, INSPYR_ERR_ARGUMENT, "%d repetitions; 1 to %d are possible", (int)o->repeat,
                      REPEAT_MOST);
    return sizes_check_sides(o->network_width, o->network_height, error);
}

static uint64_t faults(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}

static uint64_t peak_bytes(void)
{
    struct rusage usage;

#ifdef __APPLE__
    return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_maxrss;
#else
    return getrusage(RUSAGE_SELF, &usage) ? 0 : (uint64_t)usage.ru_maxrss * 1024;
#endif
}

static engine_io io_of(const model_pass *pass)
{
    return (engine_io){ .picture = pass->picture, .logits = pass->logits, .extremes = pass->extremes };
}

/* Sorts into place what comes last. */
static void insert(double *sorted, int32_t count, double value)
{
    for (; count && sorted[count - 1] > value; count--)
        sorted[count] = sorted[count - 1];
    sorted[count] = value;
}

static inspyr_status time_passes(inspyr_bench_result *r, inspyr_model *m, model_pass *pass, double *times,
                                 inspyr_error *error)
{
    const engine_io io = io_of(pass);
    const double start = clock_ms();
    inspyr_status status = m->engine->run(pass->run, &io, error);
    uint64_t before = faults();

    r->first_ms = clock_ms() - start;
    r->first_faults = before - r->first_faults;
    for (int32_t i = 0; !status && i < r->repeat; i++) {
        double begun = clock_ms();

        status = m->engine->run(pass->run, &io, error);
        insert(times, i, clock_ms() - begun);
    }
    if (status)
        return status;
    r->faults = faults() - before;
    r->pass_ms = times[r->repeat / 2];
    r->fastest_ms = times[0];
    r->slowest_ms = times[r->repeat - 1];
    return INSPYR_OK;
}

/* ms: two numbers per node. An engine counts what its threads did for a node, one after the other, but for
 * those that it runs as a whole: there the clock on the wall counts. */
static inspyr_status profile(inspyr_bench_result *r, inspyr_model *m, model_pass *pass, engine_run *run,
                             double *ms, inspyr_error *error)
{
    const engine_io io = io_of(pass);
    const plan *p = pass->p;
    double *before = ms + p->node_count, start;
    inspyr_status status = m->engine->run(run, &io, error);

    m->engine->profile(run, before);
    start = clock_ms();
    for (int32_t i = 0; !status && i < PROFILED; i++)
        status = m->engine->run(run, &io, error);
    r->profiled_ms = (clock_ms() - start) / PROFILED;
    m->engine->profile(run, ms);
    for (int32_t j = 0; j < p->node_count; j++) {
        double threads = region_of(p->nodes[j].op) == REGION_WHOLE ? 1 : r->threads;

        ms[j] = (ms[j] - before[j]) / PROFILED / threads;
        r->operations += 2 * plan_cost(p, &p->nodes[j]);
    }
    bench_groups(r, p, ms);
    return status;
}

static inspyr_status measure(inspyr_bench_result *r, inspyr_model *m, model_pass *pass, inspyr_error *error)
{
    const inspyr_allocator *a = &m->host.allocator;
    size_t nodes = (size_t)pass->p->node_count;
    double *times = memory_array(a, (size_t)r->repeat, sizeof *times);
    double *ms = memory_array(a, 2 * nodes, sizeof *ms);
    engine_run *run = NULL;
    inspyr_status status;

    if (!times || !ms) {
        memory_give(a, times);
        memory_give(a, ms);
        return failed(error, INSPYR_ERR_MEMORY, "no room for the times of %d passes", (int)r->repeat);
    }
    memset(pass->picture, 128, (size_t)pass->n * (size_t)pass->w * (size_t)pass->h * 3);
    status = time_passes(r, m, pass, times, error);
    r->pass_bytes = pass->bytes;
    r->peak_bytes = peak_bytes(); /* before there is a second copy of the pass */
    if (!status)
        status = m->engine->compile(&run, &m->host, m->packed, pass->p, ENGINE_PROFILE, error);
    if (!status)
        status = profile(r, m, pass, run, ms, error);
    if (run)
        m->engine->destroy(run);
    memory_give(a, times);
    memory_give(a, ms);
    if (!status)
        r->ceiling = 2 * plain_peak(m->host.pool, m->host.precision);
    return status;
}

inspyr_status inspyr_bench(inspyr_model *model, const inspyr_bench_options *options,
                           inspyr_bench_result *result, inspyr_error *error)
{
    inspyr_bench_options o;
    inspyr_bench_result r = { 0 };
    model_pass *pass;
    double start;
    inspyr_status status;

    succeeded(error);
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_bench_options, repeat), options, error);
    if (status || (status = options_flags(o.flags, 0, error)) || (status = model_usable(model, error)) ||
        (status = check(&o, error)))
        return status;
    if (!result)
        return failed(error, INSPYR_ERR_ARGUMENT, "result is NULL");
    r.batch = o.batch ? o.batch : 1;
    r.repeat = o.repeat ? o.repeat : REPEAT;
    r.threads = inspyr_pool_width(model->host.pool);
    model_pass_drop_idle(model);
    r.first_faults = faults();
    start = clock_ms();
    status =
        model_pass_take(&pass, model, r.batch, (pass_size){ o.network_width, o.network_height, false }, error);
    if (status)
        return status;
    r.compile_ms = clock_ms() - start;
    r.network_width = pass->w;
    r.network_height = pass->h;
    status = measure(&r, model, pass, error);
    model_pass_give(pass);
    model_pass_drop_idle(model);
    return status ? status
                  : options_export(result, OPTIONS_FIRST(inspyr_bench_result, group_operations), &r, sizeof r,
                                   error);
}
