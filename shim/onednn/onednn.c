/* onednn.c - the plug-in's table: tiles of convolutions as single-threaded primitives of oneDNN.
 *
 * Threads are the engine's affair, so every call asks OpenMP for one thread and gives the calling thread its
 * own number back. Nothing is set for the whole process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim/onednn/dn.h"

struct product_tile {
    inspyr_allocator allocator;
    products_shape shape;
    dn_conv conv;
    dnnl_primitive_t primitive;
};

struct product_lane {
    inspyr_allocator allocator;
    const product_tile *made;
    dnnl_stream_t stream;
    dnnl_memory_t parts[DN_PARTS];
};

static const int argument_of[DN_PARTS] = { [DN_SOURCE] = DNNL_ARG_SRC,
                                           [DN_WEIGHTS] = DNNL_ARG_WEIGHTS,
                                           [DN_BIAS] = DNNL_ARG_BIAS,
                                           [DN_RESULT] = DNNL_ARG_DST,
                                           [DN_SCRATCH] = DNNL_ARG_SCRATCHPAD };

/* Of the runtime that oneDNN itself is linked with; NULL where it has none. */
extern void omp_set_num_threads(int threads) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));

/* The number that one thread may open, which is a setting of that thread, is 1 until together(). */
static int alone(void)
{
    int before = omp_set_num_threads && omp_get_max_threads ? omp_get_max_threads() : 1;

    if (before != 1)
        omp_set_num_threads(1);
    return before;
}

static void together(int before)
{
    if (before != 1)
        omp_set_num_threads(before);
}

static inspyr_status refused(inspyr_error *error, inspyr_status status, const char *text)
{
    if (error) {
        error->status = status;
        snprintf(error->message, sizeof error->message, "%s", text);
    }
    return status;
}

static inspyr_status result_of(dnnl_status_t status, inspyr_error *error)
{
    switch (status) {
    case dnnl_success:
        return INSPYR_OK;
    case dnnl_out_of_memory:
        return refused(error, INSPYR_ERR_MEMORY, "oneDNN has no memory");
    case dnnl_unimplemented:
        return refused(error, INSPYR_ERR_UNSUPPORTED, "oneDNN does not have the convolution");
    default:
        return refused(error, INSPYR_ERR_INTERNAL, "oneDNN failed");
    }
}

static void *zeroed(const inspyr_allocator *a, size_t size)
{
    void *memory = a->allocate(a->user, size, 64);

    return memory ? memset(memory, 0, size) : NULL;
}

static void product_free(product_tile *made)
{
    inspyr_allocator a;

    if (!made)
        return;
    a = made->allocator;
    dnnl_primitive_destroy(made->primitive);
    dnnl_primitive_desc_destroy(made->conv.description);
    dnnl_engine_destroy(made->conv.engine);
    a.release(a.user, made);
}

/* The library's plain loops, and products that it takes from another one, keep no order of weights and are
 * slower than the engine's own. */
static bool is_fast(const dn_conv *conv)
{
    const char *name = "";

    return !dnnl_primitive_desc_query(conv->description, dnnl_query_impl_info_str, 0, &name) &&
           !strstr(name, "ref") && !strstr(name, "gemm:");
}

static dnnl_status_t make(product_tile *made, const product_tile *like)
{
    dnnl_status_t status = dnnl_engine_create(&made->conv.engine, dnnl_cpu, 0);

    if (!status)
        status = dn_describe(&made->conv, like ? &like->conv : NULL);
    if (!status && !is_fast(&made->conv))
        status = dnnl_unimplemented;
    return status ? status : dnnl_primitive_create(&made->primitive, made->conv.description);
}

static inspyr_status create(product_tile **out, const inspyr_allocator *allocator, const products_shape *shape,
                            const product_tile *like, inspyr_error *error)
{
    product_tile *made = zeroed(allocator, sizeof *made);
    dnnl_status_t status;
    int before;

    *out = NULL;
    if (!made)
        return refused(error, INSPYR_ERR_MEMORY, "no room for a product");
    made->allocator = *allocator;
    made->shape = *shape;
    made->conv.shape = &made->shape;
    before = alone();
    status = make(made, like);
    together(before);
    if (status)
        product_free(made);
    else
        *out = made;
    return result_of(status, error);
}

static size_t weight_bytes(const product_tile *made)
{
    return dn_bytes(&made->conv, DN_WEIGHTS);
}

static size_t scratch_bytes(const product_tile *made)
{
    return dn_bytes(&made->conv, DN_SCRATCH);
}

static uint64_t layout(const product_tile *made)
{
    const dnnl_version_t *version = dnnl_version();
    uint64_t sum = dn_sum(0xcbf29ce484222325u, version->hash, strlen(version->hash));

    return dn_order(&made->conv, sum);
}

static bool writes_weights(const product_tile *made)
{
    const products_shape *s = &made->shape;

    return dn_filled_weights(&made->conv) !=
           (size_t)s->out * (size_t)s->in * (size_t)s->kernel_h * (size_t)s->kernel_w;
}

static dnnl_status_t reorder(const dn_conv *conv, const float *weights, void *packed)
{
    dnnl_memory_t from = NULL, to = NULL;
    dnnl_primitive_t primitive = NULL;
    dnnl_stream_t stream = NULL;
    dnnl_status_t status = dn_plain_weights(&from, conv, (void *)(uintptr_t)weights);

    if (!status)
        status = dn_memory(&to, conv, DN_WEIGHTS, packed);
    if (!status)
        status = dn_reorder(&primitive, conv);
    if (!status)
        status = dnnl_stream_create(&stream, conv->engine, dnnl_stream_default_flags);
    if (!status) {
        const dnnl_exec_arg_t arguments[] = { { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } };

        status = dnnl_primitive_execute(primitive, stream, 2, arguments);
    }
    dnnl_stream_destroy(stream);
    dnnl_primitive_destroy(primitive);
    dnnl_memory_destroy(from);
    dnnl_memory_destroy(to);
    return status;
}

