#include "net/model.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/builtin.h"

/* A weight file may be this large: eight times the largest member of the family in float32. */
#define WEIGHT_FILE_MAX (size_t)3000000000

inspyr_status model_usable(const inspyr_model *m, inspyr_error *error)
{
    if (!m)
        return failed(error, INSPYR_ERR_ARGUMENT, "model is NULL");
    if (m->process != getpid() || pool_forked(m->host.pool))
        return failed(error, INSPYR_ERR_FORKED, "the model belongs to process %ld: load one in the child",
                      (long)m->process);
    return INSPYR_OK;
}

static inspyr_status tell(const inspyr_load_options *o, float fraction, inspyr_error *error)
{
    const inspyr_progress progress = { sizeof progress, INSPYR_STATE_LOADING, INSPYR_STAGE_LOAD, fraction, 0 };

    if (o->progress && o->progress(o->progress_user, &progress))
        return failed(error, INSPYR_ERR_CANCELLED, "loading was cancelled by the progress callback");
    return INSPYR_OK;
}

/* Chooses the device. note: why it is not the one asked for. */
static inspyr_status choose_device(const inspyr_load_options *o, char *note, size_t room, inspyr_error *error)
{
    bool cpu = !o->device || !strcmp(o->device, "cpu");

    note[0] = '\0';
    if ((unsigned)o->device_need > INSPYR_NEED_FORBIDDEN)
        return failed(error, INSPYR_ERR_ARGUMENT, "device_need %d is unknown", (int)o->device_need);
    if (o->device && o->device_need == INSPYR_NEED_FORBIDDEN) {
        if (cpu)
            return failed(error, INSPYR_ERR_DEVICE, "the cpu is forbidden, and this build has nothing else");
        return INSPYR_OK;
    }
    if (cpu)
        return INSPYR_OK;
    if (o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_DEVICE, "device %.60s is required, and this build has only the cpu",
                      o->device);
    snprintf(note, room, "device %.60s is not in this build: using the cpu", o->device);
    return INSPYR_OK;
}

static bool set_texts(inspyr_model *m, const weights *w, const char *note)
{
    static const char *const keys[3] = { "name", "version", "licence" };
    const inspyr_allocator *a = &m->host.allocator;
    char **slots[3] = { &m->texts.name, &m->texts.version, &m->texts.licence }, build[128];
    const char *revision = strstr(inspyr_features(), "build=");

    for (int i = 0; i < 3; i++) {
        const char *text = weights_metadata(w, keys[i]);

        *slots[i] = memory_text(a, text ? text : "");
        if (!*slots[i])
            return false;
    }
    snprintf(build, sizeof build, "%s %s", inspyr_version(), revision ? revision : "");
    m->texts.note = memory_text(a, note);
    m->texts.build = memory_text(a, build);
    return m->texts.note && m->texts.build;
}

/* Records the network once, for its weights. All sizes are the file's, so what does not fit is its mistake. */
static inspyr_status record(plan *p, const network_config *config, inspyr_error *error)
{
    inspyr_status status =
        network_record(p, config, (network_size){ .n = 1, .h = config->base_h, .w = config->base_w }, error);

    if (!status || status == INSPYR_ERR_MEMORY)
        return status;
    if (error)
        error->status = INSPYR_ERR_WEIGHTS;
    return INSPYR_ERR_WEIGHTS;
}

/* Checks every tensor against the network and packs the weights. */
static inspyr_status fill(inspyr_model *m, const weights *w, const inspyr_load_options *o, inspyr_error *error)
{
    plan *p = NULL;
    double start = clock_ms();
    inspyr_status status = network_configure(&m->config, w, NULL, error);

    if (!status)
        status = plan_create(&p, &m->host.allocator, error);
    if (!status)
        status = record(p, &m->config, error);
    if (!status)
        status = weights_match(w, p, error);
    if (!status)
        status = tell(o, 0.3f, error); /* the rest, packing, takes about twice as long */
    if (!status)
        status = m->engine->pack(&m->packed, &m->host, p, w, error);
    plan_free(p);
    for (int32_t i = 0; i < weights_count(w); i++)
        m->parameters += weights_at(w, i)->count;
    if (!status)
        log_line(&m->host.log, INSPYR_LOG_INFO, "%s %s: %llu weights packed for %s in %.1f ms", m->texts.name,
                 m->texts.version, (unsigned long long)m->parameters, m->engine->name, clock_ms() - start);
    return status;
}

static inspyr_status load(inspyr_model *m, const void *bytes, size_t size, const inspyr_load_options *o,
                          const char *note, inspyr_error *error)
{
    weights *w;
    inspyr_status status = weights_open(&w, bytes, size, &m->host.allocator, error);

    if (status)
        return status;
    status =
        set_texts(m, w, note) ? fill(m, w, o, error) : failed(error, INSPYR_ERR_MEMORY, "no room for a model");
    weights_free(w);
    if (!status) {
        m->state = note[0] ? INSPYR_STATE_DEGRADED : INSPYR_STATE_READY;
        if (note[0])
            log_line(&m->host.log, INSPYR_LOG_WARNING, "%s", note);
        status = tell(o, 1, error);
    }
    return status;
}

