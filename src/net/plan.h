/* plan.h - what a network does, written down: values and the nodes that make them, for one batch and size.
 *
 * Networks only call the functions below; they never compute. Shapes are inferred and checked here, once. The
 * first mistake sticks: later calls return -1 and plan_status() tells. Engines read the finished plan.
 * Layer 3 (net). Threads: single while recorded, then immutable and shared. */
#ifndef INSPYR_NET_PLAN_H
#define INSPYR_NET_PLAN_H

#include <stdbool.h>

#include "inspyr.h"

#define PLAN_INPUTS 6 /* of a node: Res2Net concatenates 4, SICA 3 */
#define PLAN_PARTS 6  /* of a node's weights */
#define PLAN_NAME 64  /* bytes of the longest tensor name without its suffix */

typedef int32_t plan_id; /* a value; -1: none */

typedef enum plan_role { PLAN_PICTURE, PLAN_FEATURE, PLAN_LOGIT, PLAN_VECTOR } plan_role;

typedef enum plan_op {
    PLAN_OP_PICTURE,      /* RGB bytes -> (byte - mean) * scale */
    PLAN_OP_INPUT,        /* floats as the caller gives them: a part of a network on its own */
    PLAN_OP_CONV,         /* activation(convolution of the concatenated inputs + bias + residual) */
    PLAN_OP_MEAN,         /* over all positions -> 1 x 1 */
    PLAN_OP_SOFTMAX,      /* over channels, of scale * input */
    PLAN_OP_AXIAL,        /* in[0] t, in[1] [qh kh vh qw kw vw] -> gamma_h o_h + gamma_w o_w + 2 t */
    PLAN_OP_NORM,         /* over channels: (in - mean) / sqrt(variance + 1e-5) * weight + bias */
    PLAN_OP_WINDOW,       /* in[0] [q k v] -> attention within windows of a grid that is filled up with zeros */
    PLAN_OP_MERGE,        /* 2 x 2 pixels -> one of four times the channels; zeros beyond odd sizes */
    PLAN_OP_POOL,         /* the largest, or the mean, of a kernel's window */
    PLAN_OP_ADD,          /* in[0] + in[1] */
    PLAN_OP_MULTIPLY,     /* in[0] * in[1] */
    PLAN_OP_TRANSITION,   /* 1 where the sigmoid of in[0] varies by more than 0.5 within an ellipse, else 0 */
    PLAN_OP_RESIZE,       /* bilinear */
    PLAN_OP_SICA_MAPS,    /* in[0] saliency logit, in[1] residual logit (5 maps) or none (3 maps) */
    PLAN_OP_SICA_CONTEXT, /* in[0] maps, in[1..] features -> one vector per map: 1 x maps, the barrier */
    PLAN_OP_SICA_ATTEND,  /* in[0] query, in[1] keys, in[2] values -> softmax(scale * query key) value; without
                             values, the softmax itself: a channel per key */
    PLAN_OP_FOLD, /* in[0] vectors -> 1 x (taps * vectors + 1): kernel of a convolution of their shares, one
                     output per channel, by tap and then vector; last, the bias */
    PLAN_OP_FOLDED_CONV, /* in[0], as CONV does, but with in[1], made by FOLD, as kernel and bias */
    PLAN_OP_EXPAND_ADD,  /* in[0] coarse logit, twice as large through the pyramid's kernel, + in[1] */
    PLAN_OP_OUTPUT       /* hands the logit to the caller, with its extremes per picture */
} plan_op;

typedef enum plan_activation { PLAN_LINEAR, PLAN_RELU, PLAN_RELU6, PLAN_GELU } plan_activation;

/* How an input is brought to the node's grid where its own size differs: bilinear with half-pixel centres or
 * with aligned corners, both clamped at the border. */
typedef enum plan_sampling { PLAN_AS_IS, PLAN_HALF_PIXEL, PLAN_CORNERS } plan_sampling;

