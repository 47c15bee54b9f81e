#include "twins_net.h"

#include <stddef.h>
#include <stdio.h>

#include "support/chance.h"
#include "support/net_played.h"

#define POINTERS 16
#define JOB_BYTES 1024

/* A job in the memory of this machine, and what its pointers lead to. */
typedef struct twin {
    const effect_device_table *cuda;
    effect_device *device;
    chance random;
    int wrong;

    union {
        unsigned char bytes[JOB_BYTES];
        net_picture picture;
        net_resize resize;
        net_norm norm;
        net_window window;
        net_sica_maps sica_maps;
        net_context context;
        net_attend attend;
        net_axial axial;
        net_expand expand;
        net_pool pool;
        net_pair pair;
        net_simple simple;
        net_extremes extremes;
        net_matte matte;
    } job;
    size_t at[POINTERS], size[POINTERS]; /* where in the job a pointer is, and the bytes behind it */
    int pointers, result;                /* result: which of them is compared */
    int32_t type;                        /* of the result */
} twin;

static void stop(const inspyr_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

/* A pointer of the job to so many bytes, which are zero. */
static void *give(twin *t, void *pointer, size_t bytes)
{
    void *memory = calloc(1, bytes);

    if (!memory || t->pointers == POINTERS)
        exit(1);
    memcpy(pointer, &memory, sizeof memory);
    t->at[t->pointers] = (size_t)((unsigned char *)pointer - t->job.bytes);
    t->size[t->pointers++] = bytes;
    return memory;
}

static size_t bytes_of(const net_map *m)
{
    return (size_t)net_pixels(m) * (size_t)m->step * (m->type == NET_FLOAT ? 4 : 2);
}

static void map(twin *t, net_map *m, int32_t type, int32_t n, int32_t h, int32_t w, int32_t c, float most)
{
    *m = (net_map){ NULL, type, n, h, w, c, (c + 7) / 8 * 8 };
    give(t, &m->data, bytes_of(m));
    for (int64_t i = 0; i < net_pixels(m); i++)
        for (int32_t k = 0; k < c; k++)
            net_put(m, i, k, chance_number(&t->random, -most, most));
}

static void vector(twin *t, const float **pointer, int32_t count)
{
    float *numbers = give(t, (void *)pointer, (size_t)count * sizeof(float));

    for (int32_t i = 0; i < count; i++)
        numbers[i] = chance_number(&t->random, -1, 1);
}

static void result(twin *t, net_map *m, int32_t type, int32_t n, int32_t h, int32_t w, int32_t c)
{
    t->result = t->pointers;
    t->type = type;
    map(t, m, type, n, h, w, c, 0);
}

static device_picture *there(twin *t, const void *bytes, size_t size)
{
    device_picture *memory;
    inspyr_error error;
    int32_t words = (int32_t)((size + 3) / 4);
    void *padded = calloc((size_t)words, 4);
    inspyr_view view = { padded, 4 * (int64_t)words, words, 1, INSPYR_RGBA8, 0 };

    if (!padded)
        exit(1);
    memcpy(padded, bytes, size);
    if (t->cuda->create(&memory, t->device, words, 1, &error) || t->cuda->upload(memory, &view, &error) ||
        t->cuda->wait(t->device, &error))
        stop(&error);
    free(padded);
    return memory;
}

static float widened(const void *bytes, size_t i, int32_t type)
{
    net_map m = { (void *)(uintptr_t)bytes, type, 1, 1, 1, 1, 1 };

    return net_number(&m, (int64_t)i, 0);
}

/* exact: to the bit. Otherwise numbers may differ by 2 u of the largest. */
static void compare(twin *t, const char *what, const void *got, const void *want, bool exact)
{
    size_t size = t->type == NET_FLOAT ? 4 : 2, count = t->size[t->result] / size;
    double u = t->type == NET_FLOAT ? 0x1p-20 : t->type == NET_HALF ? 0x1p-11 : 0x1p-8, most = 0, off = 0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fabs((double)widened(want, i, t->type)));
        off = fmax(off, fabs((double)widened(got, i, t->type) - (double)widened(want, i, t->type)));
    }
    if (exact ? !memcmp(got, want, t->size[t->result]) : off <= 2 * u * most)
        return;
    printf("%s: off by %g of %g\n", what, off, most);
    t->wrong++;
}

typedef inspyr_status launch_function(const net_device_table *net, const void *job, void *stream,
                                      inspyr_error *error);

