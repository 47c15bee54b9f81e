/* configure.c - from the `architecture` entry of a weight file to a configuration: SPEC.md section 2. */
#include <stdio.h>

#include "base/status.h"
#include "net/json.h"
#include "net/network.h"

#define CHANNELS_MAX 4096

typedef struct reader {
    json root;
    const weights *w;
    inspyr_error *error;
    inspyr_status status; /* the first failure sticks */
} reader;

static void refuse(reader *r, const char *field, const char *what)
{
    if (!r->status)
        r->status = failed(r->error, INSPYR_ERR_WEIGHTS, "architecture: `%s` %s", field, what);
}

static int32_t whole(reader *r, const char *field, json value, int64_t low, int64_t high)
{
    int64_t number = low;

    if (!json_integer(value, &number) || number < low || number > high) {
        refuse(r, field, "is missing or out of range");
        number = low;
    }
    return (int32_t)number;
}

static float number(reader *r, const char *field, json value)
{
    double x = 1;

    if (!json_number(value, &x) || !(x > 1e-6) || !(x < 1e6)) {
        refuse(r, field, "is missing or out of range");
        x = 1;
    }
    return (float)x;
}

static bool truth(reader *r, const char *field, json value)
{
    bool b = false;

    if (!json_bool(value, &b))
        refuse(r, field, "must be true or false");
    return b;
}

/* Fields with one legal value today: what they name is how the network is recorded. */
static void expect(reader *r, const char *field, const char *text)
{
    char message[80];

    if (json_is(json_find(r->root, field), text))
        return;
    snprintf(message, sizeof message, "is not \"%s\", the only one this version has", text);
    refuse(r, field, message);
}

/* One of two texts; true for the second. */
static bool choose(reader *r, const char *field, const char *no, const char *yes)
{
    json value = json_find(r->root, field);

    if (json_is(value, yes))
        return true;
    if (!json_is(value, no))
        refuse(r, field, "is unknown");
    return false;
}

/* Output channels of a convolution, read off its weight. */
static int32_t channels(reader *r, const char *name)
{
    char full[PLAN_NAME + 16];
    const weights_tensor *t;

    snprintf(full, sizeof full, "%s.conv.weight", name);
    t = weights_find(r->w, full);
    if (t && t->dimensions == 4 && t->shape[0] >= 1 && t->shape[0] <= CHANNELS_MAX)
        return (int32_t)t->shape[0];
    refuse(r, full, t ? "has an impossible shape" : "is missing");
    return 1;
}

static void read_backbone(reader *r, network_config *c)
{
    c->mobilenet.stem = channels(r, "backbone.stem");
    for (int i = 0; i < NETWORK_BLOCKS; i++) {
        char name[PLAN_NAME];

        snprintf(name, sizeof name, "backbone.blocks.%d.depthwise", i);
        c->mobilenet.blocks[i].expanded = channels(r, name);
        snprintf(name, sizeof name, "backbone.blocks.%d.project", i);
        c->mobilenet.blocks[i].out = channels(r, name);
    }
    if (c->mobilenet.blocks[0].expanded != c->mobilenet.stem) /* the first block expands nothing */
        refuse(r, "backbone.blocks.0.depthwise", "has other channels than the stem");
    c->mobilenet.aspp = channels(r, "backbone.aspp");
    c->mobilenet.pooled = channels(r, "backbone.pool");
    c->mobilenet.projection = channels(r, "backbone.projection");
    c->mobilenet.classes = channels(r, "backbone.classes");
}

static void read_decoder(reader *r, network_config *c)
{
    json depth = json_find(r->root, "depth_context"), sica = json_find(r->root, "depth_sica");
    json axial = json_find(r->root, "axial_contexts");

    for (size_t i = 0; i < 5; i++) {
        c->depth_context[i] = whole(r, "depth_context", json_at(depth, i), 1, CHANNELS_MAX);
        c->axial_context[i] = truth(r, "axial_contexts", json_at(axial, i));
    }
    for (size_t i = 0; i < 3; i++)
        c->depth_sica[i] = whole(r, "depth_sica", json_at(sica, i), 1, CHANNELS_MAX);
    c->depth_decoder = whole(r, "depth_decoder", json_find(r->root, "depth_decoder"), 1, CHANNELS_MAX);
    c->axial_decoder = truth(r, "axial_decoder", json_find(r->root, "axial_decoder"));
    c->axial_qk = whole(r, "axial_qk", json_find(r->root, "axial_qk"), 1, 256);
    expect(r, "axial_view", "true_axis");
    expect(r, "sica_view", "transposed");
    expect(r, "sica_grid", "feature");
    expect(r, "output", "sigmoid");
    if (choose(r, "sica_norm", "none", "mass_plus_one"))
        c->sica_flags |= PLAN_MASS_PLUS_ONE;
    c->norm = choose(r, "batch_norm", "folded", "separate");
}

