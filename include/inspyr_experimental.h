/* inspyr_experimental.h - what the inspyr command needs and callers must not rely on.
 *
 * Outside the ABI promise: anything here may change or go in any version. */
#ifndef INSPYR_EXPERIMENTAL_H
#define INSPYR_EXPERIMENTAL_H

#include "inspyr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How well a matte fits a mask. Higher is better except mae. */
typedef struct inspyr_measures {
    size_t struct_size;  /* set by inspyr_measures_init(); the library fills at most this much */
    double iou;          /* intersection over union of matte > 0.5 and the mask; 1 if both are empty */
    double mae;          /* mean |matte - mask| */
    double s_measure;    /* structure measure, alpha = 0.5 (Fan et al. 2017); matte stretched to 0..1 */
    double mba;          /* mean boundary accuracy (Cheng et al. 2020); NaN if the mask has no boundary */
    double f_curve[256]; /* F-measure, beta^2 = 0.3, at stretched matte >= k/255; mean the curves, then take the
                            maximum */
} inspyr_measures;
INSPYR_SIZED(inspyr_measures)

/* matte: GREYF32. mask: GREY8, 0 background, 255 subject, 128 left out of every measure. Sizes are equal. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_measure(inspyr_measures *out, const inspyr_view *matte,
                                                     const inspyr_view *mask, inspyr_error *error);

/* How far a matte is from a known alpha; lower is better. The four errors of Rhemann et al. 2009, "A
 * perceptually motivated online benchmark for image matting", over the whole picture. */
typedef struct inspyr_alpha_measures {
    size_t struct_size; /* set by inspyr_alpha_measures_init(); the library fills at most this much */
    double sad;         /* sum of |matte - alpha| / 1000 */
    double mse;         /* mean (matte - alpha)^2 */
    double gradient; /* sum of squared differences of gradients' lengths / 1000; first derivatives of Gaussians
                        of 1.4 pixels, 9 x 9, of unit energy */
    double connectivity; /* sum of |differences of connectedness| / 1000: steps of 0.1, theta 0.15, four
                            neighbours */
} inspyr_alpha_measures;
INSPYR_SIZED(inspyr_alpha_measures)

/* matte: GREYF32, cut off at 0 and 1. alpha: GREY8. Sizes are equal. Scratch memory: 20 bytes a pixel. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_measure_alpha(inspyr_alpha_measures *out, const inspyr_view *matte,
                                                           const inspyr_view *alpha, inspyr_error *error);

/* Takes the next bytes of a file that is being made, on the thread that made the call. Returns 0 to go on;
 * anything else ends the call with INSPYR_ERR_CANCELLED. */
typedef int inspyr_write_fn(void *user, const void *bytes, size_t size);

typedef struct inspyr_convert_options {
    size_t struct_size;                /* set by inspyr_convert_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    const inspyr_allocator *allocator; /* for the time of the call; NULL: the C library's */
    inspyr_precision precision; /* 0 and EXACT: numbers as they are stored; BF16: rounded to nearest even */
    int32_t base_width, base_height; /* network input the weights were trained with; 0: what the file says */
    int32_t blend_size;              /* 0: as the file says, -1: never; as in inspyr_load_options */
    const char *name, *version;      /* NULL: as the file says, as all below */
    const char *licence;
    const char *source_sha256; /* of the source, for the record; one that the file has from before is kept */
} inspyr_convert_options;
INSPYR_SIZED(inspyr_convert_options)

/* Writes a weight file as a safetensors file that says by itself what it is, tensors in the order of their
 * names. source: as in inspyr_model_load(), but not NULL. Whether the tensors fit the network is checked first;
 * what training left behind (tensors of integers) is left out. Memory: a few MiB, whatever the file's size. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_convert(const char *source, const inspyr_convert_options *options,
                                                     inspyr_write_fn *write, void *user, inspyr_error *error);

typedef struct inspyr_bench_options {
    size_t struct_size;                    /* set by inspyr_bench_options_init() */
    uint64_t flags;                        /* zero; unknown bits are refused */
    int32_t network_width, network_height; /* 0: the model's base size */
    int32_t batch;                         /* pictures in a pass; 0: 1 */
    int32_t repeat;                        /* passes timed, 1 to 1000; 0: 7 */
} inspyr_bench_options;
INSPYR_SIZED(inspyr_bench_options)

#define INSPYR_BENCH_GROUPS 64

/* How long passes of a network take, and where the time goes. A multiply-accumulate counts as two operations.
 */
