#include "net/model.h"

#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"

inspyr_status model_usable(const inspyr_model *m, inspyr_error *error)
{
    if (!m)
        return failed(error, INSPYR_ERR_ARGUMENT, "model is NULL");
    if (m->process != getpid() || pool_forked(m->host.pool))
        return failed(error, INSPYR_ERR_FORKED, "the model belongs to process %ld: load one in the child",
                      (long)m->process);
    return INSPYR_OK;
}

inspyr_state inspyr_model_state(const inspyr_model *model)
{
    if (!model)
        return INSPYR_STATE_COLD;
    if (atomic_load(&model->spare.model))
        return INSPYR_STATE_DEGRADED;
    if (model->torch && model->torch->failure(model->host.device))
        return INSPYR_STATE_FAILED;
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
    info.architecture = network_architecture(model->config.backbone);
    info.engine = model->engine->name;
    info.device = model->torch ? model->torch->opened(model->host.device)->device : "cpu";
    info.instructions =
        model->torch ? model->torch->opened(model->host.device)->instructions : model->engine->instructions();
    info.precision = precision_name(model->host.precision);
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
    info.container = model->container;
    info.read_ms = model->read_ms;
    info.pack_ms = model->pack_ms;
    info.load_ms = model->load_ms;
    info.cache = model->cache;
    info.blend_size = model->config.blend;
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
        model_spare_free(model);
        model_pass_drop_idle(model);
        pthread_mutex_destroy(&model->mutex);
    }
    if (model->packed)
        model->engine->unpack(model->packed);
    if (model->torch)
        model->torch->close(model->host.device);
    packed_close(&model->entry); /* the packed weights may have lain in it */
    memory_give(&a, model->texts.name);
    memory_give(&a, model->texts.version);
    memory_give(&a, model->texts.licence);
    memory_give(&a, model->texts.note);
    memory_give(&a, model->texts.build);
    memory_give(&a, model);
}
