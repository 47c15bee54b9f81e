/* inspyr.h - cut out the subject of a picture.
 *
 * A whole program: a picture on standard input, its subject as PNG on standard output.
 *
 *     #include <inspyr.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         static unsigned char file[32 << 20];
 *         size_t size = fread(file, 1, sizeof file, stdin);
 *         inspyr_model *model = NULL;
 *         inspyr_image *photo = NULL, *cutout = NULL;
 *         inspyr_bytes png = { NULL, 0, NULL, NULL };
 *         inspyr_error error;
 *         inspyr_view view;
 *
 *         inspyr_status status = inspyr_model_load(&model, NULL, NULL, &error);
 *         if (!status)
 *             status = inspyr_image_decode(&photo, file, size, NULL, &error);
 *         if (!status) {
 *             inspyr_image_view(photo, &view);
 *             status = inspyr_remove_background(&cutout, model, &view, NULL, &error);
 *         }
 *         if (!status) {
 *             inspyr_image_view(cutout, &view);
 *             status = inspyr_image_encode(&png, &view, NULL, &error);
 *         }
 *         if (status)
 *             fprintf(stderr, "%s\n", error.message);
 *         else
 *             fwrite(png.data, 1, png.size, stdout);
 *         inspyr_bytes_free(&png);
 *         inspyr_image_free(cutout);
 *         inspyr_image_free(photo);
 *         inspyr_model_free(model);
 *         return status != INSPYR_OK;
 *     }
 *
 * What is not in this file and in inspyr_cache.h is not part of the library.
 *
 * Conventions. Every function that can fail returns an inspyr_status and takes an inspyr_error last, which
 * may be NULL. Out parameters come first and are cleared before anything else happens. Structs that start
 * with struct_size are set up with their inline _init() function; in them, zero means the default. Whatever
 * `load`, `open`, `decode`, `remove_background`, `apply_effects` or `encode` handed out is given back with the
 * matching `free`, which accepts NULL. The library prints nothing, installs no signal handlers, keeps no
 * mutable global state, starts no thread except those of pools, caches and contexts, and never ends the
 * process.
 *
 * Threads. One word above each type: `shared` (any number of threads at once), `single` (one thread at a
 * time), `value` (a plain struct; all that start with struct_size are). After a fork, calls in the child that
 * are given a handle of the parent return INSPYR_ERR_FORKED; `free` is allowed there. */
#ifndef INSPYR_H
#define INSPYR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ------------------------------------------------------------------------------------------ */

#define INSPYR_VERSION_MAJOR 0
#define INSPYR_VERSION_MINOR 2
#define INSPYR_VERSION_PATCH 0

#if defined(__GNUC__)
#define INSPYR_API __attribute__((visibility("default")))
#define INSPYR_CHECK __attribute__((warn_unused_result))
#else
#define INSPYR_API
#define INSPYR_CHECK
#endif

/* The version of the library that is running, "0.2.0". Static text. */
INSPYR_API const char *inspyr_version(void);

/* What was compiled in, as words separated by blanks: "builtin plain jpeg png webp pnm build=1a2b3c4".
 * Static text; words may be added in any version. */
INSPYR_API const char *inspyr_features(void);

/* ---- Status ------------------------------------------------------------------------------------------- */

/* Grouped by stage; a value is never reused. */
#define INSPYR_STATUS_LIST(X)                                                                                  \
    X(OK, 0, "success")                                                                                        \
    X(ERR_ARGUMENT, -1, "an argument is out of range")                                                         \
    X(ERR_MEMORY, -2, "out of memory")                                                                         \
    X(ERR_UNSUPPORTED, -3, "not in this build or this version")                                                \
    X(ERR_CANCELLED, -4, "ended by the progress callback")                                                     \
    X(ERR_FORKED, -5, "the handle belongs to the parent process")                                              \
    X(ERR_THREAD, -6, "a thread could not be started")                                                         \
    X(ERR_INTERNAL, -9, "a promise of the library to itself was broken")                                       \
    X(ERR_IMAGE, -20, "the image is damaged")                                                                  \
    X(ERR_IMAGE_FORMAT, -21, "the image format is unknown or not in this build")                               \
    X(ERR_LIMIT, -22, "the image is larger than the limits allow")                                             \
    X(ERR_ENCODE, -23, "the image does not fit the file format")                                               \
    X(ERR_FILE, -40, "the file cannot be read")                                                                \
    X(ERR_WEIGHTS, -41, "the weights are damaged or do not fit the network")                                   \
    X(ERR_DEVICE, -60, "the device is unknown or unusable")                                                    \
    X(ERR_DEVICE_MEMORY, -61, "the device is out of memory")                                                   \
    X(ERR_TIMEOUT, -80, "the time to wait is over")                                                            \
    X(ERR_DEADLINE, -81, "the deadline has passed")                                                            \
    X(ERR_OVERLOAD, -82, "too much is waiting already")                                                        \
    X(ERR_NOT_READY, -83, "not there, or not yet")

typedef enum inspyr_status {
#define INSPYR_STATUS_ENUM(name, value, text) INSPYR_##name = value,
    INSPYR_STATUS_LIST(INSPYR_STATUS_ENUM)
#undef INSPYR_STATUS_ENUM
        INSPYR_STATUS_FORCE32 = 0x7fffffff
} inspyr_status;

/* The text of a status in the list above; "unknown status" for any other number. Static text. */
INSPYR_API const char *inspyr_status_text(inspyr_status status);

/* The name of a status in the list above, "ERR_IMAGE"; "UNKNOWN" for any other number. Static text. */
INSPYR_API const char *inspyr_status_name(inspyr_status status);

