/* bench_products.c - dense convolutions of the networks by themselves, one thread: the kernels of the plain
 * engine against the plug-in for oneDNN, gathering and spreading included, and against bare tiles of it, in
 * GFLOP/s (a multiply-accumulate is two operations), the best of several runs. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/plugin.h"
#include "bench.h"
#include "net/engine.h"

#define RUNS 9

typedef struct bench_shape {
    const char *what;
    int32_t side, in, out, kernel;
} bench_shape;

static const bench_shape shapes[] = {
    { "attention0, 3 x 3", 384, 64, 64, 3 },      { "context, 3 x 3", 96, 64, 64, 3 },
    { "decoder, 3 x 3 of 192", 96, 192, 64, 3 },  { "Swin-B stage 1, qkv", 96, 128, 384, 1 },
    { "Swin-B stage 3, fc1", 24, 512, 2048, 1 },  { "Swin-B stage 3, fc2", 24, 2048, 512, 1 },
    { "Swin-B stage 4, fc1", 12, 1024, 4096, 1 },
};

/* A file of weights with one tensor. */
static weights *one_tensor(const inspyr_allocator *a, const bench_shape *s, unsigned char **bytes)
{
    size_t count = (size_t)s->out * (size_t)s->in * (size_t)s->kernel * (size_t)s->kernel;
    char head[256] = { 0 };
    uint64_t length = sizeof head;
    inspyr_error error;
    uint32_t seed = 1;
    weights *w;

    memset(head, ' ', sizeof head);
    length = (uint64_t)snprintf(
        head, sizeof head,
        "{\"c.weight\":{\"dtype\":\"F32\",\"shape\":[%d,%d,%d,%d],\"data_offsets\":[0,%zu]}}", (int)s->out,
        (int)s->in, (int)s->kernel, (int)s->kernel, 4 * count);
    memset(head + length, ' ', sizeof head - length);
    length = sizeof head;
    *bytes = malloc(8 + sizeof head + 4 * count);
    if (!*bytes)
        exit(1);
    memcpy(*bytes, &length, 8);
    memcpy(*bytes + 8, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        float x;

        seed = seed * 1664525 + 1013904223;
        x = ((float)(seed >> 8) / (1 << 23) - 1) / 16;
        memcpy(*bytes + 8 + sizeof head + 4 * i, &x, sizeof x);
    }
    must(weights_open(&w, *bytes, 8 + sizeof head + 4 * count, a, &error), &error);
    return w;
}

/* GFLOP/s of the convolution in a plan of its own. */
static double in_engine(const engine_kind *engine, const engine_host *host, const bench_shape *s)
{
    size_t numbers = (size_t)s->side * (size_t)s->side;
    float *input = malloc(numbers * (size_t)s->in * sizeof *input), *logits = malloc(numbers * sizeof *logits),
          extremes[1][2];
    const float *inputs[1] = { input };
    const engine_io io = { .inputs = inputs, .logits = logits, .extremes = extremes };
    const plan_conv_options options = { .kernel_h = s->kernel,
                                        .kernel_w = s->kernel,
                                        .no_bias = true,
                                        .style = PLAN_STYLE_BARE,
                                        .activation = PLAN_RELU };
    plan_part part = plan_tensor(s->out, "c");
    double best = 1e30, each[8];
    unsigned char *bytes;
    inspyr_error error;
    engine_packed *packed;
    engine_run *run;
    plan_input in;
    weights *w;
    plan *p;

    if (!input || !logits)
        exit(1);
    for (size_t i = 0; i < numbers * (size_t)s->in; i++)
        input[i] = (float)(i % 251) / 251;
    must(plan_create(&p, &host->allocator, &error), &error);
    in = plan_whole(plan_numbers(p, 1, s->side, s->side, s->in, PLAN_FEATURE, NULL));
    plan_mean(p, plan_conv(p, &in, 1, &part, 1, &options)); /* somebody has to want it */
    must(plan_status(p, &error), &error);
    w = one_tensor(&host->allocator, s, &bytes);
    must(engine->pack(&packed, host, p, w, &error), &error);
    must(engine->compile(&run, host, packed, p, ENGINE_PROFILE, &error), &error);
    for (int i = 0; i < RUNS; i++) {
        double before;

        engine->profile(run, each);
        before = each[1];
        must(engine->run(run, &io, &error), &error);
        engine->profile(run, each);
        best = each[1] - before < best ? each[1] - before : best;
    }
    engine->destroy(run);
    engine->unpack(packed);
    weights_free(w);
    plan_free(p);
    free(bytes);
    free(input);
    free(logits);
    return 2e-6 * (double)numbers * s->in * s->out * s->kernel * s->kernel / best;
}

