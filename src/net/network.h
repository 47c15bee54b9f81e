/* network.h - the InSPyReNet family: what distinguishes its members, and how each is recorded as a plan.
 *
 * Source: Kim et al., "Revisiting Image Pyramid Structure for High Resolution Salient Object Detection" (2022);
 * the built-in member is specified in models/SPEC.md, whose section numbers the comments of the recorders use.
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_NETWORK_H
#define INSPYR_NET_NETWORK_H

#include "net/weights.h"

#define NETWORK_BLOCKS 17 /* of MobileNetV2 */
#define NETWORK_STAGES 4  /* of Swin and Res2Net */

/* Of a base size: attention along a side costs the square of it, and nobody waits for that. */
#define NETWORK_SIDE_MAX 4096

typedef enum network_backbone { NETWORK_MOBILENET, NETWORK_SWIN, NETWORK_RES2NET } network_backbone;

/* MobileNetV2 with the head of DeepLabV3: channels. */
typedef struct network_mobilenet {
    int32_t stem;
    struct {
        int32_t expanded, out;
    } blocks[NETWORK_BLOCKS];
    int32_t aspp, pooled, projection, classes;
    float logit_scale;
} network_mobilenet;

/* Channels double from stage to stage. */
typedef struct network_swin {
    int32_t embed, window, depths[NETWORK_STAGES], heads[NETWORK_STAGES];
    int32_t expansion; /* of the channels within an MLP */
} network_swin;

typedef struct network_res2net {
    int32_t stem[3], depths[NETWORK_STAGES], width[NETWORK_STAGES], out[NETWORK_STAGES];
    int32_t scale; /* groups of `width` channels in a block */
} network_res2net;

typedef struct network_config {
    network_backbone backbone;
    int32_t base_w, base_h;                            /* default input, pixels */
    int32_t size_multiple, size_minimum, size_maximum; /* of a side */
    int32_t blend;           /* dynamic sizes over this on both sides are blended from two passes; 0: never */
    float mean[3], scale[3]; /* input = (byte - mean) * scale */
    bool norm;               /* batch norms are separate tensors */
    network_mobilenet mobilenet;
    network_swin swin;
    network_res2net res2net;
    int32_t depth_context[5], depth_decoder, depth_sica[3]; /* of attention2, attention1, attention0 */
    bool axial_context[5], axial_decoder;
    int32_t axial_qk;
    uint32_t axial_flags, sica_flags; /* PLAN_RAW_VIEW, PLAN_MASS_PLUS_ONE */
    bool sica_on_base; /* contexts are summed on the grid of the base size, not on their level's own */
} network_config;

/* What the caller knows and the file may not say. 0: the file's word. */
typedef struct network_hints {
    int32_t base_w, base_h;
    int32_t blend; /* -1: never */
} network_hints;

/* Feature maps of a backbone, at strides that may repeat. */
typedef struct network_taps {
    plan_id x[5];
} network_taps;

/* Reads the `architecture` entry of the metadata, or recognises an official checkpoint by its tensors; sizes of
 * layers come from the tensors' shapes. hints: may be NULL. */
inspyr_status network_configure(network_config *config, const weights *w, const network_hints *hints,
                                inspyr_error *error);

/* Is it one of the official networks, told by its tensors? */
bool network_is_official(const weights *w, network_backbone *backbone);

/* Sizes of an official network's layers. */
inspyr_status network_configure_official(network_config *config, const weights *w, inspyr_error *error);

/* "inspyrenet/swin", and what stands behind the slash. */
const char *network_architecture(network_backbone backbone);
const char *network_backbone_name(network_backbone backbone);

/* Which network is it, and are all its tensors there? *out: the plan of a pass at base size, for its weights.
 */
inspyr_status network_open(plan **out, network_config *config, const weights *w, const network_hints *hints,
                           const inspyr_allocator *allocator, inspyr_error *error);

/* What is recorded: n pictures of w x h pixels, multiples of size_multiple. blended: from a second pass over a
 * copy in base size, too. */
typedef struct network_size {
    int32_t n, h, w;
    bool blended;
    bool numbers; /* the picture is given as normalised floats, first the small copy: what references record */
} network_size;

/* Records the whole network. */
inspyr_status network_record(plan *p, const network_config *config, network_size size, inspyr_error *error);

/* The parts. index: 1..5 for contexts, 2..0 for attention modules. */
network_taps mobilenet_record(plan *p, const network_config *config, plan_id picture);
network_taps swin_record(plan *p, const network_config *config, plan_id picture);
network_taps res2net_record(plan *p, const network_config *config, plan_id picture);
plan_id context_record(plan *p, const network_config *config, int32_t index, plan_id x);
plan_id decoder_record(plan *p, const network_config *config, plan_id c3, plan_id c4, plan_id c5,
                       plan_id *logit);
plan_id axial_record(plan *p, const network_config *config, const char *prefix, plan_id t, int32_t depth);

/* A pass's coarsest logit, details, and finest logit. */
typedef struct network_pyramid {
    plan_id d3, p2, p1, p0, d0;
} network_pyramid;

/* blend.c: the details of `high` on the saliency of `low`, where the latter has no edges of its own. */
plan_id blend_record(plan *p, plan_id low, const network_pyramid *high);

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