/* What went wrong, in a struct that the caller owns. Frozen: 256 bytes for ever. Threads: value. */
typedef struct inspyr_error {
    inspyr_status status;
    char message[252]; /* one line without a newline, always terminated; "" after success */
} inspyr_error;

/* Declares the function that clears a sized struct and enters the size that the *caller* was compiled with. */
#define INSPYR_SIZED(type)                                                                                     \
    static inline void type##_init(type *it)                                                                   \
    {                                                                                                          \
        memset(it, 0, sizeof *it);                                                                             \
        it->struct_size = sizeof *it;                                                                          \
    }

/* ---- Memory and log hooks, each belonging to one object ------------------------------------------------ */

/* Memory for one object and all it makes. Both functions are called from any thread that uses the object.
 * Not covered: what the codec libraries and the C library allocate for themselves. Frozen. Threads: value. */
typedef struct inspyr_allocator {
    void *(*allocate)(void *user, size_t size, size_t alignment); /* alignment: a power of two, at most 64 */
    void (*release)(void *user, void *memory);                    /* never called with NULL */
    void *user;
    void *reserved; /* NULL */
} inspyr_allocator;

typedef enum inspyr_log_level {
    INSPYR_LOG_ERROR = 1,
    INSPYR_LOG_WARNING = 2,
    INSPYR_LOG_INFO = 3,
    INSPYR_LOG_DEBUG = 4,
    INSPYR_LOG_FORCE32 = 0x7fffffff
} inspyr_log_level;

/* Receives one finished line without a newline, on whichever thread had something to say. */
typedef void inspyr_log_fn(void *user, inspyr_log_level level, const char *line);

/* ---- Views: other people's pixels ---------------------------------------------------------------------- */

typedef enum inspyr_format {
    INSPYR_RGBA8 = 1,   /* 4 bytes a pixel, straight (not premultiplied) alpha */
    INSPYR_RGB8 = 2,    /* 3 bytes */
    INSPYR_BGRA8 = 3,   /* 4 bytes, straight alpha */
    INSPYR_BGR8 = 4,    /* 3 bytes */
    INSPYR_GREY8 = 5,   /* 1 byte */
    INSPYR_GREY16 = 6,  /* 2 bytes, native byte order; planes of alpha only */
    INSPYR_GREYF32 = 7, /* 4 bytes, 0..1; planes of alpha only */
    INSPYR_FORMAT_FORCE32 = 0x7fffffff
} inspyr_format;

/* Pixels that somebody else owns. Frozen: 32 bytes for ever. Threads: value. */
typedef struct inspyr_view {
    void *data;            /* first byte of the top row; aligned for the format's samples */
    int64_t stride;        /* bytes from one row to the next; negative walks upwards */
    int32_t width, height; /* pixels, at least 1 */
    inspyr_format format;
    uint32_t reserved; /* zero */
} inspyr_view;

/* Bytes that the library or a hook hands over, with the way to give them back. Frozen. Threads: value. */
typedef struct inspyr_bytes {
    void *data;
    size_t size;
    void (*release)(void *owner); /* may be NULL: nothing to give back */
    void *owner;
} inspyr_bytes;

/* Gives the bytes back and clears the struct. NULL and cleared structs are fine. */
INSPYR_API void inspyr_bytes_free(inspyr_bytes *bytes);

/* ---- Pool: threads, made and owned by the caller -------------------------------------------------------- */

/* Threads that several models and calls may share. Where a pool is asked for, NULL means the calling thread
 * alone. Results do not depend on the pool. Threads: shared. */
typedef struct inspyr_pool inspyr_pool;

