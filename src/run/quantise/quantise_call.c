/* quantise_call.c - inspyr_quantise(): from pictures and exact weights to a file of int8. */
#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "run/quantise/quantise.h"

static inspyr_status check_options(quantise_job *job, const char *source, const char *const *pictures,
                                   size_t count, inspyr_error *error)
{
    const inspyr_quantise_options *o = job->options;
    inspyr_status status = options_flags(o->flags, 0, error);

    if (status)
        return status;
    if (!source || !pictures)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s is NULL", source ? "pictures" : "source");
    if (count < 1 || count > 4096)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu pictures; 1 to 4096 are possible", count);
    if (!(o->bound >= 0 && o->bound <= 1))
        return failed(error, INSPYR_ERR_ARGUMENT, "a bound of %g; over 0, up to 1", o->bound);
    if (!(o->iou_bound >= 0 && o->iou_bound <= 1))
        return failed(error, INSPYR_ERR_ARGUMENT, "an iou_bound of %g; over 0, up to 1", o->iou_bound);
    status = options_import(&job->describe, sizeof job->describe,
                            OPTIONS_FIRST(inspyr_convert_options, source_sha256), o->describe, error);
    if (status || (status = options_flags(job->describe.flags, 0, error)))
        return status;
    if (job->describe.precision)
        return failed(error, INSPYR_ERR_ARGUMENT, "the precision of the new file is int8");
    return INSPYR_OK;
}

/* Exact, whatever the file was made for. */
static inspyr_status load_model(quantise_job *job, const char *source, inspyr_error *error)
{
    const inspyr_quantise_options *o = job->options;
    inspyr_load_options load;

    inspyr_load_options_init(&load);
    load.precision = INSPYR_PRECISION_EXACT;
    load.pool = o->pool;
    load.allocator = &job->allocator;
    load.base_width = job->describe.base_width;
    load.base_height = job->describe.base_height;
    return inspyr_model_load(&job->model, source, &load, error);
}

static inspyr_status take_room(quantise_job *job, inspyr_error *error)
{
    const inspyr_allocator *a = &job->allocator;
    const size_t units = (size_t)job->p->weights_count;

    job->possible = memory_zeroed(a, units * sizeof *job->possible);
    job->ranges = memory_zeroed(a, units * sizeof *job->ranges);
    job->roundings = memory_zeroed(a, units * sizeof *job->roundings);
    job->forms = memory_array(a, (size_t)weights_count(job->source.w), sizeof *job->forms);
    if (!job->possible || !job->ranges || !job->roundings || !job->forms)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %zu convolutions", units);
    for (int32_t j = 0; j < job->p->node_count; j++)
        if (job->p->nodes[j].weights >= 0 && quantised_possible(job->p, &job->p->nodes[j]))
            job->possible[job->p->nodes[j].weights] = true;
    return INSPYR_OK;
}

static inspyr_status open_source(quantise_job *job, const mapped_file *file, weights **w, inspyr_error *error)
{
    quantised_file old;
    inspyr_status status = weights_open(w, file->bytes, file->size, &job->allocator, error);

    if (status)
        return status;
    weights_are_mapped(*w, true);
    status = quantised_read(&old, *w, error);
    if (!status && old.is)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "a file of int8: quantise what it was made of");
    job->source.w = *w;
    job->source.options = &job->describe;
    known_find(&job->source.facts, *w, file->bytes, file->size);
    file_forget(file->bytes, file->size);
    return status ? status : convert_configure(&job->source, &job->p, &job->allocator, error);
}

static void count_units(const quantise_job *job, inspyr_quantise_report *r)
{
    for (int32_t i = 0; i < job->p->weights_count; i++) {
        r->convolutions += job->possible[i];
        r->kept += job->possible[i] && job->roundings[i] != ROUND_INT8;
        r->dynamic += job->possible[i] && job->roundings[i] == ROUND_INT8 && !job->ranges[i].ranged;
    }
}

typedef struct counter {
    inspyr_write_fn *write;
    void *user;
    uint64_t bytes;
} counter;

static int count_bytes(void *user, const void *bytes, size_t size)
{
    counter *c = user;

    c->bytes += size;
    return c->write(c->user, bytes, size);
}

static inspyr_status write_file(quantise_job *job, const quantise_error *e, counter *to, inspyr_error *error)
{
    char entry[QUANTISE_ENTRY];
    inspyr_status status;

    quantise_entry(entry, job, e);
    job->source.quantised = entry;
    status = convert_write(&job->source, count_bytes, to, &job->allocator, error);
    job->source.quantised = NULL;
    return status;
}

