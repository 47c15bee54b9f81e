/* weights.h - tensors by name, read in place from the bytes of a safetensors file.
 *
 * Everything the header of the file says is checked before it is believed: bounded size, tensors that tile
 * the data exactly, known types, no name twice. Layer 3 (net). Threads: immutable once open. */
#ifndef INSPYR_NET_WEIGHTS_H
#define INSPYR_NET_WEIGHTS_H

#include "net/plan.h"

#define WEIGHTS_DIMENSIONS 4

/* I64 is no weight: training leaves counters of that type behind, which weights_match() ignores. */
typedef enum weights_type { WEIGHTS_F32, WEIGHTS_F16, WEIGHTS_BF16, WEIGHTS_I64 } weights_type;

typedef struct weights_tensor {
    const char *name; /* printable, at most 191 bytes */
    weights_type type;
    int32_t dimensions;
    int64_t shape[WEIGHTS_DIMENSIONS];
    size_t count;     /* of numbers */
    const void *data; /* little endian, not aligned */
} weights_tensor;

typedef struct weights weights;

/* The bytes are borrowed until weights_free(). */
inspyr_status weights_open(weights **out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                           inspyr_error *error);
void weights_free(weights *w);

/* Text of the file's metadata; NULL if there is none of that key. Lives as long as the weights. */
const char *weights_metadata(const weights *w, const char *key);

/* The index-th text in the order of the keys, and its key; NULL behind the last one. */
const char *weights_metadata_at(const weights *w, int32_t index, const char **key);

/* In the order of their names. */
int32_t weights_count(const weights *w);
const weights_tensor *weights_at(const weights *w, int32_t index);

/* NULL if there is no such tensor. */
const weights_tensor *weights_find(const weights *w, const char *name);

/* All numbers as float32. */
void weights_widen(float *out, const weights_tensor *tensor);

/* Does the file hold exactly the tensors that the plan names, in the right shapes? The message lists the
 * first few that are missing, misshapen or surplus, and counts the rest. */
inspyr_status weights_match(const weights *w, const plan *p, inspyr_error *error);

/* Kernel [out][in][kh][kw] and bias [out] (zeros where there is none) of plan.weights[index], parts stacked,
 * norms folded, scales applied. For scalars: kernel receives one number per part and bias is not touched.
 * weights_match() has passed. */
void weights_unit(const weights *w, const plan *p, int32_t index, float *kernel, float *bias);

#endif
