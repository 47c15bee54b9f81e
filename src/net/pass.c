#include "base/memory.h"
#include "base/status.h"
#include "net/lower.h"
#include "net/model.h"

static void pass_free(inspyr_model *m, model_pass *pass)
{
    const inspyr_allocator *a = &m->host.allocator;

    if (!pass)
        return;
    m->engine->destroy(pass->run);
    plan_free(pass->p);
    memory_give(a, pass->picture);
    memory_give(a, pass->low);
    memory_give(a, pass->logits);
    memory_give(a, pass->extremes);
    memory_give(a, pass);
}

static inspyr_status pass_compile(model_pass *pass, inspyr_model *m, inspyr_error *error)
{
    plan *recorded;
    const plan_value *logit;
    inspyr_status status = plan_create(&recorded, &m->host.allocator, error);

    if (status)
        return status;
    status = network_record(
        recorded, &m->config,
        (network_size){ .n = pass->n, .h = pass->h, .w = pass->w, .blended = pass->blended }, error);
    if (!status)
        status = plan_lower(&pass->p, recorded, m->engine, &m->host, error);
    if (!status)
        status = m->engine->compile(&pass->run, &m->host, m->packed, pass->p, 0, error);
    if (!status) {
        logit = &pass->p->values[pass->p->nodes[pass->p->node_count - 1].in[0].value]; /* the output is last */
        pass->out_w = logit->w;
        pass->out_h = logit->h;
    }
    plan_free(recorded);
    return status;
}

static inspyr_status pass_room(model_pass *pass, inspyr_model *m, inspyr_error *error)
{
    const inspyr_allocator *a = &m->host.allocator;
    size_t n = (size_t)pass->n, picture = n * (size_t)pass->w * (size_t)pass->h * 3;
    size_t logits = n * (size_t)pass->out_w * (size_t)pass->out_h;
    size_t low = pass->blended ? n * (size_t)m->config.base_w * (size_t)m->config.base_h * 3 : 0;

    pass->picture = memory_take(a, picture);
    pass->low = low ? memory_take(a, low) : NULL;
    pass->logits = memory_array(a, logits, sizeof *pass->logits);
    pass->extremes = memory_array(a, n, sizeof *pass->extremes);
    pass->bytes = m->engine->run_bytes(pass->run) + picture + low + logits * sizeof *pass->logits;
    if (m->pass_limit && pass->bytes > m->pass_limit)
        return failed(error, INSPYR_ERR_MEMORY,
                      "a pass of %d x %d pixels takes %zu bytes; workspace_limit is %zu", (int)pass->w,
                      (int)pass->h, pass->bytes, m->pass_limit);
    if (!pass->picture || (low && !pass->low) || !pass->logits || !pass->extremes)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a pass of %d x %d pixels", (int)pass->w,
                      (int)pass->h);
    return INSPYR_OK;
}

static inspyr_status pass_create(model_pass **out, inspyr_model *m, const model_pass *like, inspyr_error *error)
{
    model_pass *pass = memory_zeroed(&m->host.allocator, sizeof *pass);
    inspyr_status status;

    *out = NULL;
    if (!pass)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a pass of the network");
    *pass = *like;
    pass->model = m;
    status = pass_compile(pass, m, error); /* refuses impossible sizes before anything is multiplied here */
    if (!status)
        status = pass_room(pass, m, error);
    if (status)
        pass_free(m, pass);
    else
        *out = pass;
    return status;
}

/* All that are in use count. */
static inspyr_status pass_count(inspyr_model *m, const model_pass *pass, inspyr_error *error)
{
    bool fits;

    pthread_mutex_lock(&m->mutex);
    fits = !m->pass_limit || m->pass_bytes + pass->bytes <= m->pass_limit;
    if (fits)
        m->pass_bytes += pass->bytes;
    pthread_mutex_unlock(&m->mutex);
    return fits ? INSPYR_OK
                : failed(error, INSPYR_ERR_MEMORY,
                         "passes at work and one more would take more than the "
                         "workspace_limit of %zu bytes",
                         m->pass_limit);
}

inspyr_status model_pass_take(model_pass **out, inspyr_model *m, int32_t n, pass_size size, inspyr_error *error)
{
    const model_pass like = { .n = n,
                              .w = size.width ? size.width : m->config.base_w,
                              .h = size.height ? size.height : m->config.base_h,
                              .blended = size.blended };
    inspyr_status status;

    *out = NULL;
    pthread_mutex_lock(&m->mutex);
    for (model_pass **p = &m->idle; *p; p = &(*p)->next)
        if ((*p)->n == like.n && (*p)->w == like.w && (*p)->h == like.h && (*p)->blended == like.blended) {
            *out = *p;
            *p = (*p)->next;
            break;
        }
    pthread_mutex_unlock(&m->mutex);
    if (*out)
        return INSPYR_OK;
    status = pass_create(out, m, &like, error);
    if (!status)
        status = pass_count(m, *out, error);
    if (status && *out) {
        pass_free(m, *out);
        *out = NULL;
    }
    return status;
}

/* Keeps the first `kept` idle passes, or fewer where they are too large, and frees the others. */
static void keep_idle(inspyr_model *m, int kept)
{
    model_pass **p = &m->idle, *surplus;
    size_t bytes = 0;

    pthread_mutex_lock(&m->mutex);
    for (int i = 0; *p && i < kept; i++) {
        bytes += (*p)->bytes;
        if (i && i >= m->kept && bytes > MODEL_IDLE_BYTES)
            break;
        p = &(*p)->next;
    }
    surplus = *p;
    *p = NULL;
    for (const model_pass *s = surplus; s; s = s->next)
        m->pass_bytes -= s->bytes;
    pthread_mutex_unlock(&m->mutex);
    while (surplus) {
        model_pass *next = surplus->next;

        pass_free(m, surplus);
        surplus = next;
    }
}

void model_pass_give(model_pass *pass)
{
    inspyr_model *m;

    if (!pass)
        return;
    m = pass->model;
    pthread_mutex_lock(&m->mutex);
    pass->next = m->idle;
    m->idle = pass;
    pthread_mutex_unlock(&m->mutex);
    keep_idle(m, MODEL_PASSES_IDLE);
}

void model_pass_keep(inspyr_model *m, int32_t count)
{
    pthread_mutex_lock(&m->mutex);
    if (count > m->kept)
        m->kept = count;
    pthread_mutex_unlock(&m->mutex);
}

void model_pass_drop_idle(inspyr_model *m)
{
    keep_idle(m, 0);
    if (m->torch)
        m->torch->trim(m->host.device);
}