typedef struct inspyr_pool_options {
    size_t struct_size;                /* set by inspyr_pool_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
} inspyr_pool_options;
INSPYR_SIZED(inspyr_pool_options)

/* Starts width - 1 threads; the thread that calls a function with the pool is the last one.
 * width: 1..256, or 0 for one per processor this process may use. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_pool_open(inspyr_pool **out, int32_t width,
                                                       const inspyr_pool_options *options, inspyr_error *error);

/* The number of threads that work on one call; 1 for NULL. */
INSPYR_API int32_t inspyr_pool_width(const inspyr_pool *pool);

/* Waits for the threads to end. Every object that was given the pool must have been freed before. */
INSPYR_API void inspyr_pool_free(inspyr_pool *pool);

/* ---- Progress ------------------------------------------------------------------------------------------- */

typedef enum inspyr_state {
    INSPYR_STATE_COLD = 0,    /* nothing loaded yet */
    INSPYR_STATE_LOADING = 1, /* weights are being read and packed */
    INSPYR_STATE_WARMING = 2, /* a warm-up is running; requests are served meanwhile */
    INSPYR_STATE_READY = 3,
    INSPYR_STATE_DEGRADED = 4, /* works, but on another device or precision than was asked for */
    INSPYR_STATE_DRAINING = 5, /* finishes what it has and takes nothing new */
    INSPYR_STATE_FAILED = 6,
    INSPYR_STATE_FORCE32 = 0x7fffffff
} inspyr_state;

typedef enum inspyr_stage {
    INSPYR_STAGE_LOAD = 0,    /* reading and packing weights */
    INSPYR_STAGE_PREPARE = 1, /* picture to network input */
    INSPYR_STAGE_NETWORK = 2,
    INSPYR_STAGE_MATTE = 3,   /* logits to alpha at the picture's size */
    INSPYR_STAGE_COMPOSE = 4, /* foreground colours and the result's pixels */
    INSPYR_STAGE_EFFECTS = 5, /* Since 0.2 */
    INSPYR_STAGE_FORCE32 = 0x7fffffff
} inspyr_stage;

typedef struct inspyr_progress {
    size_t struct_size; /* set by the library */
    inspyr_state state;
    inspyr_stage stage;
    float fraction; /* 0..1 of the whole call; never goes back */
    uint32_t reserved;
} inspyr_progress;

/* Called on the thread that made the call, at least once per stage. Returns 0 to go on; anything else ends
 * the call with INSPYR_ERR_CANCELLED. */
typedef int inspyr_progress_fn(void *user, const inspyr_progress *progress);

/* ---- Images: decode ------------------------------------------------------------------------------------- */

/* Pixels that the library owns: rows of a fixed stride, top row first. Threads: shared. Immutable. */
typedef struct inspyr_image inspyr_image;

typedef enum inspyr_file {
    INSPYR_FILE_PNG = 0,
    INSPYR_FILE_JPEG = 1,
    INSPYR_FILE_WEBP = 2,
    INSPYR_FILE_PAM = 3,  /* decoding: PAM, PPM, PGM and PBM */
    INSPYR_FILE_HEIF = 4, /* Since 0.2. HEIC and AVIF, decoding only */
    INSPYR_FILE_FORCE32 = 0x7fffffff
} inspyr_file;

/* inspyr_decode_options.flags */
#define INSPYR_DECODE_AS_STORED UINT64_C(1)     /* ignore the EXIF orientation */
#define INSPYR_DECODE_PALETTE_INDEX UINT64_C(2) /* palette PNG: GREY8 of palette indices; others as ever */
/* Since 0.2: */
#define INSPYR_DECODE_SHRINK                                                                                   \
    UINT64_C(4) /* what is over max_pixels or max_side, up to 400 million pixels, is shrunk while it is read   \
                   instead of refused; not interlaced PNG, WebP with alpha or without loss, and HEIF */
#define INSPYR_DECODE_HEIF UINT64_C(8) /* HEIC and AVIF too, where the build has them; else unknown formats */

/* How a file was read. Since 0.2. */
typedef struct inspyr_decode_report {
    size_t struct_size; /* set by inspyr_decode_report_init(); the library fills at most this much */
    int32_t stored_width, stored_height; /* before it was turned and shrunk */
    inspyr_file file;
    int32_t orientation; /* as in inspyr_probe */
    int32_t shrunk;      /* 1: by INSPYR_DECODE_SHRINK */
    int32_t warnings;    /* damage that was passed over, up to 100 times; more refuses the file */
    char warning[160];   /* the first one; "" for none */
} inspyr_decode_report;
INSPYR_SIZED(inspyr_decode_report)

/* Processes that decode pictures and can do nothing else. Since 0.2. Threads: shared. */
typedef struct inspyr_sandbox inspyr_sandbox;

typedef struct inspyr_decode_options {
    size_t struct_size;                /* set by inspyr_decode_options_init() */
    uint64_t flags;                    /* INSPYR_DECODE_*; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied into the image; NULL: the C library's */
    uint64_t max_bytes;                /* of the file; 0: 32 MiB */
    uint64_t max_pixels;               /* 0: 50 000 000 */
    int32_t max_side;                  /* pixels; 0: 32 767 */
    inspyr_format format;              /* RGBA8, RGB8 or GREY8; 0: RGBA8 if the file has alpha, else RGB8 */
    inspyr_decode_report *report;      /* Since 0.2, as below. May be NULL */
    inspyr_sandbox *sandbox;           /* decodes there; NULL: in the calling thread */
} inspyr_decode_options;
INSPYR_SIZED(inspyr_decode_options)

/* Decodes JPEG, PNG, WebP or PNM, told apart by content, and turns the picture upright as EXIF says. Colours
 * stay as stored: inspyr_image_profile() says what they mean. 16-bit samples are rounded to 8. The header is
 * held against the limits before pixels are allocated. Damaged files: INSPYR_ERR_IMAGE; truncated JPEGs too. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_image_decode(inspyr_image **out, const void *bytes, size_t size,
                                                          const inspyr_decode_options *options,
                                                          inspyr_error *error);

typedef struct inspyr_probe {
    size_t struct_size;    /* set by inspyr_probe_init(); the library fills at most this much */
    int32_t width, height; /* upright, as inspyr_image_decode() gives them */
    inspyr_file file;
    int32_t orientation; /* EXIF: 1..8; 1 where the file says nothing */
    int32_t has_alpha;   /* 1: some kind of transparency is declared */
    int32_t bits;        /* per sample, as stored */
} inspyr_probe;
INSPYR_SIZED(inspyr_probe)

/* Reads no pixels, but what says the orientation, which in a PNG may stand behind them: one that is cut off is
 * refused. No limits apply. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_image_probe(inspyr_probe *out, const void *bytes, size_t size,
                                                         inspyr_error *error);

/* Fills a view of the image's pixels, valid until the image is freed. NULL for image: a view of zeros. */
INSPYR_API void inspyr_image_view(const inspyr_image *image, inspyr_view *out);

/* Since 0.2. The ICC profile of a decoded image's colours, to be handed to cut-outs and encoders; it stays the
 * image's and is valid until that is freed. No bytes where the file has none, or one of other colours than the
 * image's, or damaged. */
INSPYR_API void inspyr_image_profile(const inspyr_image *image, inspyr_bytes *out);

/* Since 0.2. A picture of separate planes: three or four GREY8 views of one size and any strides, in the order
 * red, green, blue, alpha, become RGB8 or RGBA8. allocator: copied into the image; NULL: the C library's. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_image_merge(inspyr_image **out, const inspyr_view *planes,
                                                         size_t n, const inspyr_allocator *allocator,
                                                         inspyr_error *error);

INSPYR_API void inspyr_image_free(inspyr_image *image);

/* inspyr_sandbox_options.flags */
#define INSPYR_SANDBOX_ONE_PICTURE UINT64_C(1) /* a new process for every picture */