typedef struct inspyr_bench_result {
    size_t struct_size; /* set by inspyr_bench_result_init(); the library fills at most this much */
    double compile_ms;  /* making room for a pass, and its first run, which touches that room: */
    double first_ms;    /* warming up is both */
    double pass_ms;     /* median */
    double fastest_ms, slowest_ms;
    double operations;  /* of one pass: convolutions and attention */
    double ceiling;     /* operations per second of matrices in the first-level cache, in numbers of the model's
                           precision, on as many threads; 0: not known for this engine */
    double profiled_ms; /* mean pass of those that were timed layer by layer */
    uint64_t pass_bytes;   /* memory of a pass, pictures and results included, weights not */
    uint64_t peak_bytes;   /* the most that the whole process ever had resident */
    uint64_t first_faults; /* pages that compiling and the first pass asked the system for */
    uint64_t faults;       /* and all timed passes together */
    int32_t network_width, network_height, batch, threads;
    int32_t repeat, groups; /* of layers, in the order of the network */
    char group[INSPYR_BENCH_GROUPS][32];
    double group_ms[INSPYR_BENCH_GROUPS]; /* of profiled_ms, mean of the threads; what is missing is waiting */
    double group_operations[INSPYR_BENCH_GROUPS];
} inspyr_bench_result;
INSPYR_SIZED(inspyr_bench_result)

/* Runs a network on a grey picture. Takes repeat + 5 passes and another quarter of a second, and frees the
 * passes that wait in the model first. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_bench(inspyr_model *model, const inspyr_bench_options *options,
                                                   inspyr_bench_result *result, inspyr_error *error);

typedef struct inspyr_quantise_options {
    size_t struct_size;                     /* set by inspyr_quantise_options_init() */
    uint64_t flags;                         /* zero; unknown bits are refused */
    const inspyr_allocator *allocator;      /* for the time of the call; NULL: the C library's */
    inspyr_pool *pool;                      /* NULL: the calling thread */
    const inspyr_convert_options *describe; /* what the new file says of itself; NULL: as the source. Its
                                               precision must be 0 */
    double bound; /* of alpha_error below, over 0 to 1; 0: 0.005, over which the library uses no file as int8 */
    inspyr_progress_fn *progress; /* may be NULL */
    void *progress_user;
    inspyr_log_fn *log; /* may be NULL; hears what is measured, and what is kept in more bits and why */
    void *log_user;
    double iou_bound; /* of iou_change below, over 0 to 1; 0: it may be anything */
} inspyr_quantise_options;
INSPYR_SIZED(inspyr_quantise_options)

typedef struct inspyr_quantise_report {
    size_t struct_size;     /* set by inspyr_quantise_report_init(); the library fills at most this much */
    double alpha_error;     /* mean |alpha - exact alpha|, at network size */
    double mask_error;      /* 1 - intersection over union of both mattes over 0.5, all pictures together */
    double first_error;     /* alpha_error with nothing kept in more bits */
    uint64_t bytes;         /* of the new file */
    uint64_t float32_bytes; /* of the same weights in float32 */
    int32_t pictures;
    int32_t convolutions; /* that can be int8 */
    int32_t kept;         /* of them in bf16 */
    int32_t dynamic;      /* of them in int8 with a range for each pixel */
    double iou_change; /* 1 - intersection over union of both mattes over 0.5, mean over the pictures; 0 for one
                          in which both are empty */
} inspyr_quantise_report;
INSPYR_SIZED(inspyr_quantise_report)

/* Writes a weight file whose convolutions are int8: kernels in bytes with a scale for each output channel, and
 * the ranges of their inputs as they are on `count` pictures (paths; decoded as inspyr_image_decode() does by
 * default). Convolutions that err most are kept in bf16, as far as the file has at most 0.3 times the bytes of
 * float32. The errors are measured on the same pictures, with the bytes that are about to be written; if
 * alpha_error or iou_change is over its bound, nothing is written: INSPYR_ERR_WEIGHTS with the figure. The same
 * pictures give the same bytes. report: may be NULL; filled as far as the call got. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_quantise(const char *source, const char *const *pictures,
                                                      size_t count, const inspyr_quantise_options *options,
                                                      inspyr_write_fn *write, void *user,
                                                      inspyr_quantise_report *report, inspyr_error *error);

/* All that inspyr-decode does: serves the process at the other end of a socket (inspyr_sandbox_open()) until
 * that is closed. Afterwards this process can do nothing but end: with the status returned, through _exit(). */
INSPYR_API int inspyr_sandbox_serve(int socket);

#ifdef __cplusplus
}
#endif
#endif
