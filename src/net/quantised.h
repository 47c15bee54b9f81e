/* quantised.h - weight files of int8: which convolutions are, what their inputs range over, and how far the
 * file's mattes are from the exact ones.
 *
 * A kernel NAME of type I8 stands beside NAME.scale, F32 [out], positive: the numbers are those of the file's
 * tensor times the scale of their output channel, before a batch norm is folded in, which keeps them whole.
 * NAME.range, F32 [2], may stand beside the kernel of a node's first part: lowest and highest input, around
 * zero. Kernels that are not I8 stay as they are. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_QUANTISED_H
#define INSPYR_NET_QUANTISED_H

#include "net/weights.h"

/* Metadata: {"version":1,"alpha_error":...,"mask_error":...,"iou_change":...,"bound":...,"pictures":...}; files
 * made before it was measured have no iou_change */
#define QUANTISED_KEY "int8"
#define QUANTISED_VERSION 1

#define QUANTISED_SCALE ".scale"
#define QUANTISED_RANGE ".range"

/* Of mean |alpha difference| from the exact network on the calibration's pictures, and of the mean change of
 * the IoU: files over it are not used as int8. */
#define QUANTISED_BOUND 0.005

typedef struct quantised_file {
    bool is;            /* does the file hold int8 at all? The rest is zero if not */
    double alpha_error; /* mean |alpha - exact alpha| on the pictures of the calibration */
    double mask_error;  /* 1 - intersection over union of both mattes' masks, over all pictures */
    double iou_change;  /* 1 - that of a picture, mean over the pictures; 0 if the file does not say */
    double bound;       /* of alpha_error, that the maker of the file asked for */
    int32_t pictures;
} quantised_file;

/* So many significant digits, at least 4, show an error and the bound that it is over as two numbers. */
int quantised_digits(double measured, double bound);

/* What the file says of itself; INSPYR_ERR_WEIGHTS if tensors of int8 and metadata do not go together. */
inspyr_status quantised_read(quantised_file *out, const weights *w, inspyr_error *error);

/* Is it a dense convolution with at least 16 inputs, in slices of whole fours: so many bytes, or two of bf16,
 * are a word, and none may begin or end within one? Fewer inputs are a picture's channels or SICA's maps:
 * nothing to gain, and all to lose. Vectors of sums are too few. */
bool quantised_in_words(const plan *p, const plan_node *node);

/* Can the node's products be made in int8? Of dense convolutions with at least 16 inputs, in slices of whole
 * fours, that make no logit. */
bool quantised_possible(const plan *p, const plan_node *node);

/* The kernel of a part of a convolution's weights; NULL: there is none. */
const weights_tensor *quantised_kernel(const weights *w, const plan_weights *unit, int32_t part);

/* What a row of a kernel is divided by to become bytes: that of +-127 for its largest number. */
float quantised_factor(const float *row, size_t count);

/* How an input becomes a byte: q = round(x * inverse) + zero, kept within 0..255; x is then (q - zero) * scale.
 */
typedef struct quantised_step {
    float scale, inverse;
    int32_t zero;
} quantised_step;

/* Over low <= 0 <= high; zero is a step of its own, so that padding is exact. */
quantised_step quantised_step_of(float low, float high);

#endif