typedef struct inspyr_sandbox_options {
    size_t struct_size;                /* set by inspyr_sandbox_options_init() */
    uint64_t flags;                    /* INSPYR_SANDBOX_*; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    const char *helper;  /* absolute path of inspyr-decode; NULL: looked for where plug-ins are (docs) */
    uint64_t max_memory; /* address space of a process, 64 MiB or more; 0: 2 GiB */
    int32_t deadline_ms; /* of a picture; 0: 10 000 */
    uint32_t reserved;   /* zero */
} inspyr_sandbox_options;
INSPYR_SIZED(inspyr_sandbox_options)

/* Since 0.2. Starts one process, which shows whether the system can: INSPYR_ERR_UNSUPPORTED and the reason.
 * Each call of inspyr_image_decode() at work has a process of its own; they stay for later calls. A decoder
 * that crashes, or does what it must not, fails with INSPYR_ERR_IMAGE, one that takes too long with
 * INSPYR_ERR_LIMIT, and nothing else happens to the caller. Linux on x86-64 and arm64 (inspyr_features():
 * sandbox). */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_sandbox_open(inspyr_sandbox **out,
                                                          const inspyr_sandbox_options *options,
                                                          inspyr_error *error);

INSPYR_API void inspyr_sandbox_free(inspyr_sandbox *sandbox);

/* ---- Model: load ---------------------------------------------------------------------------------------- */

/* A network with its weights, ready to run. Threads: shared. Immutable once loaded, but for its state. */
typedef struct inspyr_model inspyr_model;

typedef enum inspyr_precision {
    INSPYR_PRECISION_AUTO = 0,  /* the best the device has within its published bound */
    INSPYR_PRECISION_EXACT = 1, /* float32 */
    INSPYR_PRECISION_BF16 = 2,  /* Since 0.2, as those below */
    INSPYR_PRECISION_FP16 = 3,
    INSPYR_PRECISION_INT8 = 4,
    INSPYR_PRECISION_FORCE32 = 0x7fffffff
} inspyr_precision;

typedef enum inspyr_need {
    INSPYR_NEED_PREFERRED = 0, /* use it if it works, else the CPU, and say so in inspyr_model_info() */
    INSPYR_NEED_REQUIRED = 1,  /* fail with INSPYR_ERR_DEVICE if it does not work */
    INSPYR_NEED_FORBIDDEN = 2, /* any device but this one */
    INSPYR_NEED_FORCE32 = 0x7fffffff
} inspyr_need;

typedef struct inspyr_load_options {
    size_t struct_size; /* set by inspyr_load_options_init() */
    uint64_t flags;     /* zero; unknown bits are refused */
    const char *device; /* "cpu", "cuda" (the first GPU), "cuda:1"; NULL picks: the CPU */
    inspyr_precision precision;
    inspyr_need device_need;
    inspyr_pool *pool; /* used by load and by every call on the model; NULL: the calling thread */
    const inspyr_allocator *allocator; /* copied; for the model and all its results; NULL: the C library's */
    inspyr_progress_fn *progress;      /* may be NULL */
    void *progress_user;
    inspyr_log_fn *log; /* may be NULL; called for the model's lifetime */
    void *log_user;
    const void *bytes; /* a weight file in memory, read during the call; source must be NULL */
    size_t bytes_size;
    const char *engine;    /* Since 0.2, as all below. "plain", "onednn", "torch"; NULL or "auto" picks.
                              device_need is about    engine and precision, too, if they are named */
    const char *cache_dir; /* folder for packed weights, made if missing; NULL: nothing is written. Its files
                              are mapped: they may be removed, but not shortened, while a model is loaded */
    int32_t base_width,
        base_height; /* that the weights were trained for; 0: what the file says; height 0: square */
    int32_t
        blend_size; /* dynamic sizes over this are blended from two passes; 0: as the file says, -1: never */
    int32_t device_timeout_ms; /* of a GPU: a pass that takes longer counts as hung, and the device as lost;
                                  0: 20 s */
    uint64_t device_memory;    /* bytes of a GPU's memory that all models of this process may take; 0: all */
    uint64_t device_reserve;   /* bytes of it taken while loading, so that later passes find them; 0: none */
    uint64_t workspace_limit;  /* bytes that the network's passes may take; 0: no limit. Calls go in smaller
                                  batches then; where one picture needs more, INSPYR_ERR_MEMORY */
} inspyr_load_options;
INSPYR_SIZED(inspyr_load_options)

/* One engine on one device, as inspyr_load_options name them. */
typedef struct inspyr_device {
    size_t struct_size; /* set by inspyr_device_init(); the library fills at most this much */
    char engine[16];    /* "plain", "onednn", "torch" */
    char device[16];    /* "cpu", "cuda:0" */
    char name[96]; /* "NVIDIA H100 80GB HBM3"; of engines in plug-ins, what it is made of: "oneDNN 2.6.3" */
    char instructions[32];            /* "avx512", "sm_90" */
    char precisions[32];              /* "exact bf16 int8" */
    char reason[160];                 /* why it cannot be used; "" if it can */
    uint64_t free_bytes, total_bytes; /* of a GPU's memory, now; 0: the CPU */
} inspyr_device;
INSPYR_SIZED(inspyr_device)