/* After the job has been played here. */
static void try(twin *t, const char *what, launch_function *launch, const void *before, bool exact)
{
    unsigned char job[JOB_BYTES];
    device_picture *memory[POINTERS];
    const void *want = NULL;
    inspyr_error error;

    memcpy(job, t->job.bytes, sizeof job);
    for (int i = 0; i < t->pointers; i++) {
        void *here;

        memcpy(&here, t->job.bytes + t->at[i], sizeof here);
        want = i == t->result ? here : want;
        memory[i] = there(t, i == t->result ? before : here, t->size[i]);
        memcpy(job + t->at[i], &memory[i]->data, sizeof here);
    }
    if (launch(t->cuda->net, job, t->cuda->stream(t->device), &error))
        stop(&error);
    {
        int32_t words = memory[t->result]->width;
        void *got = malloc((size_t)words * 4);
        inspyr_view view = { got, 4 * (int64_t)words, words, 1, INSPYR_RGBA8, 0 };

        if (!got)
            exit(1);
        if (t->cuda->download(&view, memory[t->result], &error) || t->cuda->wait(t->device, &error))
            stop(&error);
        compare(t, what, got, want, exact);
        free(got);
    }
    for (int i = 0; i < t->pointers; i++) {
        void *here;

        memcpy(&here, t->job.bytes + t->at[i], sizeof here);
        free(here);
        t->cuda->free(memory[i]);
    }
    memset(t->job.bytes, 0, sizeof t->job.bytes);
    t->pointers = 0;
}