static void read_picture(reader *r, network_config *c)
{
    c->base_h = whole(r, "base_size", json_at(json_find(r->root, "base_size"), 0), 32, NETWORK_SIDE_MAX);
    c->base_w = whole(r, "base_size", json_at(json_find(r->root, "base_size"), 1), 32, NETWORK_SIDE_MAX);
    for (size_t i = 0; i < 3; i++) {
        c->mean[i] = number(r, "mean", json_at(json_find(r->root, "mean"), i)) * 255;
        c->scale[i] = 1 / (number(r, "std", json_at(json_find(r->root, "std"), i)) * 255);
    }
}

static void read_mobilenet(reader *r, network_config *c)
{
    c->size_multiple = 16; /* the backbone's stride; the decoder's halvings are exact on its multiples */
    c->size_minimum = 32;
    c->size_maximum = NETWORK_SIDE_MAX;
    c->mobilenet.logit_scale = number(r, "logit_scale", json_find(r->root, "logit_scale"));
    read_backbone(r, c);
    read_decoder(r, c);
}

/* What a checkpoint does not say is what all official ones share; sizes of layers are in their shapes. */
static inspyr_status configure_official(network_config *c, reader *r, network_backbone backbone, bool described)
{
    static const float mean[3] = { 0.485f, 0.456f, 0.406f }, deviation[3] = { 0.229f, 0.224f, 0.225f };

    c->backbone = backbone;
    for (int i = 0; i < 3 && !described; i++) {
        c->mean[i] = mean[i] * 255;
        c->scale[i] = 1 / (deviation[i] * 255);
    }
    return r->status ? r->status : network_configure_official(c, r->w, r->error);
}

static inspyr_status configure_described(network_config *c, reader *r, const char *text)
{
    json backbone;

    r->status = json_open(&r->root, "architecture", text, strlen(text), r->error);
    if (r->status)
        return r->status;
    expect(r, "family", "inspyrenet");
    read_picture(r, c);
    if (json_find(r->root, "blend").kind != JSON_ABSENT)
        c->blend = whole(r, "blend", json_find(r->root, "blend"), 0, NETWORK_SIDE_MAX);
    backbone = json_find(r->root, "backbone");
    for (network_backbone b = NETWORK_SWIN; b <= NETWORK_RES2NET; b++)
        if (json_is(backbone, network_backbone_name(b)))
            return configure_official(c, r, b, true);
    expect(r, "backbone", "mobilenet_v2_deeplab_v3");
    read_mobilenet(r, c);
    return r->status;
}

static inspyr_status take_hints(network_config *c, const network_hints *hints, inspyr_error *error)
{
    const bool given = hints && hints->base_w;

    if (given) {
        c->base_w = hints->base_w;
        c->base_h = hints->base_h ? hints->base_h : hints->base_w;
    }
    if (hints && hints->blend)
        c->blend = hints->blend < 0 ? 0 : hints->blend;
    if (!c->base_w)
        return failed(
            error, INSPYR_ERR_WEIGHTS,
            "the checkpoint does not say its base size, and a wrong one gives wrong mattes: set base_width "
            "(--base-size), to 1024 or 384 as a rule");
    if (c->base_h < 32 || c->base_w < 32 || c->base_h > NETWORK_SIDE_MAX || c->base_w > NETWORK_SIDE_MAX ||
        c->base_h % c->size_multiple || c->base_w % c->size_multiple)
        return failed(error, given ? INSPYR_ERR_ARGUMENT : INSPYR_ERR_WEIGHTS,
                      "a base size of %d x %d: multiples of %d from 32 to %d are possible", (int)c->base_w,
                      (int)c->base_h, (int)c->size_multiple, NETWORK_SIDE_MAX);
    return INSPYR_OK;
}

const char *network_architecture(network_backbone backbone)
{
    static const char *const names[] = { "inspyrenet/mobilenet_v2_deeplab_v3", "inspyrenet/swin",
                                         "inspyrenet/res2net" };

    return names[backbone];
}

const char *network_backbone_name(network_backbone backbone)
{
    return strchr(network_architecture(backbone), '/') + 1;
}

inspyr_status network_configure(network_config *c, const weights *w, const network_hints *hints,
                                inspyr_error *error)
{
    const char *text = weights_metadata(w, "architecture");
    reader r = { .w = w, .error = error };
    network_backbone backbone;
    inspyr_status status;

    memset(c, 0, sizeof *c);
    if (text)
        status = configure_described(c, &r, text);
    else if (network_is_official(w, &backbone))
        status = configure_official(c, &r, backbone, false);
    else
        return failed(
            error, INSPYR_ERR_WEIGHTS,
            "neither an `architecture` in the metadata nor the tensors of an InSPyReNet checkpoint: not a "
            "file for this library");
    return status ? status : take_hints(c, hints, error);
}