/* Row `index`, from 0 on, of what a model can be loaded for; what cannot be used has a row and a reason, too.
 * After the last one: INSPYR_ERR_ARGUMENT. Since 0.2. Loads every plug-in that there is, that of libtorch for
 * half a second and 150 MB, and reads no weights. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_device_list(inspyr_device *out, size_t index, inspyr_error *error);

/* source: NULL for the built-in model, or the path of a safetensors file with an `architecture` entry, or of an
 * InSPyReNet checkpoint as torch.save() writes it (.pth). A checkpoint holds no base size: it is known for the
 * official files (by their digest) and must be given in the options for others.
 * Checks every tensor against the network, packs the weights and runs nothing. A file must not change while it
 * is read. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_model_load(inspyr_model **out, const char *source,
                                                        const inspyr_load_options *options,
                                                        inspyr_error *error);

/* What became of inspyr_load_options.cache_dir. */
typedef enum inspyr_cache_use {
    INSPYR_CACHE_OFF = 0,     /* none was named, or the model is built in */
    INSPYR_CACHE_HIT = 1,     /* packed weights came from it */
    INSPYR_CACHE_WRITTEN = 2, /* weights were packed, and are there next time */
    INSPYR_CACHE_FAILED = 3,  /* weights were packed and could not be written; the log has the reason */
    INSPYR_CACHE_FORCE32 = 0x7fffffff
} inspyr_cache_use;

/* inspyr_warmup_options.flags. Since 0.2: */
#define INSPYR_WARMUP_BLENDED                                                                                  \
    UINT64_C(1) /* as dynamic sizes of a network that blends; both sides over inspyr_info.blend_size */

typedef struct inspyr_warmup_options {
    size_t struct_size;                    /* set by inspyr_warmup_options_init() */
    uint64_t flags;                        /* INSPYR_WARMUP_*; unknown bits are refused */
    int32_t network_width, network_height; /* 0: the base size; else multiples of size_multiple, 32 to 4096 */
    int32_t batch;                         /* pictures per pass, 1..64; 0: 1 */
    int32_t concurrency;                   /* calls expected at the same time, 1..8; 0: 1 */
    inspyr_progress_fn *progress;          /* may be NULL */
    void *progress_user;
} inspyr_warmup_options;
INSPYR_SIZED(inspyr_warmup_options)

/* Runs the request path on an empty picture and keeps the memory, so that requests of the same network size and
 * number of pictures, blended or not, allocate nothing in the network. A model keeps the passes used last: as
 * many as the largest `concurrency` of a warm-up; more, up to 8, while all fit into 512 MiB. Optional. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_model_warmup(inspyr_model *model,
                                                          const inspyr_warmup_options *options,
                                                          inspyr_error *error);

/* Never waits. INSPYR_STATE_COLD for NULL. */
INSPYR_API inspyr_state inspyr_model_state(const inspyr_model *model);

/* The configuration in effect. Texts live as long as the model and are never NULL. */
typedef struct inspyr_info {
    size_t struct_size;               /* set by inspyr_info_init(); the library fills at most this much */
    const char *name;                 /* from the weight file: "nano" */
    const char *version;              /* from the weight file */
    const char *licence;              /* from the weight file */
    const char *architecture;         /* "inspyrenet/mobilenet_v2_deeplab_v3" */
    const char *engine;               /* "plain" */
    const char *device;               /* "cpu", "cuda:0" */
    const char *instructions;         /* "avx512", "avx2", "baseline", "sm_90" */
    const char *precision;            /* "exact" */
    const char *note;                 /* why the device or precision is not the one asked for; "" otherwise */
    const char *build;                /* of the library: version and source revision */
    uint64_t parameters;              /* numbers in the weight file, counters apart */
    uint64_t packed_bytes;            /* weights in memory */
    uint64_t workspace_bytes;         /* network memory held by this model now */
    int32_t base_width, base_height;  /* network input, pixels */
    int32_t size_multiple;            /* other network sizes must be multiples of this */
    int32_t pool_width;               /* threads */
    const char *container;            /* Since 0.2, as all below. "builtin", "safetensors" or "pth" */
    double read_ms, pack_ms, load_ms; /* of inspyr_model_load(): until the network is known, with looking into
                                         the cache; checking and packing the weights; all of it */
    inspyr_cache_use cache;
    int32_t blend_size; /* in effect; 0: pictures are never blended from two passes */
} inspyr_info;
INSPYR_SIZED(inspyr_info)

INSPYR_API INSPYR_CHECK inspyr_status inspyr_model_info(const inspyr_model *model, inspyr_info *out,
                                                        inspyr_error *error);

/* No call on the model may be running. Images made with it stay valid. */
INSPYR_API void inspyr_model_free(inspyr_model *model);

/* ---- Matte and cut-out ----------------------------------------------------------------------------------- */

/* How a call went. Times are wall-clock milliseconds. */
typedef struct inspyr_report {
    size_t struct_size;   /* set by inspyr_report_init(); the library fills at most this much */
    double prepare_ms;    /* picture to network input */
    double network_ms;    /* divided by the number of pictures in the pass */
    double matte_ms;      /* logits to alpha at the picture's size; with INSPYR_COMPAT the map, too */
    double foreground_ms; /* foreground colours; 0 where none were needed */
    double compose_ms;
    double total_ms;
    uint64_t result_bytes;      /* memory of the result's pixels */
    uint64_t workspace_bytes;   /* network memory of this pass */
    float logit_min, logit_max; /* raw extremes of the network's output, before the sigmoid */
    float coverage;             /* mean alpha, 0..1 */
    int32_t no_subject; /* 1: nothing worth cutting out: the mean of max(0, 2 alpha - 1) is below 0.0015 */
    int32_t subject_x, subject_y; /* box of the subject in the source picture, pixels; all 0 if no subject */
    int32_t subject_width, subject_height;
    int32_t result_x, result_y; /* of the result's first pixel in the source picture; 0, 0 without a crop */
    int32_t network_width, network_height; /* Since 0.2. Of the pass, pixels */
} inspyr_report;
INSPYR_SIZED(inspyr_report)

