/* weights.h - tensors by name, read in place from the bytes of a safetensors file or a checkpoint of PyTorch.
 *
 * Everything the file says about itself is checked before it is believed: bounded sizes, known types, no name
 * twice; tensors that tile the data exactly (safetensors) or lie within members of the archive that lie nowhere
 * over each other (.pth). Nothing in a checkpoint is ever executed. Layer 3 (net). Threads: immutable once
 * open. */
#ifndef INSPYR_NET_WEIGHTS_H
#define INSPYR_NET_WEIGHTS_H

#include "net/plan.h"

#define WEIGHTS_DIMENSIONS 4

/* A weight file may be this large: eight times the largest member of the family in float32. */
#define WEIGHTS_FILE_MAX (size_t)3000000000

/* I64 is no weight: training leaves counters of that type behind, which weights_match() ignores. I8 is a kernel
 * that has its scales beside it: quantised.h. */
typedef enum weights_type { WEIGHTS_F32, WEIGHTS_F16, WEIGHTS_BF16, WEIGHTS_I64, WEIGHTS_I8 } weights_type;

typedef struct weights_tensor {
    const char *name; /* printable, at most 191 bytes */
    weights_type type;
    int32_t dimensions;
    int64_t shape[WEIGHTS_DIMENSIONS];
    size_t count;     /* of numbers */
    const void *data; /* little endian, not aligned */
} weights_tensor;

/* Bytes of one number. */
size_t weights_width(weights_type type);

typedef struct weights weights;

/* The content tells a .pth from a safetensors file. The bytes are borrowed until weights_free(). */
inspyr_status weights_open(weights **out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                           inspyr_error *error);
void weights_free(weights *w);

/* The bytes are those of a mapped file: the memory of what has been read is given up at once, so that packed
 * weights and file are not in memory together. */
void weights_are_mapped(weights *w, bool mapped);

/* The numbers of a tensor have been read and are not needed soon. */
void weights_done(const weights *w, const weights_tensor *tensor);

/* Holds the data of all tensors against the checksums of the archive, on all threads of the pool (NULL: this
 * one). Opening does not: it reads a checkpoint's directory alone. A safetensors file has no checksums. */
inspyr_status weights_check_data(const weights *w, inspyr_pool *pool, inspyr_error *error);

/* "safetensors" or "pth". */
const char *weights_container(const weights *w);

/* Differs between files that differ in a tensor, and can name what was made of one. A checkpoint's directory
 * has checksums of everything, so only that is read; of a safetensors file, all is. For finding things again:
 * it is no defence against somebody who makes two files alike. */
#define WEIGHTS_DIGEST 32
void weights_digest(const weights *w, unsigned char out[WEIGHTS_DIGEST]);

/* Text of the file's metadata; NULL if there is none of that key, and in a .pth. Lives as long as the weights.
 */
const char *weights_metadata(const weights *w, const char *key);

/* The index-th text in the order of the keys, and its key; NULL behind the last one. */
const char *weights_metadata_at(const weights *w, int32_t index, const char **key);

/* In the order of their names. */
int32_t weights_count(const weights *w);
const weights_tensor *weights_at(const weights *w, int32_t index);

/* NULL if there is no such tensor. */
const weights_tensor *weights_find(const weights *w, const char *name);

/* All numbers as float32; those of I8 without their scales. */
void weights_widen(float *out, const weights_tensor *tensor);

/* Does the file hold exactly the tensors that the plan names, in the right shapes? The message lists the
 * first few that are missing, misshapen or surplus, and counts the rest. */
inspyr_status weights_match(const weights *w, const plan *p, inspyr_error *error);

/* Is a number neither infinite nor NaN? Networks swallow those in a maximum, and go on with nonsense. */
bool weights_finite(const float *numbers, size_t count);

/* Kernel [out][in][kh][kw] and bias [out] (zeros where there is none) of plan.weights[index], parts stacked,
 * norms folded, scales applied. Vectors: kernel [out]. Windows: kernel [kh][kw][heads]. Scalars: kernel
 * receives one number per part and bias is not touched. weights_match() has passed. */
void weights_unit(const weights *w, const plan *p, int32_t index, float *kernel, float *bias);

/* How a file wants a unit's products made in int8. */
typedef struct quantised_unit {
    bool ranged;     /* otherwise ranges are those of each pixel */
    float low, high; /* of the inputs: low <= 0 <= high, low < high */
} quantised_unit;

/* May the unit be int8? false: the file keeps some part of it in more bits; a file without any int8 keeps
 * nothing and knows no ranges. weights_match() has passed. */
bool weights_quantised(const weights *w, const plan *p, int32_t index, quantised_unit *out);

#endif
