/* codec.h - what decode.c and encode.c ask of one file format.
 *
 * A decoder tells the header first, so that limits are checked before pixels exist, and then fills memory in
 * the file's natural format; orientation and other formats are decode.c's affair. An encoder appends to a
 * sink. Each reads or writes nothing but what it is given. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_CODEC_H
#define INSPYR_IMAGE_CODEC_H

#include <stdbool.h>

#include "image/sink.h"
#include "inspyr.h"

/* Damage that a decoder passed over. */
typedef struct codec_notes {
    int32_t warnings;
    char first[160];
} codec_notes;

/* A file that warns more often is refused. */
#define CODEC_WARNINGS_MAX 100

typedef struct codec_source {
    const unsigned char *bytes;
    size_t size;
    const inspyr_allocator *allocator;
    codec_notes *notes;  /* may be NULL */
    uint64_t memory_max; /* what a decoder may keep of the picture for itself, as progressive JPEG has to */
    bool palette_index;  /* palettes: the indices themselves */
    bool alpha_wanted;   /* RGBA8 will be made of it: a decoder may as well say that this is natural */
} codec_source;

typedef struct codec_header {
    int32_t width, height; /* as stored, at least 1 */
    inspyr_format natural; /* GREY8, RGB8 or RGBA8: what the decoder writes */
    int32_t orientation;   /* 1..8 */
    bool has_alpha;
    bool palette_index; /* the pixels will be indices */
    bool shrinks;       /* can be decoded to a smaller size */
    int32_t bits;       /* per sample */
} codec_header;

typedef inspyr_status codec_read_header(codec_header *out, const codec_source *source, inspyr_error *error);

/* dst: of the natural format and of the header's size, or of a smaller one if it `shrinks`; uninitialised. */
typedef inspyr_status codec_read_pixels(const inspyr_view *dst, const codec_source *source,
                                        inspyr_error *error);

/* The ICC profile as it is in the file, in memory of the source's allocator; NULL where there is none that
 * could be read. Fails for want of memory only. */
typedef inspyr_status codec_read_profile(unsigned char **bytes, size_t *size, const codec_source *source,
                                         inspyr_error *error);

typedef struct codec_settings {
    int32_t quality;     /* 1..100 */
    int32_t compression; /* 1..9; 0: fast, and small where that is cheap */
    bool lossless;
    inspyr_pool *pool;           /* may be NULL */
    const inspyr_bytes *profile; /* may be NULL; of the view's colours */
} codec_settings;

typedef inspyr_status codec_write(sink *out, const inspyr_view *view, const codec_settings *settings,
                                  inspyr_error *error);

codec_read_header jpeg_header, png_header, webp_header, heif_header, pnm_header;
codec_read_pixels jpeg_pixels, png_pixels, webp_pixels, heif_pixels, pnm_pixels;
codec_read_profile jpeg_profile, png_profile, webp_profile, heif_profile;
codec_write jpeg_write, png_write, webp_write, pnm_write;

#endif