static inspyr_status load_source(inspyr_model *m, const char *source, const inspyr_load_options *o,
                                 const char *note, inspyr_error *error)
{
    mapped_file file = { 0 };
    inspyr_status status;

    if (o->bytes)
        return load(m, o->bytes, o->bytes_size, o, note, error);
    if (!source) {
#ifdef INSPYR_HAS_BUILTIN
        return load(m, inspyr_builtin_weights, (size_t)(inspyr_builtin_weights_end - inspyr_builtin_weights), o,
                    note, error);
#else
        return failed(error, INSPYR_ERR_UNSUPPORTED, "this build has no built-in model: name a file");
#endif
    }
    status = file_map(&file, source, WEIGHT_FILE_MAX, error);
    if (!status)
        status = load(m, file.bytes, file.size, o, note, error);
    file_unmap(&file);
    return status;
}

inspyr_status inspyr_model_load(inspyr_model **out, const char *source, const inspyr_load_options *options,
                                inspyr_error *error)
{
    inspyr_load_options o;
    inspyr_allocator allocator;
    inspyr_model *m;
    inspyr_status status;
    char note[128];

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_load_options, bytes_size), options, error);
    if (status || (status = options_flags(o.flags, 0, error)) ||
        (status = memory_import(&allocator, o.allocator, error)) ||
        (status = choose_device(&o, note, sizeof note, error)))
        return status;
    if ((unsigned)o.precision > INSPYR_PRECISION_EXACT)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "precision %d is not in this version", (int)o.precision);
    if (source && o.bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "a source and bytes: give one of them");
    if (o.bytes_size && !o.bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL, and bytes_size is %zu", o.bytes_size);
    if (pool_forked(o.pool))
        return failed(error, INSPYR_ERR_FORKED, "the pool belongs to another process");
    if ((status = tell(&o, 0, error)))
        return status;
    m = memory_zeroed(&allocator, sizeof *m);
    if (!m)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a model");
    m->host = (engine_host){ allocator, o.pool, { o.log, o.log_user } };
    m->engine = &engine_plain;
    m->process = getpid();
    pthread_mutex_init(&m->mutex, NULL);
    status = load_source(m, source, &o, note, error);
    if (status)
        inspyr_model_free(m);
    else
        *out = m;
    return status;
}

inspyr_state inspyr_model_state(const inspyr_model *model)
{
    if (!model)
        return INSPYR_STATE_COLD;
    return atomic_load(&model->warming) > 0 ? INSPYR_STATE_WARMING : model->state;
}

inspyr_status inspyr_model_info(const inspyr_model *model, inspyr_info *out, inspyr_error *error)
{
    inspyr_info info = { 0 };
    inspyr_status status;

    succeeded(error);
    status = model_usable(model, error);
    if (status)
        return status;
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    info.name = model->texts.name;
    info.version = model->texts.version;
    info.licence = model->texts.licence;
    info.architecture = "inspyrenet/mobilenet_v2_deeplab_v3";
    info.engine = model->engine->name;
    info.device = "cpu";
    info.instructions = model->engine->instructions();
    info.precision = "exact";
    info.note = model->texts.note;
    info.build = model->texts.build;
    info.parameters = model->parameters;
    info.packed_bytes = model->engine->packed_bytes(model->packed);
    pthread_mutex_lock((pthread_mutex_t *)&model->mutex);
    info.workspace_bytes = model->pass_bytes;
    pthread_mutex_unlock((pthread_mutex_t *)&model->mutex);
    info.base_width = model->config.base_w;
    info.base_height = model->config.base_h;
    info.size_multiple = model->config.size_multiple;
    info.pool_width = inspyr_pool_width(model->host.pool);
    return options_export(out, OPTIONS_FIRST(inspyr_info, pool_width), &info, sizeof info, error);
}

void inspyr_model_free(inspyr_model *model)
{
    inspyr_allocator a;

    if (!model)
        return;
    a = model->host.allocator;
    if (model->process ==
        getpid()) { /* in a forked child the mutex may be held by a thread that is not there */
        model_pass_drop_idle(model);
        pthread_mutex_destroy(&model->mutex);
    }
    if (model->packed)
        model->engine->unpack(model->packed);
    memory_give(&a, model->texts.name);
    memory_give(&a, model->texts.version);
    memory_give(&a, model->texts.licence);
    memory_give(&a, model->texts.note);
    memory_give(&a, model->texts.build);
    memory_give(&a, model);
}