/* How a picture is brought to the network. Since 0.2. */
typedef enum inspyr_resize {
    INSPYR_RESIZE_STATIC = 0,  /* to network_width x network_height; proportions are not kept */
    INSPYR_RESIZE_DYNAMIC = 1, /* shrunk until the shorter side is at most short_side; sides then rounded to
                                  multiples of 32 (of size_multiple, where 32 is none). Both sides shrink
                                  further until they are at most 4096 and 4 194 304 pixels; with
                                  INSPYR_COMPAT they do not, and sides of 16 or less are refused */
    INSPYR_RESIZE_FORCE32 = 0x7fffffff
} inspyr_resize;

/* Flags of inspyr_matte_options and inspyr_cutout_options alike. Since 0.2. */
#define INSPYR_COMPAT                                                                                          \
    UINT64_C(0x100) /* arithmetic of the Python package transparent-background 1.3.4,                          \
                       its flaws included: docs/migration.md. Maps are stretched to 0..1 for each picture,     \
                       its own alpha is dropped, numbers are cut off instead of rounded */
#define INSPYR_COMPAT_ARRAY                                                                                    \
    UINT64_C(0x200) /* with INSPYR_COMPAT: as that package treats arrays: resampling                           \
                       without averaging when shrinking; not with INSPYR_RESIZE_DYNAMIC */

typedef struct inspyr_matte_options {
    size_t struct_size;                    /* set by inspyr_matte_options_init() */
    uint64_t flags;                        /* INSPYR_COMPAT*; unknown bits are refused */
    int32_t network_width, network_height; /* 0: the base size; else multiples of size_multiple, 32 to 4096 */
    inspyr_progress_fn *progress;          /* may be NULL */
    void *progress_user;
    inspyr_report *const *reports; /* NULL, or one pointer per picture, each of which may be NULL */
    inspyr_resize resize;          /* Since 0.2. Dynamic pictures of unequal network sizes go one by one */
    int32_t short_side;            /* INSPYR_RESIZE_DYNAMIC: 32 or more pixels; 0: 1280. Else 0 */
    const inspyr_bytes *profiles;  /* Since 0.2. NULL, or the ICC profile of each picture, no bytes for sRGB:
                                      the network then sees sRGB (inspyr_features(): lcms; without, and with
                                      INSPYR_COMPAT, colours as they are) */
} inspyr_matte_options;
INSPYR_SIZED(inspyr_matte_options)

/* Alpha planes of n pictures (1..64), in one pass of the network. alphas[i]: memory of the caller, GREY8
 * (0..255), GREY16 (0..65535) or GREYF32 (0..1), of pictures[i]'s size. pictures[i]: RGBA8, RGB8, BGRA8, BGR8
 * or GREY8; where it has alpha, hidden colours do not reach the network and the result is the product of both
 * alphas. A picture's matte is the same alone and in any batch. Planes must not overlap pictures or each other.
 * On failure planes and reports hold unspecified values. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_matte(inspyr_model *model, const inspyr_view *pictures,
                                                   const inspyr_view *alphas, size_t n,
                                                   const inspyr_matte_options *options, inspyr_error *error);

typedef enum inspyr_output {
    INSPYR_OUTPUT_RGBA = 0,    /* RGBA8: foreground colours re-estimated at soft edges, straight alpha */
    INSPYR_OUTPUT_MAP = 1,     /* GREY8: the matte */
    INSPYR_OUTPUT_COLOUR = 2,  /* RGB8: the subject before options.colour */
    INSPYR_OUTPUT_BLUR = 3,    /* Since 0.2, as those below. RGB8: the subject before its blurred
                                  background, into which only INSPYR_COMPAT smears the subject */
    INSPYR_OUTPUT_OVERLAY = 4, /* RGB8: the picture with the subject tinted and outlined, to judge the matte */
    INSPYR_OUTPUT_PICTURE = 5, /* RGB8: the subject before options.background, which fills the picture */
    INSPYR_OUTPUT_FORCE32 = 0x7fffffff
} inspyr_output;

/* inspyr_cutout_options.flags */
#define INSPYR_CUTOUT_CROP UINT64_C(1) /* to the subject's box and crop_margin; whole if no subject */
#define INSPYR_CUTOUT_KEEP_COLOURS                                                                             \
    UINT64_C(2) /* leave source colours at soft edges as they are, in any output */
/* Since 0.2: */
#define INSPYR_CUTOUT_REVERSE                                                                                  \
    UINT64_C(4) /* the background instead of the subject, which reports and crops are still about */
#define INSPYR_CUTOUT_THRESHOLD                                                                                \
    UINT64_C(8) /* alpha is 1 over options.threshold and 0 elsewhere; colours at the edge are the subject's,   \
                   with INSPYR_COMPAT the picture's */
#define INSPYR_CUTOUT_LINEAR_LIGHT                                                                             \
    UINT64_C(16) /* mix and blur in linear light instead of sRGB values; not with INSPYR_OUTPUT_RGBA or _MAP,  \
                    in which nothing is mixed, nor with INSPYR_COMPAT */

