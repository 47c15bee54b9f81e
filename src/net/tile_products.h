/* tile_products.h - convolutions of tiles of one size, as a plug-in makes them for an engine.
 *
 * Sources and results are dense tiles [row][column][channel]; a source is larger than its result by what the
 * kernel reaches over, zeros around a picture included. The table is private: number and size must match
 * exactly. Nothing here starts a thread, and the settings of a program that uses the same library stay as they
 * are. Layer 3 (net). Threads: a product is shared; a lane is single. */
#ifndef INSPYR_NET_TILE_PRODUCTS_H
#define INSPYR_NET_TILE_PRODUCTS_H

#include "net/plan.h"

#define PRODUCTS_ABI 1
#define PRODUCTS_TEXT 64

typedef enum products_type {
    PRODUCTS_F32,
    PRODUCTS_BF16, /* results may be F32 too */
    PRODUCTS_INT8 /* sources u8, weights s8, results the sums as int32: no bias, no activation, nothing added */
} products_type;

typedef struct products_shape {
    int32_t rows, columns; /* of the result */
    int32_t in, out;       /* channels */
    int32_t kernel_h, kernel_w, stride, dilation;
    products_type type, result;
    plan_activation activation;
    bool adds; /* the result's tile holds what is added before the activation */
} products_shape;

typedef struct product_tile product_tile;
typedef struct product_lane product_lane;

typedef struct products_table {
    uint32_t abi, size; /* PRODUCTS_ABI and sizeof(products_table) */

    /* Does it work on this machine? INSPYR_ERR_DEVICE and the reason if not. text: "oneDNN 2.6.3 avx512". */
    inspyr_status (*open)(char text[PRODUCTS_TEXT], inspyr_error *error);

    /* like: a product whose packed weights this one is to read; NULL: it chooses their order.
     * INSPYR_ERR_UNSUPPORTED where there is nothing fast for the shape, or for that order. */
    inspyr_status (*create)(product_tile **out, const inspyr_allocator *allocator, const products_shape *shape,
                            const product_tile *like, inspyr_error *error);
    void (*free)(product_tile *made); /* accepts NULL */

    size_t (*weight_bytes)(const product_tile *made);
    size_t (*scratch_bytes)(const product_tile *made);
    uint64_t (*layout)(const product_tile *made); /* another number for another order of the packed weights */
    bool (*writes_weights)(
        const product_tile *made); /* a lane zeroes what fills up its weights: they must be writable */
    /* weights: [out][in][row][column]; for INT8 whole numbers from -128 to 127. packed: weight_bytes(), at a
     * multiple of 64. */
    inspyr_status (*pack)(const product_tile *made, const float *weights, void *packed);

    /* The packed weights and the bias, one float per channel, stay where they are as long as the lane does. */
    inspyr_status (*lane)(product_lane **out, const product_tile *made, const void *packed, const float *bias);
    void (*free_lane)(product_lane *lane); /* accepts NULL */
    inspyr_status (*execute)(product_lane *lane, const void *source, void *result, void *scratch);
} products_table;

#endif
