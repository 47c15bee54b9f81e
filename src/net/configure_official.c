/* configure_official.c - the sizes of an official network's layers, read off its tensors' names and shapes. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/status.h"
#include "net/network.h"

#define CHANNELS_MAX 8192
#define BLOCKS_MAX 64
#define SIDE_LIMIT 32768

typedef struct shapes {
    const weights *w;
    inspyr_error *error;
    inspyr_status status; /* the first failure sticks */
} shapes;

/* Dimension `axis` of a tensor with so many of them; 1 after a failure. The name is a format. */
static int32_t size_of(shapes *s, int32_t dimensions, int32_t axis, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static int32_t size_of(shapes *s, int32_t dimensions, int32_t axis, const char *format, ...)
{
    char name[2 * PLAN_NAME];
    const weights_tensor *t;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    t = weights_find(s->w, name);
    if (t && t->dimensions == dimensions && t->shape[axis] >= 1 && t->shape[axis] <= CHANNELS_MAX)
        return (int32_t)t->shape[axis];
    if (!s->status)
        s->status =
            failed(s->error, INSPYR_ERR_WEIGHTS, "%s %s", name, t ? "has an impossible shape" : "is missing");
    return 1;
}

/* Blocks 0, 1, ... of which the tensor PREFIX.N.SUFFIX exists. */
static int32_t blocks_of(const weights *w, const char *prefix, const char *suffix)
{
    int32_t count = 0;

    for (; count <= BLOCKS_MAX; count++) {
        char name[2 * PLAN_NAME];

        snprintf(name, sizeof name, "%s.%d.%s", prefix, (int)count, suffix);
        if (!weights_find(w, name))
            break;
    }
    return count;
}

static void check(shapes *s, bool good, const char *what)
{
    if (!good && !s->status)
        s->status = failed(s->error, INSPYR_ERR_WEIGHTS, "%s", what);
}

static void read_swin(shapes *s, network_swin *n)
{
    static const char *const table = "backbone.layers.%d.blocks.0.attn.relative_position_bias_table";
    int32_t positions, side;

    n->embed = size_of(s, 4, 0, "backbone.patch_embed.proj.weight");
    positions = size_of(s, 2, 0, "backbone.layers.0.blocks.0.attn.relative_position_bias_table");
    side = (int32_t)lrint(sqrt(positions));
    n->window = (side + 1) / 2;
    check(s, side * side == positions && side % 2 == 1 && n->window <= 32,
          "the bias tables of the windows have an impossible size");
    n->expansion = size_of(s, 2, 0, "backbone.layers.0.blocks.0.mlp.fc1.weight") / n->embed;
    check(s, n->expansion >= 1 && n->embed <= CHANNELS_MAX >> (NETWORK_STAGES - 1),
          "the backbone has impossible widths");
    for (int32_t i = 0; i < NETWORK_STAGES; i++) {
        char blocks[PLAN_NAME];

        snprintf(blocks, sizeof blocks, "backbone.layers.%d.blocks", (int)i);
        n->depths[i] = blocks_of(s->w, blocks, "attn.qkv.weight");
        n->heads[i] = size_of(s, 2, 1, table, (int)i);
        check(s, n->depths[i] >= 1 && n->depths[i] <= BLOCKS_MAX, "a stage has no block, or too many");
        check(s, (n->embed << i) % n->heads[i] == 0,
              "the channels of a stage cannot be shared out among its heads");
    }
}

static void read_res2net(shapes *s, network_res2net *n)
{
    static const char *const stem[3] = { "backbone.conv1.0.weight", "backbone.conv1.3.weight",
                                         "backbone.conv1.6.weight" };

    for (int32_t i = 0; i < 3; i++)
        n->stem[i] = size_of(s, 4, 0, "%s", stem[i]);
    for (int32_t i = 0; i < NETWORK_STAGES; i++) {
        int32_t scale, layer = i + 1;
        char blocks[PLAN_NAME];

        snprintf(blocks, sizeof blocks, "backbone.layer%d", (int)layer);
        n->depths[i] = blocks_of(s->w, blocks, "conv1.weight");
        n->width[i] = size_of(s, 4, 0, "backbone.layer%d.0.convs.0.weight", (int)layer);
        n->out[i] = size_of(s, 4, 0, "backbone.layer%d.0.conv3.weight", (int)layer);
        scale = size_of(s, 4, 0, "backbone.layer%d.0.conv1.weight", (int)layer) / n->width[i];
        n->scale = i ? n->scale : scale;
        check(s, scale == n->scale && scale >= 2 && scale <= PLAN_INPUTS,
              "the groups of a block are impossible");
        check(s, n->depths[i] >= 1 && n->depths[i] <= BLOCKS_MAX, "a layer has no block, or too many");
    }
    check(s, n->depths[NETWORK_STAGES - 1] <= 3, "the last layer has more blocks than its three dilations");
}

bool network_is_official(const weights *w, network_backbone *backbone)
{
    if (!weights_find(w, "attention0.conv_out4.conv.weight"))
        return false;
    *backbone = weights_find(w, "backbone.layer1.0.conv1.weight") ? NETWORK_RES2NET : NETWORK_SWIN;
    return *backbone == NETWORK_RES2NET || weights_find(w, "backbone.patch_embed.proj.weight");
}

inspyr_status network_configure_official(network_config *c, const weights *w, inspyr_error *error)
{
    shapes s = { .w = w, .error = error };
    int32_t depth = size_of(&s, 4, 0, "decoder.conv2.conv.weight");

    if (c->backbone == NETWORK_SWIN)
        read_swin(&s, &c->swin);
    else
        read_res2net(&s, &c->res2net);
    c->size_multiple = 4; /* the patches; the pyramid grows beyond sizes that are no multiples of 8 */
    c->size_minimum = 16;
    c->size_maximum = SIDE_LIMIT;
    c->norm = true;
    for (int i = 0; i < 5; i++) {
        c->depth_context[i] = depth;
        c->axial_context[i] = true;
    }
    for (int i = 0; i < 3; i++)
        c->depth_sica[i] = depth;
    c->depth_decoder = depth;
    c->axial_decoder = true;
    c->axial_qk = size_of(&s, 4, 0, "decoder.Hattn.query_conv.conv.weight");
    c->axial_flags = c->sica_flags = PLAN_RAW_VIEW;
    c->sica_on_base = true;
    return s.status;
}
