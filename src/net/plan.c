#include "net/plan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "net/plan_record.h"

/* No value may have more numbers: far above 8192 x 8192 x 64, far below any overflow. */
#define PLAN_NUMBERS_MAX (INT64_C(1) << 36)

inspyr_status plan_create(plan **out, const inspyr_allocator *allocator, inspyr_error *error)
{
    *out = memory_zeroed(allocator, sizeof **out);
    if (!*out)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a plan");
    (*out)->allocator = *allocator;
    return INSPYR_OK;
}

void plan_free(plan *p)
{
    if (!p)
        return;
    memory_give(&p->allocator, p->values);
    memory_give(&p->allocator, p->nodes);
    memory_give(&p->allocator, p->weights);
    inspyr_allocator allocator = p->allocator;
    memory_give(&allocator, p);
}

inspyr_status plan_status(const plan *p, inspyr_error *error)
{
    return p->status ? failed(error, p->status, "%s", p->message) : INSPYR_OK;
}

bool plan_mistake(plan *p, inspyr_status status, const char *format, ...)
{
    if (!p->status) {
        va_list arguments;

        p->status = status;
        va_start(arguments, format);
        vsnprintf(p->message, sizeof p->message, format, arguments);
        va_end(arguments);
    }
    return false;
}

/* Room for one more item; *items moves when it grows. */
static bool grow(plan *p, void *items, int32_t count, int32_t *room, size_t size)
{
    void *old, *larger;
    int32_t wanted = *room ? 2 * *room : 64;

    if (count < *room)
        return true;
    memcpy(&old, items, sizeof old);
    larger = memory_array(&p->allocator, (size_t)wanted, size);
    if (!larger)
        return plan_mistake(p, INSPYR_ERR_MEMORY, "no room for a plan");
    if (count)
        memcpy(larger, old, (size_t)count * size);
    memory_give(&p->allocator, old);
    memcpy(items, &larger, sizeof larger);
    *room = wanted;
    return true;
}

static bool one_batch(plan *p, const plan_node *node, int32_t n)
{
    for (int32_t i = 0; i < node->inputs; i++)
        if (p->values[node->in[i].value].n != n)
            return plan_mistake(p, INSPYR_ERR_INTERNAL, "node %d: batches of %d and %d", (int)p->node_count,
                                (int)n, (int)p->values[node->in[i].value].n);
    if (node->residual.value >= 0 && p->values[node->residual.value].n != n)
        return plan_mistake(p, INSPYR_ERR_INTERNAL, "node %d: a residual of another batch", (int)p->node_count);
    return true;
}

plan_id plan_add_node(plan *p, const plan_node *node, plan_value value)
{
    int64_t numbers = (int64_t)value.h * value.w; /* both below 2^31 */

    if (p->status)
        return -1;
    if (value.n < 1 || value.h < 1 || value.w < 1 || value.c < 1 ||
        numbers > PLAN_NUMBERS_MAX / value.c / value.n) {
        plan_mistake(p, INSPYR_ERR_ARGUMENT, "a value of %d x %d x %d x %d", (int)value.n, (int)value.h,
                     (int)value.w, (int)value.c);
        return -1;
    }
    if (!one_batch(p, node, value.n))
        return -1;
    if (!grow(p, &p->values, p->value_count, &p->value_room, sizeof value) ||
        !grow(p, &p->nodes, p->node_count, &p->node_room, sizeof *node))
        return -1;
    value.node = p->node_count;
    p->nodes[p->node_count] = *node;
    p->nodes[p->node_count++].out = p->value_count;
    p->values[p->value_count] = value;
    return p->value_count++;
}

static bool same_weights(const plan_weights *a, const plan_weights *b)
{
    if (a->count != b->count || a->style != b->style || a->out != b->out || a->in != b->in ||
        a->kernel_h != b->kernel_h || a->kernel_w != b->kernel_w || a->groups != b->groups ||
        a->bias != b->bias || a->norm != b->norm)
        return false;
    for (int32_t i = 0; i < a->count; i++)
        if (strcmp(a->parts[i].name, b->parts[i].name) != 0 ||
            strcmp(a->parts[i].norm, b->parts[i].norm) != 0 || a->parts[i].channels != b->parts[i].channels ||
            a->parts[i].scale != b->parts[i].scale)
            return false;
    return true;
}

/* A network that is recorded twice, for two sizes, has its weights once. */
static int32_t known(const plan *p, const plan_weights *w)
{
    for (int32_t i = 0; i < p->weights_count; i++)
        if (same_weights(&p->weights[i], w))
            return i;
    return -1;
}