/* GFLOP/s of tiles of 256 pixels that lie in the cache. */
static double bare(const products_table *products, const inspyr_allocator *a, const bench_shape *s,
                   products_type type)
{
    products_shape shape = { .rows = s->kernel > 1 ? 8 : 1,
                             .columns = s->kernel > 1 ? 96 : 256,
                             .in = s->in,
                             .out = s->out,
                             .kernel_h = s->kernel,
                             .kernel_w = s->kernel,
                             .stride = 1,
                             .dilation = 1,
                             .type = type,
                             .result = type == PRODUCTS_INT8 ? PRODUCTS_F32 : type };
    size_t pixels = (size_t)(shape.rows + s->kernel - 1) * (size_t)(shape.columns + s->kernel - 1),
           results = (size_t)shape.rows * (size_t)shape.columns,
           kernel = (size_t)s->out * (size_t)s->in * (size_t)s->kernel * (size_t)s->kernel;
    product_tile *made;
    product_lane *lane;
    float *numbers, *bias;
    void *source, *result, *packed, *scratch;
    double best = 1e30;
    inspyr_error error;

    if (products->create(&made, a, &shape, NULL, &error))
        return 0;
    numbers = memory_zeroed(a, kernel * sizeof *numbers);
    bias = memory_zeroed(a, (size_t)s->out * sizeof *bias);
    source = memory_zeroed(a, pixels * (size_t)s->in * sizeof(float));
    result = memory_zeroed(a, results * (size_t)s->out * sizeof(float));
    packed = memory_zeroed(a, products->weight_bytes(made));
    scratch = memory_zeroed(a, products->scratch_bytes(made));
    if (!numbers || !bias || !source || !result || !packed || !scratch ||
        products->pack(made, numbers, packed) || products->lane(&lane, made, packed, bias))
        exit(1);
    for (int i = 0; i < 4 * RUNS; i++) {
        double start = clock_ms();

        if (products->execute(lane, source, result, scratch))
            exit(1);
        best = clock_ms() - start < best ? clock_ms() - start : best;
    }
    products->free_lane(lane);
    products->free(made);
    memory_give(a, numbers);
    memory_give(a, bias);
    memory_give(a, source);
    memory_give(a, result);
    memory_give(a, packed);
    memory_give(a, scratch);
    return 2e-6 * (double)results * (double)kernel / best;
}

int main(void)
{
    static const plugin_wanted wanted = { "onednn", PRODUCTS_ABI, sizeof(products_table), "dnnl_version" };
    const inspyr_precision precisions[2] = { INSPYR_PRECISION_EXACT, INSPYR_PRECISION_BF16 };
    const products_table *products = NULL;
    char text[PRODUCTS_TEXT] = "no plug-in";
    engine_host host = { .pool = NULL };
    inspyr_error error;
    const void *table;

    must(memory_import(&host.allocator, NULL, &error), &error);
    if (plugin_find(&table, &wanted, &error) || (products = table)->open(text, &error)) {
        printf("%s\n", error.message);
        products = NULL;
    }
    printf("%s, %s\n%-24s %-10s %8s %8s %8s\n", engine_plain.instructions(), text, "", "", "plain", "onednn",
           "tiles");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (int k = 0; k < 2; k++) {
            if (!engine_plain.has(precisions[k]))
                continue;
            host.precision = precisions[k];
            host.products = NULL;
            printf("%-24s %-10s %8.0f", shapes[i].what, k ? "bf16" : "f32",
                   in_engine(&engine_plain, &host, &shapes[i]));
            host.products = products;
            if (products)
                printf(" %8.0f %8.0f", in_engine(&engine_onednn, &host, &shapes[i]),
                       bare(products, &host.allocator, &shapes[i], k ? PRODUCTS_BF16 : PRODUCTS_F32));
            printf("\n");
        }
        if (products)
            printf("%-24s %-10s %8s %8s %8.0f\n", shapes[i].what, "u8 x s8", "", "",
                   bare(products, &host.allocator, &shapes[i], PRODUCTS_INT8));
    }
    return 0;
}
