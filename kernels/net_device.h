/* net_device.h - the network's operations on a device of CUDA, as launches into a stream.
 *
 * A launch only adds to a stream: it allocates nothing, waits for nothing, and can be captured in a graph. All
 * memory is the caller's, on the device that is current, and scratch is as large as the function beside it
 * says. A job is read during the call. Which operation of a plan a job is, its name says; src/net/plan.h says
 * what it means. Errors are those of the arguments, or have CUDA's text. The table is private, and is reached
 * through effect_device_table, which says whether it is of this ABI. Leaf (kernels). Threads: any, one at a
 * time for each stream. */
#ifndef INSPYR_KERNELS_NET_DEVICE_H
#define INSPYR_KERNELS_NET_DEVICE_H

#include "inspyr.h"

#define NET_DEVICE_ABI 1
#define NET_INPUTS 6 /* of a resize: PLAN_INPUTS */
#define NET_KEYS 8   /* most vectors that SICA attends to */

typedef enum net_type { NET_FLOAT, NET_HALF, NET_BF16 } net_type;

/* A value: n x h x w pixels without gaps, each of `step` numbers, of which the first c are the map's. So a
 * slice of channels is a map as well. Sizes from outside the plan are checked by each launch: n h w < 2^31.
 * Faster where data and steps are multiples of 16 bytes. */
typedef struct net_map {
    void *data; /* NULL: there is none */
    int32_t type, n, h, w, c, step;
} net_map;

/* How a map is brought to another grid: plan_sampling. */
typedef enum net_sampling { NET_AS_IS, NET_HALF_PIXEL, NET_CORNERS } net_sampling;

/* n pictures of RGB8, or of RGBA8, which are laid over grey. Channels of out beyond the third become 0. */
typedef struct net_picture {
    const unsigned char *data;
    int64_t pitch, sample; /* bytes from row to row and from picture to picture */
    int32_t bytes;         /* of a pixel: 3 or 4 */
    float mean[3], scale[3];
    net_map out;
} net_picture;

/* in[i], each as sampling[i] says, side by side in out's channels. One input: PLAN_OP_RESIZE. */
typedef struct net_resize {
    net_map in[NET_INPUTS], out;
    int32_t sampling[NET_INPUTS], count;
} net_resize;

/* sum = in + add; out = norm of sum. Without add: of in; sum may be none. */
typedef struct net_norm {
    net_map in, add, sum, out;
    const float *weight, *bias; /* c numbers each, of the device */
} net_norm;

typedef struct net_window {
    net_map in, out;
    const float *table; /* heads x (2 window - 1)^2, of the device */
    const float *bias;  /* in's channels: what tokens beyond the picture have */
    int32_t heads, window, shift;
} net_window;

typedef struct net_sica_maps {
    net_map saliency, laplacian, out; /* laplacian: none for three maps */
    float thresholds[2];
} net_sica_maps;

/* maps and features are brought to h x w with half-pixel centres. scratch: context_bytes(). */
typedef struct net_context {
    net_map maps, features[NET_INPUTS - 1], out;
    int32_t count, h, w;
    int32_t raw, mass_plus_one; /* PLAN_RAW_VIEW, PLAN_MASS_PLUS_ONE */
    float *scratch;
} net_context;

/* values: none for the shares themselves. */
typedef struct net_attend {
    net_map query, keys, values, out;
    float scale;
} net_attend;

/* stacked: [qh kh vh qw kw vw], of 16 bits. scratch: axial_bytes(). */
typedef struct net_axial {
    net_map t, stacked, out;
    int32_t qk, raw;
    int32_t axis; /* set by the launches: 0 along h, 1 along w */
    float gamma_h, gamma_w;
    void *scratch;
} net_axial;

/* The residual is brought to out's grid, corners aligned. */
typedef struct net_expand {
    net_map coarse, residual, out;
} net_expand;

typedef struct net_pool {
    net_map in, out;
    int32_t kernel, stride, pad;
    int32_t largest, inside; /* PLAN_POOL_MAX, PLAN_POOL_INSIDE */
} net_pool;

/* b is brought to a's grid. */
typedef struct net_pair {
    net_map a, b, out;
    int32_t sampling, product; /* product: a b, otherwise a + b */
} net_pair;

typedef struct net_simple {
    net_map in, out;
    float scale;    /* SOFTMAX */
    int32_t window; /* TRANSITION */
    float *scratch; /* MEAN: mean_bytes() */
} net_simple;

/* out: minimum and maximum of each picture's logits. scratch: extremes_bytes(). */
typedef struct net_extremes {
    net_map logits;
    float *out; /* 2 n */
    float *scratch;
} net_extremes;

/* The matte of picture `index`: alpha = sigmoid of the logits, stretched to 0..1 by the extremes if there are
 * some, brought to width x height with corners aligned, times the picture's own alpha. rgba: the picture's
 * colours with that alpha; without it, alpha: alpha alone. */
typedef struct net_matte {
    net_map logits;
    const float *extremes;        /* of all pictures, as above; may be NULL */
    const unsigned char *picture; /* RGB8 or RGBA8; may be NULL for alpha */
    int64_t picture_pitch;
    int32_t picture_bytes; /* of a pixel */
    unsigned char *alpha, *rgba;
    int64_t pitch; /* of the result, bytes */
    int32_t index, width, height;
} net_matte;

typedef struct net_device_table {
    uint32_t abi, size; /* NET_DEVICE_ABI and sizeof(net_device_table) */

    /* Can the current device multiply matrices of the type? */
    int32_t (*has)(int32_t type);

    size_t (*context_bytes)(const net_context *job);
    size_t (*axial_bytes)(const net_axial *job);
    size_t (*mean_bytes)(const net_simple *job);
    size_t (*extremes_bytes)(const net_extremes *job);

    /* stream: a cudaStream_t. */
    inspyr_status (*picture)(const net_picture *job, void *stream, inspyr_error *error);
    inspyr_status (*resize)(const net_resize *job, void *stream, inspyr_error *error);
    inspyr_status (*norm)(const net_norm *job, void *stream, inspyr_error *error);
    inspyr_status (*window)(const net_window *job, void *stream, inspyr_error *error);
    inspyr_status (*sica_maps)(const net_sica_maps *job, void *stream, inspyr_error *error);
    inspyr_status (*context)(const net_context *job, void *stream, inspyr_error *error);
    inspyr_status (*attend)(const net_attend *job, void *stream, inspyr_error *error);
    inspyr_status (*axial)(const net_axial *job, void *stream, inspyr_error *error);
    inspyr_status (*expand)(const net_expand *job, void *stream, inspyr_error *error);
    inspyr_status (*pool)(const net_pool *job, void *stream, inspyr_error *error);
    inspyr_status (*pair)(const net_pair *job, void *stream, inspyr_error *error);
    inspyr_status (*merge)(const net_simple *job, void *stream, inspyr_error *error);
    inspyr_status (*mean)(const net_simple *job, void *stream, inspyr_error *error);
    inspyr_status (*softmax)(const net_simple *job, void *stream, inspyr_error *error);
    inspyr_status (*transition)(const net_simple *job, void *stream, inspyr_error *error);
    inspyr_status (*extremes)(const net_extremes *job, void *stream, inspyr_error *error);
    inspyr_status (*matte)(const net_matte *job, void *stream, inspyr_error *error);
} net_device_table;

#endif