typedef struct inspyr_cutout_options {
    size_t struct_size; /* set by inspyr_cutout_options_init() */
    uint64_t flags;     /* INSPYR_CUTOUT_*; unknown bits are refused */
    inspyr_output output;
    uint32_t colour;                       /* 0xRRGGBB, for INSPYR_OUTPUT_COLOUR; else ignored */
    int32_t crop_margin;                   /* 0 or more pixels around the box, kept inside the picture; ignored
                                              without INSPYR_CUTOUT_CROP */
    int32_t network_width, network_height; /* 0: the base size; else multiples of size_multiple, 32 to 4096 */
    uint32_t reserved;                     /* zero */
    inspyr_progress_fn *progress;          /* may be NULL */
    void *progress_user;
    inspyr_report *report; /* may be NULL */
    inspyr_resize resize;  /* Since 0.2, as all below */
    int32_t short_side;    /* INSPYR_RESIZE_DYNAMIC: 32 or more pixels; 0: 1280. Else 0 */
    float threshold;       /* 0..1, with INSPYR_CUTOUT_THRESHOLD; else 0 */
    float blur_sigma; /* INSPYR_OUTPUT_BLUR: 0.5..250 pixels; 0: 15, which INSPYR_COMPAT always has. Else 0 */
    const inspyr_view *background; /* INSPYR_OUTPUT_PICTURE, else NULL: any picture format; stretched over the
                                      picture, ratio kept and cut at both sides alike, transparent parts white;
                                      with INSPYR_COMPAT stretched to it, alpha dropped */
    const inspyr_bytes *profile;   /* NULL, or the picture's, as in inspyr_matte_options; the result's colours
                                      stay in it */
} inspyr_cutout_options;
INSPYR_SIZED(inspyr_cutout_options)

/* The subject of a picture. picture: as in inspyr_matte(). *out: to be freed with inspyr_image_free(). */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_remove_background(inspyr_image **out, inspyr_model *model,
                                                               const inspyr_view *picture,
                                                               const inspyr_cutout_options *options,
                                                               inspyr_error *error);

/* ---- Effects. Since 0.2 ---------------------------------------------------------------------------------- */

/* One effect of the library's table. Texts are static. docs/effects.md shows all. */
typedef struct inspyr_effect {
    size_t struct_size;       /* set by inspyr_effect_init(); the library fills at most this much */
    const char *name;         /* "popart" */
    const char *text;         /* what it does, one line */
    int32_t version;          /* where a text names none */
    int32_t newest;           /* 1 to this can be named; the bytes of a version never change */
    uint64_t bytes_per_pixel; /* memory that it needs at most while it is drawn, beside picture and result */
    int32_t parameters;       /* how many it has */
    int32_t reserved;
} inspyr_effect;
INSPYR_SIZED(inspyr_effect)

/* How the values of a parameter are written in a text. */
typedef enum inspyr_parameter_kind {
    INSPYR_PARAMETER_NUMBER = 0,  /* 2.5; six decimals at most */
    INSPYR_PARAMETER_INTEGER = 1, /* 3 */
    INSPYR_PARAMETER_SWITCH = 2,  /* 0 or 1: off or on */
    INSPYR_PARAMETER_CHOICE = 3,  /* the number of a word: the word */
    INSPYR_PARAMETER_COLOUR = 4,  /* 0xRRGGBB: six hexadecimal digits */
    INSPYR_PARAMETER_FORCE32 = 0x7fffffff
} inspyr_parameter_kind;

typedef struct inspyr_parameter {
    size_t struct_size;         /* set by inspyr_parameter_init(); the library fills at most this much */
    const char *name;           /* "contrast" */
    const char *text;           /* what it does, one line */
    const char *unit;           /* "pixels"; "" for none */
    const char *words;          /* of a choice: "fast|fine"; "" for other kinds */
    double least, most, preset; /* preset: where a text does not say */
    inspyr_parameter_kind kind;
    int32_t no_effect; /* 1: taken and checked for the sake of old requests, but without effect */
} inspyr_parameter;
INSPYR_SIZED(inspyr_parameter)

/* A name that stands for several effects. */
typedef struct inspyr_effect_set {
    size_t struct_size;  /* set by inspyr_effect_set_init(); the library fills at most this much */
    const char *name;    /* "classic" */
    const char *effects; /* "color,enhancedblackwhite,popart,dithering" */
} inspyr_effect_set;
INSPYR_SIZED(inspyr_effect_set)

/* Row `index` of the table, from 0 on; of the parameters of effect number `effect`; of the sets. After the
 * last one: INSPYR_ERR_ARGUMENT. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_effect_list(inspyr_effect *out, size_t index, inspyr_error *error);
INSPYR_API INSPYR_CHECK inspyr_status inspyr_parameter_list(inspyr_parameter *out, size_t effect, size_t index,
                                                            inspyr_error *error);
INSPYR_API INSPYR_CHECK inspyr_status inspyr_effect_set_list(inspyr_effect_set *out, size_t index,
                                                             inspyr_error *error);

#define INSPYR_PARAMETERS_MAX 16

/* An effect with a value for each of its parameters. */
typedef struct inspyr_effect_values {
    size_t struct_size;                  /* set by inspyr_effect_values_init() */
    int32_t effect;                      /* its number in the table */
    int32_t version;                     /* 0: the one that is meant where none is named */
    float values[INSPYR_PARAMETERS_MAX]; /* in the table's order; what lies behind the last one is zero */
} inspyr_effect_values;
INSPYR_SIZED(inspyr_effect_values)

/* Number `index` of the effects of a text, from 0 on, and in *count, if not NULL, how many it names; out may be
 * NULL. The text: effects or sets separated by commas, each followed by the version it has to be of, if any,
 * and by parameters: "color,popart@1,dithering:pixel_spacing=3,dot_size=1". A comma before NAME=VALUE continues
 * the parameters. Blanks may stand around names and values. Unknown names and values out of range:
 * INSPYR_ERR_ARGUMENT, and the message says what there is; another version: INSPYR_ERR_UNSUPPORTED. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_effect_parse(inspyr_effect_values *out, size_t *count,
                                                          const char *text, size_t index, inspyr_error *error);

/* Enough for any effect, with the NUL. */
#define INSPYR_EFFECT_TEXT_MAX 512

