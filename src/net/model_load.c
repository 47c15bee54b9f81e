/* model_load.c - inspyr_model_load(): from a weight file to packed weights. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/builtin.h"
#include "net/choose.h"
#include "net/known.h"
#include "net/lower.h"
#include "net/model.h"

/* Shares of a load's time, measured on a checkpoint of 367 MB that is read for the first time. */
#define FRACTION_READ 0.1f
#define FRACTION_CHECKED 0.4f
#define FRACTION_PACKED 0.8f

typedef struct load {
    inspyr_model *m;
    const inspyr_load_options *o;
    choice *chosen;
    const char *folder; /* of packed weights; NULL: none */
    const void *bytes;
    size_t size;
    bool mapped; /* the bytes are a file's, whose pages can be given up */
    weights *w;
    plan *p;
    double start;
} load;

static inspyr_status tell(const load *l, float fraction, inspyr_error *error)
{
    const inspyr_progress progress = { sizeof progress, INSPYR_STATE_LOADING, INSPYR_STAGE_LOAD, fraction, 0 };

    if (l->o->progress && l->o->progress(l->o->progress_user, &progress))
        return failed(error, INSPYR_ERR_CANCELLED, "loading was cancelled by the progress callback");
    return INSPYR_OK;
}

/* What the file says of itself, else what is known of it. */
static bool set_texts(load *l)
{
    inspyr_model *m = l->m;
    const known_facts *f = &m->entry.facts;
    const struct {
        const char *key, *known;
        char **to;
    } texts[3] = { { "name", f->name, &m->texts.name },
                   { "version", "", &m->texts.version },
                   { "licence", f->licence, &m->texts.licence } };
    const char *revision = strstr(inspyr_features(), "build=");
    const inspyr_allocator *a = &m->host.allocator;
    char build[128];

    for (int i = 0; i < 3; i++) {
        const char *text = weights_metadata(l->w, texts[i].key);

        *texts[i].to = memory_text(a, text ? text : texts[i].known);
        if (!*texts[i].to)
            return false;
    }
    snprintf(build, sizeof build, "%s %s", inspyr_version(), revision ? revision : "");
    m->texts.note = memory_text(a, l->chosen->note);
    m->texts.build = memory_text(a, build);
    return m->texts.note && m->texts.build;
}

static inspyr_status describe(load *l, inspyr_error *error)
{
    const known_facts *f = &l->m->entry.facts;
    const bool given = l->o->base_width;
    const network_hints hints = { .base_w = given ? l->o->base_width : f->base_w,
                                  .base_h = given ? l->o->base_height : f->base_h,
                                  .blend = l->o->blend_size };

    plan *recorded;
    inspyr_status status = network_open(&recorded, &l->m->config, l->w, &hints, &l->m->host.allocator, error);

    if (!status) /* weights are packed as the engine will ask for them, at every size */
        status = plan_lower(&l->p, recorded, l->m->engine, &l->m->host, error);
    plan_free(recorded);
    return status;
}

/* Holds the data against their checksums, and packs them. */
static inspyr_status pack(load *l, inspyr_error *error)
{
    inspyr_model *m = l->m;
    inspyr_status status = weights_check_data(l->w, m->host.pool, error);

    if (!status)
        status = tell(l, FRACTION_CHECKED, error);
    return status ? status : m->engine->pack(&m->packed, &m->host, l->p, l->w, error);
}

/* A cache that cannot be written costs time only. */
static void keep(load *l)
{
    inspyr_model *m = l->m;
    inspyr_error error;
    size_t size;
    const void *data = m->engine->save(m->packed, &size);

    m->cache = INSPYR_CACHE_WRITTEN;
    if (packed_write(&m->entry, l->folder, data, size, m->host.pool, &error)) {
        m->cache = INSPYR_CACHE_FAILED;
        log_line(&m->host.log, INSPYR_LOG_WARNING, "packed weights are not kept: %s", error.message);
    }
}

static inspyr_status fill(load *l, inspyr_error *error)
{
    inspyr_model *m = l->m;
    bool hit = false;
    double packing;
    inspyr_status status;

    weights_digest(l->w, m->digest);
    if (l->folder)
        hit = packed_find(&m->entry, l->folder, m->digest, m->engine, &m->host);
    /* The cache keeps what is known, so it must be all; without one, the digest is needed for the base size
     * only. */
    if (!hit && (l->folder || !l->o->base_width)) {
        known_find(&m->entry.facts, l->w, l->bytes, l->size);
        if (l->mapped)
            file_forget(l->bytes, l->size);
    }
    status = set_texts(l) ? describe(l, error) : failed(error, INSPYR_ERR_MEMORY, "no room for a model");
    if (!status)
        status = tell(l, FRACTION_READ, error);
    if (status)
        return status;
    packing = clock_ms();
    m->read_ms = packing - l->start;
    if (hit && m->engine->restore(&m->packed, &m->host, l->p, m->entry.data, m->entry.size))
        m->cache = INSPYR_CACHE_HIT;
    else
        status = pack(l, error);
    m->pack_ms = clock_ms() - packing;
    if (!status)
        status = tell(l, FRACTION_PACKED, error);
    if (!status && l->folder && m->cache != INSPYR_CACHE_HIT)
        keep(l);
    return status;
}

/* A file of int8 has a say in it. */
static inspyr_status settle_precision(load *l, inspyr_error *error)
{
    quantised_file file;
    inspyr_status status = quantised_read(&file, l->w, error);

    if (!status)
        status = choose_quantised(l->chosen, l->o, &file, error);
    l->m->host.precision = l->chosen->precision;
    return status;
}

