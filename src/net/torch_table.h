/* torch_table.h - what the plug-in libinspyr-torch.so exports: engines whose operations are those of libtorch.
 *
 * One engine for processors and one for GPUs; a device says which is its own. The plug-in makes no call to CUDA
 * before one of the functions below is called. The table is private: number and size must match exactly. Layer
 * 3 (net). Threads: any; a device is shared by all that runs on it. */
#ifndef INSPYR_NET_TORCH_TABLE_H
#define INSPYR_NET_TORCH_TABLE_H

#include "kernels/net_device.h"
#include "net/engine.h"

#define TORCH_ABI 2
#define TORCH_TEXT 128

typedef struct torch_facts {
    char device[16];                  /* "cuda:0" */
    char name[TORCH_TEXT];            /* "NVIDIA H100 80GB HBM3" */
    char instructions[16];            /* "sm_90" */
    uint64_t free_bytes, total_bytes; /* of its memory, now */
} torch_facts;

typedef struct torch_wish {
    int32_t ordinal;             /* of the GPU; -1: the processor */
    uint64_t budget;             /* bytes of a GPU's memory that weights and runs may take; 0: all there is */
    uint64_t reserve;            /* bytes taken at once, so that later runs find them; 0: none */
    int32_t patience_ms;         /* until a GPU that does not answer counts as hung */
    const net_device_table *own; /* kernels of this library for that GPU; may be NULL */
    bool own_in_float; /* in float32, too, where they round a little more than libtorch's: for tests */
} torch_wish;

typedef struct torch_table {
    uint32_t abi, size; /* TORCH_ABI and sizeof(torch_table) */

    /* Is libtorch the version that the plug-in was made for? text: "libtorch 1.13.1". */
    inspyr_status (*check)(char text[TORCH_TEXT], inspyr_error *error);

    /* GPUs that libtorch sees; 0 and the reason where there are none. */
    int32_t (*count)(char reason[TORCH_TEXT]);
    inspyr_status (*facts)(torch_facts *out, int32_t ordinal, inspyr_error *error);

    /* Looks for capability and free memory, and reads no weights. INSPYR_ERR_DEVICE where it does not do. */
    inspyr_status (*open)(engine_device **out, const torch_wish *wish, inspyr_error *error);
    void (*close)(engine_device *device); /* accepts NULL; everything on it has been freed */
    const engine_kind *(*engine)(const engine_device *device);
    const torch_facts *(*opened)(const engine_device *device);

    /* Gives back what libtorch keeps of a GPU's memory. */
    void (*trim)(engine_device *device);
    /* An error after which nothing works there any more, or a hang: NULL, or its text. */
    const char *(*failure)(const engine_device *device);
} torch_table;

#endif
