/* model_spare.c - the same model on the CPU, for when a GPU that was only preferred does not do. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "net/model.h"

/* What it takes to load it once more. Weights in the caller's memory may be gone by then. */
bool model_spare_prepare(inspyr_model *m, const char *source, const inspyr_load_options *o)
{
    const inspyr_allocator *a = &m->host.allocator;

    if (!m->torch || !strcmp(m->torch->opened(m->host.device)->device, "cpu") || o->bytes ||
        o->device_need != INSPYR_NEED_PREFERRED)
        return true;
    m->spare.options = *o;
    m->spare.options.device = "cpu";
    m->spare.options.engine = NULL;
    m->spare.options.precision = INSPYR_PRECISION_AUTO;
    m->spare.options.allocator = a;
    m->spare.options.progress = NULL;
    m->spare.options.cache_dir = o->cache_dir ? memory_text(a, o->cache_dir) : NULL;
    m->spare.source = source ? memory_text(a, source) : NULL;
    m->spare.allowed = true;
    return (!source || m->spare.source) && (!o->cache_dir || m->spare.options.cache_dir);
}

inspyr_model *model_spare(inspyr_model *m)
{
    inspyr_model *spare;
    inspyr_error error;

    if (!m->spare.allowed)
        return NULL;
    pthread_mutex_lock(&m->spare.mutex);
    spare = atomic_load(&m->spare.model);
    if (!spare) {
        log_line(&m->host.log, INSPYR_LOG_WARNING, "the model is loaded again, for the cpu");
        if (inspyr_model_load(&spare, m->spare.source, &m->spare.options, &error))
            log_line(&m->host.log, INSPYR_LOG_WARNING, "%s", error.message);
        else
            atomic_store(&m->spare.model, spare);
    }
    pthread_mutex_unlock(&m->spare.mutex);
    return spare;
}

void model_spare_free(inspyr_model *m)
{
    inspyr_allocator a = m->host.allocator;

    inspyr_model_free(atomic_load(&m->spare.model));
    memory_give(&a, m->spare.source);
    memory_give(&a, (void *)(uintptr_t)m->spare.options.cache_dir);
    pthread_mutex_destroy(&m->spare.mutex);
}
