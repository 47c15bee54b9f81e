#include "support/parity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/lower.h"
#include "support/fixture.h"

static char subject[96];
static const products_table *products;
static engine_device *device;

void parity_products(const products_table *table)
{
    products = table;
}

void parity_device(engine_device *opened)
{
    device = opened;
}

void parity_subject(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(subject, sizeof subject, format, arguments);
    va_end(arguments);
}

/* The logit that the plan hands out; -1: none. */
static plan_id output(const plan *p)
{
    for (int32_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].op == PLAN_OP_OUTPUT)
            return p->nodes[i].in[0].value;
    return -1;
}

static engine_host host_of(const engine_kind *engine, inspyr_precision precision, inspyr_pool *pool)
{
    return (engine_host){ .allocator = fixture_allocator(),
                          .pool = pool,
                          .width = inspyr_pool_width(pool),
                          .precision = precision,
                          .device = device,
                          .unit = weights_unit,
                          .products = engine == &engine_onednn ? products : NULL };
}

plan *parity_lower(const plan *p, const engine_kind *engine, inspyr_precision precision)
{
    engine_host host = host_of(engine, precision, NULL);
    inspyr_error error;
    plan *lowered;

    if (plan_lower(&lowered, p, engine, &host, &error))
        fail_msg("%s: %s cannot lower: %s", subject, engine->name, error.message);
    return lowered;
}

void parity_open(parity_run *r, const engine_kind *engine, const plan *p, const weights *w, inspyr_pool *pool,
                 uint32_t flags)
{
    parity_open_in(r, engine, INSPYR_PRECISION_EXACT, p, w, pool, flags);
}

void parity_open_in(parity_run *r, const engine_kind *engine, inspyr_precision precision, const plan *p,
                    const weights *w, inspyr_pool *pool, uint32_t flags)
{
    plan_id logit = output(p);
    inspyr_error error;

    *r = (parity_run){ .engine = engine, .p = p, .host = host_of(engine, precision, pool) };
    assert_int_equal(engine->abi, ENGINE_ABI);
    assert_int_equal(engine->size, sizeof *engine);
    if (engine->pack(&r->packed, &r->host, p, w, &error))
        fail_msg("%s: %s cannot pack: %s", subject, engine->name, error.message);
    if (engine->compile(&r->run, &r->host, r->packed, p, flags, &error))
        fail_msg("%s: %s cannot compile: %s", subject, engine->name, error.message);
    if (logit >= 0) {
        r->logits = malloc(parity_count(p, logit) * sizeof *r->logits);
        r->extremes = malloc((size_t)p->values[logit].n * sizeof *r->extremes);
    }
}

void parity_close(parity_run *r)
{
    r->engine->destroy(r->run);
    r->engine->unpack(r->packed);
    free(r->logits);
    free(r->extremes);
}

void parity_submit(parity_run *r, const unsigned char *picture, const float *const *inputs)
{
    engine_io io = { .picture = picture, .inputs = inputs, .logits = r->logits, .extremes = r->extremes };
    inspyr_error error;

    if (r->engine->run(r->run, &io, &error))
        fail_msg("%s: %s cannot run: %s", subject, r->engine->name, error.message);
}

size_t parity_count(const plan *p, plan_id value)
{
    const plan_value *v = &p->values[value];

    return (size_t)v->n * (size_t)v->h * (size_t)v->w * (size_t)v->c;
}

float *parity_value(const parity_run *r, plan_id value)
{
    float *numbers = malloc(parity_count(r->p, value) * sizeof *numbers);
    inspyr_error error;

    assert_non_null(numbers);
    if (r->engine->read_value(r->run, value, numbers, &error))
        fail_msg("%s: %s cannot read value %d: %s", subject, r->engine->name, (int)value, error.message);
    return numbers;
}