int32_t plan_add_weights(plan *p, const plan_weights *w)
{
    int32_t index;

    for (int32_t i = 0; i < w->count; i++)
        if (strlen(w->parts[i].name) == PLAN_NAME - 1 ||
            strlen(w->parts[i].norm) == PLAN_NAME - 1) /* plan_tensor() may have cut it */
            plan_mistake(p, INSPYR_ERR_INTERNAL, "%s...: too long a name", w->parts[i].name);
    index = known(p, w);
    if (index >= 0)
        return p->status ? -1 : index;
    if (p->status || !grow(p, &p->weights, p->weights_count, &p->weights_room, sizeof *w))
        return -1;
    p->weights[p->weights_count] = *w;
    return p->weights_count++;
}

bool plan_enter(plan *p, const plan_node *node, plan_input *slot, plan_input in)
{
    const plan_value *v;

    if (p->status)
        return false;
    if (in.value < 0 || in.value >= p->value_count)
        return plan_mistake(p, INSPYR_ERR_INTERNAL, "node %d has an input that is no value",
                            (int)p->node_count);
    v = &p->values[in.value];
    if (!in.channels)
        in.channels = v->c - in.first;
    if (in.first < 0 || in.channels < 1 || in.first > v->c - in.channels)
        return plan_mistake(p, INSPYR_ERR_INTERNAL, "channels %d + %d of %d", (int)in.first, (int)in.channels,
                            (int)v->c);
    if (v->h == node->h && v->w == node->w)
        in.sampling = PLAN_AS_IS;
    else if (in.sampling == PLAN_AS_IS)
        return plan_mistake(p, INSPYR_ERR_INTERNAL, "node %d: an input of %d x %d on a grid of %d x %d",
                            (int)p->node_count, (int)v->h, (int)v->w, (int)node->h, (int)node->w);
    *slot = in;
    return true;
}

bool plan_enter_next(plan *p, plan_node *node, plan_input in)
{
    if (node->inputs == PLAN_INPUTS)
        return plan_mistake(p, INSPYR_ERR_INTERNAL, "node %d has too many inputs", (int)p->node_count);
    if (!plan_enter(p, node, &node->in[node->inputs], in))
        return false;
    node->inputs++;
    return true;
}

plan_input plan_whole(plan_id value)
{
    return (plan_input){ .value = value };
}

plan_input plan_slice(plan_id value, int32_t first, int32_t channels)
{
    return (plan_input){ .value = value, .first = first, .channels = channels };
}

plan_input plan_sampled(plan_id value, plan_sampling sampling)
{
    return (plan_input){ .value = value, .sampling = sampling };
}

plan_part plan_tensor(int32_t channels, const char *format, ...)
{
    plan_part part = { .channels = channels, .scale = 1 };
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(part.name, sizeof part.name, format, arguments);
    va_end(arguments);
    return part;
}

void plan_name(plan *p, plan_id value, const char *name)
{
    if (!p->status && value >= 0)
        p->values[value].name = name;
}

plan_id plan_find(const plan *p, const char *name)
{
    for (plan_id id = 0; id < p->value_count; id++)
        if (p->values[id].name && !strcmp(p->values[id].name, name))
            return id;
    return -1;
}

double plan_cost(const plan *p, const plan_node *node)
{
    const plan_value *out = &p->values[node->out];
    double pixels = (double)out->n * out->h * out->w;

    switch (node->op) {
    case PLAN_OP_CONV: {
        const plan_weights *w = &p->weights[node->weights];

        return pixels * w->out * w->in * (node->flags & PLAN_WINOGRAD ? 4 : w->kernel_h * w->kernel_w);
    }
    case PLAN_OP_AXIAL:
        return pixels * (out->h + out->w) * (node->qk + out->c);
    case PLAN_OP_WINDOW: {
        double rows = (out->h + node->window - 1) / node->window,
               columns = (out->w + node->window - 1) / node->window;

        return 2.0 * out->n * rows * columns * pow(node->window, 4) * out->c;
    }
    case PLAN_OP_SICA_CONTEXT:
        return (double)out->n * node->h * node->w * out->w * out->c;
    case PLAN_OP_SICA_ATTEND:
        return pixels * p->values[node->in[1].value].w *
               (node->in[0].channels + (node->inputs > 2 ? out->c : 0));
    case PLAN_OP_FOLD:
        return pixels * out->c * node->in[0].channels;
    case PLAN_OP_FOLDED_CONV:
        return pixels * out->c * node->in[0].channels * node->kernel_h * node->kernel_w;
    default:
        return 0;
    }
}