static inspyr_status pack(const product_tile *made, const float *weights, void *packed)
{
    int before = alone();
    dnnl_status_t status = reorder(&made->conv, weights, packed);

    together(before);
    return result_of(status, NULL);
}

static void free_lane(product_lane *lane)
{
    inspyr_allocator a;

    if (!lane)
        return;
    a = lane->allocator;
    for (int i = 0; i < DN_PARTS; i++)
        dnnl_memory_destroy(lane->parts[i]);
    dnnl_stream_destroy(lane->stream);
    a.release(a.user, lane);
}

static inspyr_status make_lane(product_lane **out, const product_tile *made, const void *packed,
                               const float *bias)
{
    void *const bytes[DN_PARTS] = { [DN_SOURCE] = DNNL_MEMORY_NONE,
                                    [DN_WEIGHTS] = (void *)(uintptr_t)packed,
                                    [DN_BIAS] = (void *)(uintptr_t)bias,
                                    [DN_RESULT] = DNNL_MEMORY_NONE,
                                    [DN_SCRATCH] = DNNL_MEMORY_NONE };
    product_lane *lane = zeroed(&made->allocator, sizeof *lane);
    dnnl_status_t status;
    int before;

    *out = NULL;
    if (!lane)
        return INSPYR_ERR_MEMORY;
    lane->allocator = made->allocator;
    lane->made = made;
    before = alone();
    status = dnnl_stream_create(&lane->stream, made->conv.engine, dnnl_stream_default_flags);
    for (dn_part part = DN_SOURCE; !status && part < DN_PARTS; part++)
        if (part != DN_BIAS || made->shape.type != PRODUCTS_INT8)
            status = dn_memory(&lane->parts[part], &made->conv, part, bytes[part]);
    together(before);
    if (status)
        free_lane(lane);
    else
        *out = lane;
    return result_of(status, NULL);
}

static inspyr_status execute(product_lane *lane, const void *source, void *result, void *scratch)
{
    dnnl_exec_arg_t arguments[DN_PARTS];
    dnnl_status_t status;
    int before = alone(), count = 0;

    status = dnnl_memory_set_data_handle(lane->parts[DN_SOURCE], (void *)(uintptr_t)source);
    if (!status)
        status = dnnl_memory_set_data_handle(lane->parts[DN_RESULT], result);
    if (!status)
        status = dnnl_memory_set_data_handle(lane->parts[DN_SCRATCH], scratch);
    for (int i = 0; i < DN_PARTS; i++)
        if (lane->parts[i])
            arguments[count++] = (dnnl_exec_arg_t){ argument_of[i], lane->parts[i] };
    if (!status)
        status = dnnl_primitive_execute(lane->made->primitive, lane->stream, count, arguments);
    together(before);
    return result_of(status, NULL);
}

/* What the convolutions will use; the name of the smallest set that a processor has with all before it. */
static const char *instructions(void)
{
    dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();

    if ((isa & dnnl_cpu_isa_avx512_core_amx) == dnnl_cpu_isa_avx512_core_amx)
        return "amx";
    if ((isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16)
        return "avx512_bf16";
    if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core)
        return "avx512";
    return (isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2 ? "avx2" : "sse4.1";
}

static void *c_allocate(void *user, size_t size, size_t alignment)
{
    (void)user;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void c_release(void *user, void *memory)
{
    (void)user;
    free(memory);
}

/* A smallest convolution is made: where memory may not become executable, it is none of the fast ones, or none
 * at all. */
static inspyr_status open(char text[PRODUCTS_TEXT], inspyr_error *error)
{
    const inspyr_allocator allocator = { c_allocate, c_release, NULL, NULL };
    const products_shape shape = {
        .rows = 1, .columns = 16, .in = 16, .out = 16, .kernel_h = 3, .kernel_w = 3, .stride = 1, .dilation = 1
    };
    const dnnl_version_t *version = dnnl_version();
    product_tile *made;

    if (version->major != DNNL_VERSION_MAJOR)
        return refused(error, INSPYR_ERR_DEVICE,
                       "oneDNN is not of the generation that the plug-in was built for");
    if (version->cpu_runtime != DNNL_RUNTIME_OMP && version->cpu_runtime != DNNL_RUNTIME_SEQ)
        return refused(error, INSPYR_ERR_DEVICE, "oneDNN was built for other threads than OpenMP's");
    snprintf(text, PRODUCTS_TEXT, "oneDNN %d.%d.%d %s", version->major, version->minor, version->patch,
             instructions());
    if (create(&made, &allocator, &shape, NULL, NULL))
        return refused(error, INSPYR_ERR_DEVICE, "oneDNN makes no code here: may memory become executable?");
    product_free(made);
    return INSPYR_OK;
}

extern const products_table inspyr_plugin_onednn;
__attribute__((visibility("default"))) const products_table inspyr_plugin_onednn = {
    .abi = PRODUCTS_ABI,
    .size = sizeof(products_table),
    .open = open,
    .create = create,
    .free = product_free,
    .weight_bytes = weight_bytes,
    .scratch_bytes = scratch_bytes,
    .layout = layout,
    .writes_weights = writes_weights,
    .pack = pack,
    .lane = make_lane,
    .free_lane = free_lane,
    .execute = execute,
};