/* node.flags */
#define PLAN_RAW_VIEW 1u      /* AXIAL, SICA_CONTEXT: the reference's reinterpretation of NCHW memory */
#define PLAN_MASS_PLUS_ONE 2u /* SICA_CONTEXT: each map is divided by (sum of its absolute values + 1) */
#define PLAN_POOL_MAX 4u      /* POOL: the largest; otherwise the mean */
#define PLAN_POOL_INSIDE                                                                                       \
    8u                    /* POOL: the mean over what lies in the picture; otherwise padding counts as zeros */
#define PLAN_WINOGRAD 16u /* CONV of 3 x 3: an engine wants to make it with 4 products per result, not 9 */
#define PLAN_FLOAT32                                                                                           \
    32u /* CONV: products of float32 in bf16 and int8, too: what it errs, the whole network errs */

typedef struct plan_value {
    const char *name; /* static text, for tests and profiles; NULL: unnamed */
    int32_t n, h, w, c;
    plan_role role;
    int32_t node; /* that makes it */
} plan_value;

typedef struct plan_input {
    plan_id value;
    int32_t first, channels; /* a slice; channels 0: all */
    plan_sampling sampling;
} plan_input;

/* How tensors of weights are called and shaped. NAME is that of the part. */
typedef enum plan_style {
    PLAN_STYLE_UNIT,    /* NAME.conv.weight [out, in, kh, kw], NAME.conv.bias or NAME.bn.* */
    PLAN_STYLE_BARE,    /* NAME.weight [out, in, kh, kw], NAME.bias or the part's norm.* */
    PLAN_STYLE_LINEAR,  /* NAME.weight [out, in], NAME.bias */
    PLAN_STYLE_VECTORS, /* NAME.weight [out], NAME.bias [out] */
    PLAN_STYLE_WINDOW,  /* NAME.relative_position_bias_table [kh * kw, in: heads], NAME.qkv.bias [out] */
    PLAN_STYLE_SCALARS  /* NAME [1] */
} plan_style;

/* Tensors of one node, stacked along the output channels in the order of the parts. */
typedef struct plan_part {
    char name[PLAN_NAME];
    int32_t channels;     /* output channels */
    float scale;          /* weight and bias are multiplied by it */
    char norm[PLAN_NAME]; /* BARE: prefix of the batch norm */
} plan_part;

typedef struct plan_weights {
    plan_part parts[PLAN_PARTS];
    int32_t count;
    plan_style style;
    int32_t out, in, kernel_h, kernel_w; /* in: per group; 0 for scalars: one number per part */
    int32_t groups;
    bool bias, norm; /* norm: a batch norm of each part is folded in */
} plan_weights;

typedef struct plan_node {
    plan_op op;
    plan_activation activation;
    uint32_t flags;
    plan_input in[PLAN_INPUTS];
    int32_t inputs;
    plan_input residual;                                                /* value -1: none */
    int32_t h, w;                                                       /* the grid on which inputs are seen */
    int32_t kernel_h, kernel_w, stride, dilation, pad_h, pad_w, groups; /* CONV and its like; zero padding */
    int32_t weights;         /* index into plan.weights; -1: none. The same for every batch and size */
    int32_t qk;              /* AXIAL: channels of query and key */
    int32_t heads, shift;    /* WINDOW: by so much are windows moved down and right, cyclically */
    int32_t window;          /* side of a WINDOW's windows; of a TRANSITION's ellipse */
    int32_t low;             /* PICTURE: 1 for the small copy of a picture that is blended from two passes */
    float mean[3], scale[3]; /* PICTURE: per channel; SOFTMAX and SICA_ATTEND: scale[0] */
    plan_id out;
} plan_node;

typedef struct plan {
    inspyr_allocator allocator;
    plan_value *values;
    plan_node *nodes;
    plan_weights *weights;
    int32_t value_count, value_room, node_count, node_room, weights_count, weights_room;
    inspyr_status status;
    char message[160];
} plan;

/* What a convolution needs beyond its inputs. Zero: 1 x 1, stride 1, dilation 1, one group, linear, no
 * residual. */