static const char *op_name(plan_op op)
{
    static const char *const names[] = {
        [PLAN_OP_PICTURE] = "picture",
        [PLAN_OP_INPUT] = "input",
        [PLAN_OP_CONV] = "conv",
        [PLAN_OP_MEAN] = "mean",
        [PLAN_OP_SOFTMAX] = "softmax",
        [PLAN_OP_AXIAL] = "axial",
        [PLAN_OP_NORM] = "norm",
        [PLAN_OP_WINDOW] = "window",
        [PLAN_OP_MERGE] = "merge",
        [PLAN_OP_POOL] = "pool",
        [PLAN_OP_ADD] = "add",
        [PLAN_OP_MULTIPLY] = "multiply",
        [PLAN_OP_TRANSITION] = "transition",
        [PLAN_OP_RESIZE] = "resize",
        [PLAN_OP_SICA_MAPS] = "sica maps",
        [PLAN_OP_SICA_CONTEXT] = "context",
        [PLAN_OP_SICA_ATTEND] = "attend",
        [PLAN_OP_FOLD] = "fold",
        [PLAN_OP_FOLDED_CONV] = "folded conv",
        [PLAN_OP_EXPAND_ADD] = "expand + add",
        [PLAN_OP_OUTPUT] = "output",
    };
    return names[op];
}

parity_text parity_describe(const plan *p, plan_id value)
{
    const plan_value *v = &p->values[value];
    const plan_node *node = &p->nodes[v->node];
    parity_text t;

    snprintf(t.text, sizeof t.text, "node %d (%s %s) value %d (%s, %d x %d x %d x %d)", (int)v->node,
             op_name(node->op), node->weights >= 0 ? p->weights[node->weights].parts[0].name : "", (int)value,
             v->name ? v->name : "unnamed", (int)v->n, (int)v->h, (int)v->w, (int)v->c);
    return t;
}

static double largest(const float *x, size_t count)
{
    double most = 0;

    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)x[i]));
    return most;
}

double parity_difference(const float *got, const float *want, size_t count)
{
    double most = 0, scale = largest(want, count);

    for (size_t i = 0; i < count; i++) {
        double d = fabs((double)got[i] - (double)want[i]);

        if (!isfinite(d))
            return HUGE_VAL;
        most = fmax(most, d);
    }
    return most > 0 ? most / scale : 0;
}

void parity_agree(const char *what, const float *got, const float *want, size_t count, double bound)
{
    double scale = largest(want, count);
    size_t worst = 0;

    if (parity_difference(got, want, count) <= bound)
        return;
    for (size_t i = 0; i < count; i++) {
        double d = fabs((double)got[i] - (double)want[i]);

        if (!isfinite(d)) {
            worst = i;
            break;
        }
        if (d > fabs((double)got[worst] - (double)want[worst]))
            worst = i;
    }
    fail_msg("%s: %s: number %zu of %zu is %.9g, expected %.9g; the largest is %.9g: off by %.3g, bound %.3g",
             subject, what, worst, count, (double)got[worst], (double)want[worst], scale,
             fabs((double)got[worst] - (double)want[worst]) / scale, bound);
}

void parity_equal(const char *what, const float *got, const float *want, size_t count)
{
    size_t differing = 0, first = 0;

    for (size_t i = count; i-- > 0;)
        if (memcmp(&got[i], &want[i], sizeof got[i])) {
            differing++;
            first = i;
        }
    if (differing)
        fail_msg("%s: %s: %zu of %zu numbers differ, the first is number %zu: %.9g, expected %.9g", subject,
                 what, differing, count, first, (double)got[first], (double)want[first]);
}

void parity_agree_everywhere(const parity_run *got, const parity_run *want, double bound)
{
    plan_id logit = output(got->p);

    for (plan_id id = 0; id < got->p->value_count; id++) {
        float *a, *b;

        if (got->p->nodes[got->p->values[id].node].op == PLAN_OP_OUTPUT)
            continue;
        a = parity_value(got, id);
        b = parity_value(want, id);
        parity_agree(parity_describe(got->p, id).text, a, b, parity_count(got->p, id), bound);
        free(a);
        free(b);
    }
    if (logit < 0)
        return;
    parity_agree("logits", got->logits, want->logits, parity_count(got->p, logit), bound);
    parity_agree("extremes", got->extremes[0], want->extremes[0], 2 * (size_t)got->p->values[logit].n, bound);
}