static inspyr_status refuse(const quantise_job *job, const quantise_error *e, const inspyr_quantise_report *r,
                            inspyr_error *error)
{
    const bool alpha = !(e->alpha <= job->bound);
    const double measured = alpha ? e->alpha : e->iou, bound = alpha ? job->bound : job->iou_bound;
    const int digits = quantised_digits(measured, bound);

    return failed(error, INSPYR_ERR_WEIGHTS,
                  "%s in int8 is %.*g with %d of %d convolutions kept in bf16, over the bound of %.*g",
                  alpha ? "the error" : "the change of the IoU", digits, measured, (int)r->kept,
                  (int)r->convolutions, digits, bound);
}

static inspyr_status quantise(quantise_job *job, const char *const *pictures, counter *to,
                              inspyr_quantise_report *r, inspyr_error *error)
{
    quantise_error e = { 0 };
    uint64_t numbers;
    inspyr_status status = take_room(job, error);

    if (!status)
        status = quantise_read(job, pictures, error);
    if (!status)
        status = quantise_calibrate(job, error);
    if (!status)
        status = quantise_pack(job, error);
    if (!status)
        status = quantise_compile(job, job->options->pool, error);
    if (status)
        return status;
    quantise_forms(job, &numbers, &r->float32_bytes);
    status = quantise_search(job, &r->first_error, &e, error);
    if (status)
        return status;
    r->alpha_error = e.alpha;
    r->mask_error = e.mask;
    r->iou_change = e.iou;
    count_units(job, r);
    if (!quantise_within(job, &e, 1))
        return refuse(job, &e, r, error);
    return write_file(job, &e, to, error);
}

static void let_go(quantise_job *job)
{
    const inspyr_allocator *a = &job->allocator;

    if (job->model) {
        job->model->engine->destroy(job->run);
        if (job->rounded)
            job->model->engine->unpack(job->rounded);
    }
    plan_free(job->lowered);
    plan_free(job->p);
    memory_give(a, job->possible);
    memory_give(a, job->input);
    memory_give(a, job->exact);
    memory_give(a, job->alpha);
    memory_give(a, job->errors);
    memory_give(a, job->worst);
    memory_give(a, job->ranges);
    memory_give(a, job->roundings);
    memory_give(a, job->forms);
    inspyr_model_free(job->model);
}

inspyr_status inspyr_quantise(const char *source, const char *const *pictures, size_t count,
                              const inspyr_quantise_options *options, inspyr_write_fn *write, void *user,
                              inspyr_quantise_report *report, inspyr_error *error)
{
    inspyr_quantise_options o;
    quantise_job job = { .options = &o, .pictures = count };
    inspyr_quantise_report r = { 0 };
    counter to = { write, user, 0 };
    mapped_file file = { 0 };
    weights *w = NULL;
    inspyr_error unheard;
    inspyr_status status;

    succeeded(error);
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_quantise_options, log_user), options, error);
    if (status || (status = memory_import(&job.allocator, o.allocator, error)) ||
        (status = check_options(&job, source, pictures, count, error)))
        return status;
    if (!write)
        return failed(error, INSPYR_ERR_ARGUMENT, "write is NULL");
    if (report &&
        (status = options_export(report, OPTIONS_FIRST(inspyr_quantise_report, dynamic), &r, sizeof r, error)))
        return status;
    job.bound = o.bound > 0 ? o.bound : QUANTISED_BOUND;
    job.iou_bound = o.iou_bound > 0 ? o.iou_bound : 1;
    job.log = (log_hook){ o.log, o.log_user };
    status = file_map(&file, source, WEIGHTS_FILE_MAX, error);
    if (!status)
        status = open_source(&job, &file, &w, error);
    if (!status)
        status = load_model(&job, source, error);
    job.progress = (call_progress){ o.progress, o.progress_user, job.model, 0, 0, 1 };
    if (!status)
        status = quantise(&job, pictures, &to, &r, error);
    r.pictures = (int32_t)count;
    r.bytes = to.bytes;
    let_go(&job);
    weights_free(w);
    file_unmap(&file);
    if (report &&
        options_export(report, OPTIONS_FIRST(inspyr_quantise_report, dynamic), &r, sizeof r, &unheard) &&
        !status)
        return failed(error, INSPYR_ERR_INTERNAL, "the report changed its size");
    return status;
}