/* The one text of an effect: "popart@1:contrast=3". Without defaults and what has no effect: equal texts and
 * seeds give equal bytes, so it is good as part of a cache's key. Values are rounded to six decimals. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_effect_print(char out[INSPYR_EFFECT_TEXT_MAX],
                                                          const inspyr_effect_values *values,
                                                          inspyr_error *error);

typedef enum inspyr_quality {
    INSPYR_QUALITY_FULL = 0,    /* results have the picture's size */
    INSPYR_QUALITY_PREVIEW = 1, /* the picture is first shrunk until no side is over preview_side, and so are
                                   parameters in pixels, as far as their ranges go */
    INSPYR_QUALITY_FORCE32 = 0x7fffffff
} inspyr_quality;

/* One effect is drawn, or failed. Set by the library; texts and image are good during the call. */
typedef struct inspyr_effect_result {
    size_t struct_size;
    size_t index;              /* in the effects of the call */
    const inspyr_image *image; /* the same as outs[index]; NULL after a failure */
    const char *message;       /* "" after success */
    inspyr_status status;
    float scale;        /* the result's width by the picture's */
    const char *device; /* that drew it: "cpu", "cuda:0" */
    const char *note;   /* why it is not the device that was asked for; "" otherwise */
} inspyr_effect_result;

/* Called on the thread that made the call, for each effect as soon as it is drawn. Returns 0 to go on; anything
 * else ends the call with INSPYR_ERR_CANCELLED. */
typedef int inspyr_effect_result_fn(void *user, const inspyr_effect_result *result);

typedef struct inspyr_effect_options {
    size_t struct_size;                /* set by inspyr_effect_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    inspyr_pool *pool;                 /* NULL: the calling thread alone */
    const inspyr_allocator *allocator; /* copied into the results; NULL: the C library's */
    uint64_t seed;                     /* of random numbers: same seed, same bytes */
    inspyr_quality quality;
    int32_t preview_side;            /* pixels, INSPYR_QUALITY_PREVIEW only; 0: 512 */
    inspyr_effect_result_fn *result; /* may be NULL */
    void *result_user;
    inspyr_progress_fn *progress; /* may be NULL */
    void *progress_user;
    const char *device;      /* "cpu", "cuda:0"; NULL: the CPU */
    inspyr_need device_need; /* PREFERRED: what the device cannot do the CPU does, and the result's note says
                                so; REQUIRED: INSPYR_ERR_DEVICE, and INSPYR_ERR_UNSUPPORTED of an effect that
                                the device does not have */
    uint32_t reserved;       /* zero */
} inspyr_effect_options;
INSPYR_SIZED(inspyr_effect_options)

/* Draws n effects (1..64) on one picture, all of them at once on the pool. effects[i]: the text of one effect,
 * as in inspyr_effect_parse(). outs[i]: to be freed with inspyr_image_free(). picture: RGBA8, RGB8, BGRA8, BGR8
 * or GREY8, 2^31 - 1 pixels at most. alpha: NULL, or a plane of the picture's size as inspyr_matte() gives it,
 * which takes the place of the picture's own. Results are RGBA8 if there is alpha, which stays as it is, else
 * RGB8.
 * An effect that fails leaves NULL in outs and does not stop the others: the first failure is what is returned,
 * statuses (NULL, or n of them) has each, and the other results are there all the same. Any other failure, and
 * INSPYR_ERR_CANCELLED, leave no results.
 * Memory: 4 bytes a pixel for each result; 4 for the picture, unless it is RGBA8 without a plane; and
 * bytes_per_pixel of each effect, until it is drawn; 1 MiB a thread. Bytes do not depend on pool, processor or
 * the other effects. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_apply_effects(inspyr_image **outs, inspyr_status *statuses,
                                                           const inspyr_view *picture, const inspyr_view *alpha,
                                                           const char *const *effects, size_t n,
                                                           const inspyr_effect_options *options,
                                                           inspyr_error *error);

/* ---- Images: encode ------------------------------------------------------------------------------------ */

/* inspyr_encode_options.flags */
#define INSPYR_ENCODE_LOSSLESS UINT64_C(1) /* WebP */

typedef struct inspyr_encode_options {
    size_t struct_size;                /* set by inspyr_encode_options_init() */
    uint64_t flags;                    /* INSPYR_ENCODE_*; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    inspyr_file file;                  /* 0: PNG */
    int32_t quality;                   /* JPEG and WebP: 1..100; 0: 90 */
    int32_t compression;               /* PNG: 1 (fast) to 9 (small); 0: fast, about as small as zlib's 6 */
    uint32_t reserved;
    inspyr_pool *pool; /* PNG: its threads share the rows; the bytes are the same. Since 0.2, as all below */
    const inspyr_bytes *profile; /* NULL, or the ICC profile of the colours, written into PNG, JPEG and WebP */
} inspyr_encode_options;
INSPYR_SIZED(inspyr_encode_options)

/* Encodes RGBA8, RGB8, BGRA8, BGR8 or GREY8; GREY16 as PNG and PAM. Alpha into JPEG: INSPYR_ERR_ENCODE.
 * *out: to be given back with inspyr_bytes_free(). */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_image_encode(inspyr_bytes *out, const inspyr_view *view,
                                                          const inspyr_encode_options *options,
                                                          inspyr_error *error);

#ifdef __cplusplus
}
#endif
#endif
