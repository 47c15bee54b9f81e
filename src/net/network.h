/* network.h - the InSPyReNet family: what distinguishes its members, and how each is recorded as a plan.
 *
 * Source: Kim et al., "Revisiting Image Pyramid Structure for High Resolution Salient Object Detection" (2022);
 * the built-in member is specified in models/SPEC.md, whose section numbers the comments of the recorders use.
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_NETWORK_H
#define INSPYR_NET_NETWORK_H

#include "net/weights.h"

#define NETWORK_BLOCKS 17 /* of MobileNetV2 */

typedef struct network_config {
    int32_t base_w, base_h;                            /* default input, pixels */
    int32_t size_multiple, size_minimum, size_maximum; /* of a side */
    float mean[3], scale[3];                           /* input = (byte - mean) * scale */
    bool norm;                                         /* batch norms are separate tensors */
    int32_t stem;                                      /* channels; likewise below */
    struct {
        int32_t expanded, out;
    } blocks[NETWORK_BLOCKS];
    int32_t aspp, pooled, projection, classes;
    float logit_scale;
    int32_t depth_context[5], depth_decoder, depth_sica[3]; /* of attention2, attention1, attention0 */
    bool axial_context[5], axial_decoder;
    int32_t axial_qk;
    uint32_t axial_flags, sica_flags; /* PLAN_RAW_VIEW, PLAN_MASS_PLUS_ONE */
} network_config;

/* Feature maps of a backbone, at strides that may repeat. */
typedef struct network_taps {
    plan_id x[5];
} network_taps;

/* Reads the `architecture` entry of the metadata, and channel counts from the tensors' shapes. */
inspyr_status network_configure(network_config *config, const weights *w, inspyr_error *error);

/* Records the whole network for n pictures of w x h pixels, both multiples of size_multiple. */
inspyr_status network_record(plan *p, const network_config *config, int32_t n, int32_t h, int32_t w,
                             inspyr_error *error);

/* The parts. index: 1..5 for contexts, 2..0 for attention modules. */
network_taps mobilenet_record(plan *p, const network_config *config, int32_t n, int32_t h, int32_t w);
plan_id context_record(plan *p, const network_config *config, int32_t index, plan_id x);
plan_id decoder_record(plan *p, const network_config *config, plan_id c3, plan_id c4, plan_id c5,
                       plan_id *logit);
plan_id axial_record(plan *p, const network_config *config, const char *prefix, plan_id t, int32_t depth);

typedef struct sica_inputs {
    int32_t index, depth;
    plan_input features[2];
    int32_t count;
    plan_id saliency, laplacian; /* laplacian -1: three maps */
    int32_t h, w;                /* of the level */
    int32_t grid_h, grid_w;      /* of the context's sums; 0: the level's own */
} sica_inputs;

/* Returns the output feature; *residual: the logit of this level's detail. */
plan_id sica_record(plan *p, const network_config *config, const sica_inputs *in, plan_id *residual);

#endif
