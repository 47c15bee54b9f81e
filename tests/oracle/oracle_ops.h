/* oracle_ops.h - one function per operation, over dense tensors.
 *
 * oracle.c brings the inputs of a node to its grid first, so no operation knows of slices, sampling or virtual
 * concatenation. Nobody outside tests/oracle includes it. Threads: any. */
#ifndef INSPYR_ORACLE_OPS_H
#define INSPYR_ORACLE_OPS_H

#include "net/plan.h"

/* n x h x w x c */
typedef struct tensor {
    int32_t n, h, w, c;
    float *at;
} tensor;

typedef struct oracle_call {
    const plan_node *node;
    tensor in[PLAN_INPUTS]; /* CONV: all inputs in in[0]; SICA_CONTEXT: all features in in[1] */
    tensor residual;        /* at NULL: none */
    const float *kernel, *bias;
    tensor out;
} oracle_call;

static inline size_t tensor_count(const tensor *t)
{
    return (size_t)t->n * (size_t)t->h * (size_t)t->w * (size_t)t->c;
}

static inline float *tensor_at(const tensor *t, int32_t n, int32_t y, int32_t x, int32_t c)
{
    return &t->at[(((size_t)n * (size_t)t->h + (size_t)y) * (size_t)t->w + (size_t)x) * (size_t)t->c +
                  (size_t)c];
}

/* The same element by its place in one sample as a contiguous C x H x W tensor. */
static inline float *tensor_flat(const tensor *t, int32_t n, int64_t i)
{
    int64_t plane = (int64_t)t->h * t->w;

    return tensor_at(t, n, (int32_t)(i % plane / t->w), (int32_t)(i % t->w), (int32_t)(i / plane));
}

/* Brings a slice of `from`, which begins at channel `first`, to to's grid; it fills to's channels from `at` on.
 */
void oracle_sample(const tensor *to, int32_t at, const tensor *from, const plan_input *in);

/* Softmax of count numbers, in place. */
void oracle_normalise(double *x, int32_t count);

void oracle_picture(oracle_call *call, const unsigned char *picture);
double oracle_activated(plan_activation activation, double x);
void oracle_conv(oracle_call *call);
void oracle_fold(oracle_call *call);
void oracle_folded_conv(oracle_call *call);
void oracle_mean(oracle_call *call);
void oracle_softmax(oracle_call *call);
bool oracle_axial(oracle_call *call); /* false: out of memory; so below */
void oracle_sica_maps(oracle_call *call);
void oracle_sica_context(oracle_call *call);
void oracle_sica_attend(oracle_call *call);
void oracle_expand_add(oracle_call *call);
void oracle_extremes(oracle_call *call);
void oracle_norm(oracle_call *call);
bool oracle_window(oracle_call *call);
void oracle_merge(oracle_call *call);
void oracle_pool(oracle_call *call);
void oracle_of_two(oracle_call *call);
void oracle_transition(oracle_call *call);

#endif