typedef struct plan_conv_options {
    int32_t kernel_h, kernel_w, stride, dilation, groups;
    plan_activation activation;
    const plan_input *residual;
    int32_t h, w; /* grid of the inputs; 0: that of the first one */
    bool no_bias, norm;
    bool float32; /* PLAN_FLOAT32 */
    bool no_pad;  /* nothing is added around the input; otherwise it keeps its size at stride 1 */
    plan_style style;
    plan_role role;   /* of the output; 0 (PLAN_PICTURE) means PLAN_FEATURE */
    const char *name; /* of the output value */
} plan_conv_options;

inspyr_status plan_create(plan **out, const inspyr_allocator *allocator, inspyr_error *error);
void plan_free(plan *p);

/* INSPYR_OK, or the first mistake made while recording. */
inspyr_status plan_status(const plan *p, inspyr_error *error);

/* Whole value as an input; a slice of one; one brought to the node's grid. */
plan_input plan_whole(plan_id value);
plan_input plan_slice(plan_id value, int32_t first, int32_t channels);
plan_input plan_sampled(plan_id value, plan_sampling sampling);

/* One part of weights; the name is a format. */
plan_part plan_tensor(int32_t channels, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Numbers of a node's weights without their biases, of which there are `out`. */
static inline size_t plan_kernel_count(const plan_weights *w)
{
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w;

    if (w->style == PLAN_STYLE_SCALARS)
        return (size_t)w->count;
    return w->style == PLAN_STYLE_WINDOW ? taps * (size_t)w->in : (size_t)w->out * (size_t)w->in * taps;
}

plan_id plan_picture(plan *p, int32_t n, int32_t h, int32_t w, const float mean[3], const float scale[3]);
plan_id plan_numbers(plan *p, int32_t n, int32_t h, int32_t w, int32_t c, plan_role role, const char *name);
plan_id plan_conv(plan *p, const plan_input *inputs, int32_t count, const plan_part *parts, int32_t part_count,
                  const plan_conv_options *options);
plan_id plan_mean(plan *p, plan_id in);
plan_id plan_norm(plan *p, plan_input in, const plan_part *part, const char *name);
/* in: queries, keys and values, each [head][channel]; part: its bias table and the bias that is in them
 * already, which is what tokens beyond the picture have. shift: 0 to window - 1. */
plan_id plan_window(plan *p, plan_input in, const plan_part *part, int32_t heads, int32_t window,
                    int32_t shift);
plan_id plan_merge(plan *p, plan_id in);
/* h, w: of the result. */
plan_id plan_pool(plan *p, plan_input in, int32_t kernel, int32_t stride, int32_t pad, int32_t h, int32_t w,
                  uint32_t flags);
/* b: brought to the grid of a. */
plan_id plan_add(plan *p, plan_input a, plan_input b);
plan_id plan_multiply(plan *p, plan_input a, plan_input b);
plan_id plan_transition(plan *p, plan_id logit, int32_t window);
/* in itself where nothing is to be done. */
plan_id plan_resize(plan *p, plan_input in, int32_t h, int32_t w);
plan_id plan_softmax(plan *p, plan_id in, float scale);
/* stacked: the value with [query, key, value] of the axis of columns, then of rows. gamma_*: scalars. */
plan_id plan_axial(plan *p, plan_input t, plan_input stacked, int32_t qk, const plan_part *gamma_h,
                   const plan_part *gamma_w, uint32_t flags);
/* laplacian: -1 for three maps. thresholds: one or two scalars. */
plan_id plan_sica_maps(plan *p, plan_id saliency, plan_id laplacian, const plan_part *thresholds, int32_t h,
                       int32_t w);
/* h, w: the grid to which maps and features are sampled before the sums. */
plan_id plan_sica_context(plan *p, plan_input maps, const plan_input *features, int32_t count, int32_t h,
                          int32_t w, uint32_t flags);
plan_id plan_sica_attend(plan *p, plan_id query, plan_input keys, plan_input values, float scale);
plan_id plan_expand_add(plan *p, plan_id coarse, plan_id residual, const char *name);
void plan_output(plan *p, plan_id logit);

void plan_name(plan *p, plan_id value, const char *name);

/* The value of that name; -1 if there is none. */
plan_id plan_find(const plan *p, const char *name);

/* Multiply-accumulates of a node for the whole batch: convolutions and attention products. */
double plan_cost(const plan *p, const plan_node *node);

#endif