/* name of the launch, the member of the union, how it is played, whether to the bit */
#define TWIN(name, member, play, exact)                                                                        \
    static inspyr_status go_##name(const net_device_table *net, const void *job, void *stream,                 \
                                   inspyr_error *error)                                                        \
    {                                                                                                          \
        return net->name(job, stream, error);                                                                  \
    }                                                                                                          \
    static void twin_##name(twin *t)                                                                           \
    {                                                                                                          \
        void *before = calloc(1, t->size[t->result]);                                                          \
                                                                                                               \
        if (!before)                                                                                           \
            exit(1);                                                                                           \
        play;                                                                                                  \
        try(t, #name, go_##name, before, exact);                                                               \
        free(before);                                                                                          \
    }

#define ONE(name, member) net_play(net_##name##_launch(&t->job.member), &t->job.member)
#define SEVERAL(name, member, steps)                                                                           \
    for (int32_t step = 0; step < (steps); step++)                                                             \
    net_play(net_##name##_launch(&t->job.member, step), &t->job.member)

TWIN(picture, picture, ONE(picture, picture), true)
TWIN(resize, resize, ONE(resize, resize), true)
TWIN(norm, norm, ONE(norm, norm), true)
TWIN(pair, pair, ONE(pair, pair), true)
TWIN(pool, pool, ONE(pool, pool), true)
TWIN(expand, expand, ONE(expand, expand), true)
TWIN(context, context, SEVERAL(context, context, NET_CONTEXT_STEPS), true)
TWIN(sica_maps, sica_maps, ONE(sica_maps, sica_maps), false)
TWIN(attend, attend, ONE(attend, attend), false)
TWIN(window, window, ONE(window, window), false)
TWIN(
    axial, axial,
    for (int32_t step = 0; step < NET_AXIAL_STEPS; step++) {
        t->job.axial.axis = step / 3;
        net_play(net_axial_launch(&t->job.axial, step), &t->job.axial);
    },
    false)
TWIN(merge, simple, ONE(merge, simple), true)
TWIN(mean, simple, SEVERAL(mean, simple, NET_MEAN_STEPS), true)
TWIN(softmax, simple, ONE(softmax, simple), false)
TWIN(extremes, extremes, SEVERAL(extremes, extremes, NET_EXTREMES_STEPS), true)

static void streams(twin *t, int32_t type, int32_t n, int32_t h, int32_t w)
{
    int32_t c = chance_between(&t->random, 1, 40);

    t->job.resize = (net_resize){ .count = 2, .sampling = { NET_HALF_PIXEL, NET_CORNERS } };
    map(t, &t->job.resize.in[0], type, n, h, w / 2 + 1, 64, 4);
    map(t, &t->job.resize.in[1], type, n, h / 2 + 1, w, c, 4);
    result(t, &t->job.resize.out, type, n, h, w, 64 + c);
    twin_resize(t);
    map(t, &t->job.norm.in, type, n, h, w, 8 * c, 4);
    map(t, &t->job.norm.add, type, n, h, w, 8 * c, 4);
    vector(t, &t->job.norm.weight, 8 * c);
    vector(t, &t->job.norm.bias, 8 * c);
    result(t, &t->job.norm.out, type, n, h, w, 8 * c);
    twin_norm(t);
    t->job.pair.sampling = NET_CORNERS;
    map(t, &t->job.pair.a, type, n, h, w, c, 4);
    map(t, &t->job.pair.b, type, n, h / 2 + 1, w + 1, c, 4);
    result(t, &t->job.pair.out, type, n, h, w, c);
    twin_pair(t);
    t->job.pool = (net_pool){ .kernel = 3, .stride = 2, .pad = 1, .inside = 1 };
    map(t, &t->job.pool.in, type, n, h, w, c, 4);
    result(t, &t->job.pool.out, type, n, (h + 1) / 2, (w + 1) / 2, c);
    twin_pool(t);
    map(t, &t->job.expand.coarse, NET_FLOAT, n, h + 1, w + 1, 1, 9);
    map(t, &t->job.expand.residual, type, n, h, w, 1, 9);
    result(t, &t->job.expand.out, NET_FLOAT, n, 2 * h + 2, 2 * w + 2, 1);
    twin_expand(t);
    map(t, &t->job.simple.in, type, n, h, w, c, 4);
    result(t, &t->job.simple.out, type, n, (h + 1) / 2, (w + 1) / 2, 4 * c);
    twin_merge(t);
    map(t, &t->job.simple.in, type, n, h, w, c, 4);
    result(t, &t->job.simple.out, NET_FLOAT, n, 1, 1, c);
    give(t, &t->job.simple.scratch, net_mean_bytes(&t->job.simple));
    twin_mean(t);
    t->job.simple.scale = 2;
    map(t, &t->job.simple.in, type, n, h, w, c, 4);
    result(t, &t->job.simple.out, type, n, h, w, c);
    twin_softmax(t);
    map(t, &t->job.extremes.logits, NET_FLOAT, n, h, w, 1, 9);
    give(t, &t->job.extremes.scratch, net_extremes_bytes(&t->job.extremes));
    t->result = t->pointers;
    t->type = NET_FLOAT;
    give(t, &t->job.extremes.out, (size_t)n * 2 * sizeof(float));
    twin_extremes(t);
}

static void attention(twin *t, int32_t type, int32_t n, int32_t h, int32_t w)
{
    int32_t heads = chance_between(&t->random, 1, 4), each = chance_one_in(&t->random, 4) ? 24 : 32;
    int32_t k = chance_between(&t->random, 1, 5), c = 32 << chance_between(&t->random, 0, 2);
    bool raw = chance_one_in(&t->random, 2);

    t->job.window = (net_window){ .heads = heads, .window = 12, .shift = 6 * chance_between(&t->random, 0, 1) };
    map(t, &t->job.window.in, type, n, h, w, 3 * heads * each, 2);
    vector(t, &t->job.window.table, 23 * 23 * heads);
    vector(t, &t->job.window.bias, 3 * heads * each);
    result(t, &t->job.window.out, type, n, h, w, heads * each);
    twin_window(t);
    t->job.sica_maps = (net_sica_maps){ .thresholds = { 0.5f, 0.45f } };
    map(t, &t->job.sica_maps.saliency, NET_FLOAT, n, h / 2 + 1, w / 2 + 1, 1, 9);
    map(t, &t->job.sica_maps.laplacian, NET_FLOAT, n, h / 2 + 1, w / 2 + 1, 1, 9);
    result(t, &t->job.sica_maps.out, type, n, h, w, 5);
    twin_sica_maps(t);
    t->job.context = (net_context){ .count = 1, .h = c / 2, .w = 2 * w, .raw = raw, .mass_plus_one = !raw };
    map(t, &t->job.context.maps, type, n, h, w, k, 1);
    map(t, &t->job.context.features[0], type, n, c / 2, 2 * w, c, 3);
    result(t, &t->job.context.out, NET_FLOAT, n, 1, k, c);
    give(t, &t->job.context.scratch, net_context_bytes(&t->job.context));
    twin_context(t);
    t->job.attend.scale = 0.125f;
    map(t, &t->job.attend.query, type, n, h, w, c, 1);
    map(t, &t->job.attend.keys, type, n, 1, k, c, 1);
    map(t, &t->job.attend.values, type, n, 1, k, 64, 2);
    result(t, &t->job.attend.out, type, n, h, w, 64);
    twin_attend(t);
    t->job.axial = (net_axial){ .qk = 8, .raw = raw, .gamma_h = 0.5f, .gamma_w = -0.75f };
    map(t, &t->job.axial.t, type, n, h, w, c, 2);
    map(t, &t->job.axial.stacked, type, n, h, w, 2 * (16 + c), 0.5f);
    result(t, &t->job.axial.out, type, n, h, w, c);
    give(t, &t->job.axial.scratch, net_axial_bytes(&t->job.axial));
    twin_axial(t);
}

static void pictures(twin *t, int32_t type, int32_t n, int32_t h, int32_t w)
{
    net_picture *job = &t->job.picture;
    unsigned char *bytes;

    *job = (net_picture){ .pitch = 4 * w,
                          .sample = 4 * (int64_t)w * h,
                          .bytes = 4,
                          .mean = { 124, 116, 104 },
                          .scale = { 0.0171f, 0.0175f, 0.0174f } };
    bytes = give(t, (void *)&job->data, (size_t)n * (size_t)job->sample);
    for (int64_t i = 0; i < n * job->sample; i++)
        bytes[i] = (unsigned char)chance_bits(&t->random);
    result(t, &job->out, type, n, h, w, 8);
    twin_picture(t);
}

int twins_net(const effect_device_table *cuda, effect_device *device, int32_t rounds)
{
    twin t = { .cuda = cuda, .device = device, .random = { 110 } };

    for (int32_t i = 0; i < rounds; i++) {
        int32_t type = i % 2 ? NET_BF16 : NET_HALF, n = chance_between(&t.random, 1, 2);
        int32_t h = chance_between(&t.random, 2, 90), w = chance_between(&t.random, 2, 70);

        pictures(&t, type, n, h, w);
        streams(&t, type, n, h, w);
        if (cuda->net->has(type))
            attention(&t, type, n, h, w);
    }
    printf("the network: %d of %d jobs differ\n", t.wrong, (int)rounds * 15);
    return t.wrong;
}