static inspyr_status load_bytes(load *l, inspyr_error *error)
{
    inspyr_model *m = l->m;
    inspyr_status status = weights_open(&l->w, l->bytes, l->size, &m->host.allocator, error);

    if (status)
        return status;
    weights_are_mapped(l->w, l->mapped);
    if (strcmp(m->container, "builtin") != 0)
        m->container = weights_container(l->w);
    status = settle_precision(l, error);
    if (!status)
        status = fill(l, error);
    for (int32_t i = 0; i < weights_count(l->w); i++)
        if (weights_at(l->w, i)->type != WEIGHTS_I64) /* counters and indices that training left behind */
            m->parameters += weights_at(l->w, i)->count;
    plan_free(l->p);
    weights_free(l->w);
    if (status)
        return status;
    m->load_ms = clock_ms() - l->start;
    log_line(&m->host.log, INSPYR_LOG_INFO,
             "%s %s: %llu weights %s for %s, read in %.1f ms, packed in %.1f ms, %.1f ms in all", m->texts.name,
             m->texts.version, (unsigned long long)m->parameters,
             m->cache == INSPYR_CACHE_HIT ? "found packed" : "packed", m->engine->name, m->read_ms, m->pack_ms,
             m->load_ms);
    m->state = l->chosen->note[0] ? INSPYR_STATE_DEGRADED : INSPYR_STATE_READY;
    if (l->chosen->note[0])
        log_line(&m->host.log, INSPYR_LOG_WARNING, "%s", l->chosen->note);
    return tell(l, 1, error);
}

static inspyr_status load_source(load *l, const char *source, inspyr_error *error)
{
    mapped_file file = { 0 };
    inspyr_status status;

    l->m->container = source || l->o->bytes ? "" : "builtin";
    l->folder = l->m->engine->save ? l->o->cache_dir : NULL;
    if (l->o->bytes) {
        l->bytes = l->o->bytes;
        l->size = l->o->bytes_size;
        return load_bytes(l, error);
    }
    if (!source) {
        l->folder = NULL; /* packing it takes 10 ms, as long as looking for it would */
#ifdef INSPYR_HAS_BUILTIN
        l->bytes = inspyr_builtin_weights;
        l->size = (size_t)(inspyr_builtin_weights_end - inspyr_builtin_weights);
        return load_bytes(l, error);
#else
        return failed(error, INSPYR_ERR_UNSUPPORTED, "this build has no built-in model: name a file");
#endif
    }
    status = file_map(&file, source, WEIGHTS_FILE_MAX, error);
    if (!status) {
        l->bytes = file.bytes;
        l->size = file.size;
        l->mapped = true;
        status = load_bytes(l, error);
    }
    file_unmap(&file);
    return status;
}

static inspyr_status check(const inspyr_load_options *o, const char *source, inspyr_error *error)
{
    inspyr_status status = options_flags(o->flags, 0, error);

    if (status)
        return status;
    if (source && o->bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "a source and bytes: give one of them");
    if (o->bytes_size && !o->bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL, and bytes_size is %zu", o->bytes_size);
    if (o->base_width < 0 || o->base_height < 0 || (o->base_height && !o->base_width))
        return failed(error, INSPYR_ERR_ARGUMENT, "a base size of %d x %d", (int)o->base_width,
                      (int)o->base_height);
    if (o->blend_size < -1 || o->blend_size > NETWORK_SIDE_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "blend_size %d: -1 to %d", (int)o->blend_size,
                      NETWORK_SIDE_MAX);
    if (o->cache_dir && !*o->cache_dir)
        return failed(error, INSPYR_ERR_ARGUMENT, "cache_dir is empty: a folder, or NULL for none");
    if (o->device_timeout_ms < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "device_timeout_ms %d", (int)o->device_timeout_ms);
    if (pool_forked(o->pool))
        return failed(error, INSPYR_ERR_FORKED, "the pool belongs to another process");
    return INSPYR_OK;
}

inspyr_status inspyr_model_load(inspyr_model **out, const char *source, const inspyr_load_options *options,
                                inspyr_error *error)
{
    inspyr_load_options o;
    inspyr_allocator allocator;
    inspyr_model *m;
    inspyr_status status;
    choice chosen;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_load_options, bytes_size), options, error);
    if (status || (status = check(&o, source, error)) ||
        (status = memory_import(&allocator, o.allocator, error)) || (status = choose(&chosen, &o, error)))
        return status;
    load l = { .o = &o, .chosen = &chosen, .start = clock_ms() };

    status = tell(&l, 0, error);
    l.m = m = status ? NULL : memory_zeroed(&allocator, sizeof *m);
    if (!m) {
        if (chosen.device)
            chosen.torch->close(chosen.device);
        return status ? status : failed(error, INSPYR_ERR_MEMORY, "no room for a model");
    }
    m->host = (engine_host){ .allocator = allocator,
                             .pool = o.pool,
                             .width = inspyr_pool_width(o.pool),
                             .log = { o.log, o.log_user },
                             .precision = chosen.precision,
                             .products = chosen.products,
                             .device = chosen.device,
                             .unit = weights_unit };
    m->engine = chosen.engine;
    m->torch = chosen.torch;
    if (chosen.products || chosen.torch)
        log_line(&m->host.log, INSPYR_LOG_INFO, "engine %s: %s", m->engine->name, chosen.library);
    m->process = getpid();
    m->pass_limit = o.workspace_limit < SIZE_MAX ? (size_t)o.workspace_limit : SIZE_MAX;
    pthread_mutex_init(&m->mutex, NULL);
    pthread_mutex_init(&m->spare.mutex, NULL);
    status = load_source(&l, source, error);
    if (!status && !model_spare_prepare(m, source, &o))
        status = failed(error, INSPYR_ERR_MEMORY, "no room for a model");
    if (status)
        inspyr_model_free(m);
    else
        *out = m;
    return status;
}
