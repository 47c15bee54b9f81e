/* PNG by our own hand: bands of rows are filtered and compressed each by itself, on the pool's threads, into a
 * chunk of pixels each, and together are one stream. The bands depend on the picture alone, and so does the
 * file.
 *
 * Grey or few colours are not written as such, though that would be smaller: other programs would hand their
 * callers a picture of another kind. */
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/image.h"
#include "image/png_deflate.h"
#include "image/png_filter.h"

/* A band starts without the 32 KB before it, so short ones would cost bytes; long ones divide badly. */
#define BAND_BYTES ((size_t)1 << 20)
#define ROW_BYTES_MAX ((size_t)1 << 30) /* a chunk has less than 2 GB */
#define ADLER 65521u

typedef struct band {
    unsigned char *chunk;
    size_t size, raw;
    uint32_t adler;
    inspyr_status status;
} band;

typedef struct lane {
    png_deflater deflater;
    unsigned char *rows, *chunk; /* of the band in work, NULL before the first */
} lane;

typedef struct job {
    const inspyr_view *view;
    const inspyr_allocator *allocator;
    int32_t band_rows, bands;
    size_t row_bytes;
    band *band;
    lane *lane;
    const inspyr_bytes *profile; /* may be NULL */
} job;

static unsigned char *put_u32(unsigned char *out, size_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *out++ = (unsigned char)(value >> shift);
    return out;
}

/* chunk: with room for 4 bytes of length, 4 of type, the data in place, and 4 of sum. Returns its size. */
static size_t seal(unsigned char *chunk, const char *type, size_t size)
{
    put_u32(chunk, size);
    memcpy(chunk + 4, type, 4);
    put_u32(chunk + 8 + size, png_crc32(0, chunk + 4, size + 4));
    return size + 12;
}

static bool put_chunk(sink *out, const char *type, const unsigned char *data, size_t size)
{
    unsigned char chunk[32];

    memcpy(chunk + 8, data, size);
    return sink_put(out, chunk, seal(chunk, type, size));
}

static bool open_lane(lane *l, const job *j)
{
    size_t raw = (size_t)j->band_rows * j->row_bytes;

    if (!l->rows)
        l->rows = memory_take(j->allocator, raw);
    if (!l->chunk)
        l->chunk = memory_take(j->allocator, png_deflate_bound(raw) + 14);
    return l->rows && l->chunk;
}

static inspyr_status write_band(band *b, lane *l, const job *j, int32_t number)
{
    int32_t first = number * j->band_rows, left = j->view->height - first;
    int32_t count = left < j->band_rows ? left : j->band_rows;
    size_t zeros = 0, head = number ? 0 : 2, size;
    inspyr_status status;

    if (!open_lane(l, j))
        return INSPYR_ERR_MEMORY;
    for (int32_t y = 0; y < count; y++)
        zeros += png_filter(l->rows + (size_t)y * j->row_bytes, j->view, first + y);
    b->raw = (size_t)count * j->row_bytes;
    b->adler = png_adler32(l->rows, b->raw);
    memcpy(l->chunk + 8, "\x78\x5e", head); /* zlib's header: a window of 32 KB, no matter which level */
    status = png_deflate(&size, &l->deflater, l->chunk + 8 + head, l->rows, b->raw, zeros > b->raw / 4 * 3,
                         left == count);
    if (status)
        return status;
    b->size = seal(l->chunk, "IDAT", head + size);
    b->chunk = memory_take(j->allocator, b->size);
    if (!b->chunk)
        return INSPYR_ERR_MEMORY;
    memcpy(b->chunk, l->chunk, b->size);
    return INSPYR_OK;
}

static void write_task(void *user, int32_t task, int32_t number)
{
    job *j = user;

    j->band[task].status = write_band(&j->band[task], &j->lane[number], j, task);
}

/* The checksum of two blocks of bytes from theirs: its halves are sums, of bytes and of such sums. */
static uint32_t adler_joined(uint32_t a, uint32_t b, size_t b_size)
{
    uint32_t low = ((a & 0xffff) + (b & 0xffff) + ADLER - 1) % ADLER;
    uint64_t high = (uint64_t)(b_size % ADLER) * ((a & 0xffff) + ADLER - 1) + (a >> 16) + (b >> 16);

    return (uint32_t)(high % ADLER) << 16 | low;
}

static unsigned char colour_type(inspyr_format format)
{
    switch (format) {
    case INSPYR_RGBA8:
    case INSPYR_BGRA8:
        return 6;
    case INSPYR_RGB8:
    case INSPYR_BGR8:
        return 2;
    default:
        return 0;
    }
}

static bool put_header(sink *out, const inspyr_view *v)
{
    unsigned char header[13] = { 0 }, *at = put_u32(put_u32(header, (size_t)v->width), (size_t)v->height);

    at[0] = v->format == INSPYR_GREY16 ? 16 : 8;
    at[1] = colour_type(v->format);
    return sink_put(out, "\x89PNG\r\n\x1a\n", 8) && put_chunk(out, "IHDR", header, sizeof header);
}

/* One deflate stream of its own, behind a name and the number of the method, 0. */
static bool put_profile(sink *out, const job *j)
{
    static const char name[] = "ICC profile";
    const inspyr_bytes *p = j->profile;
    size_t head = sizeof name + 1 + 2, size = 0;
    unsigned char *chunk;
    bool good;

    if (!p)
        return true;
    chunk = memory_take(&out->allocator, 8 + head + png_deflate_bound(p->size) + 8);
    if (!chunk)
        return false;
    memcpy(chunk + 8, name, sizeof name);
    memcpy(chunk + 8 + sizeof name, "\0\x78\x5e", 3);
    good = !png_deflate(&size, &j->lane->deflater, chunk + 8 + head, p->data, p->size, false, true);
    put_u32(chunk + 8 + head + size, png_adler32(p->data, p->size));
    good = good && sink_put(out, chunk, seal(chunk, "iCCP", head + size + 4));
    memory_give(&out->allocator, chunk);
    return good;
}

static inspyr_status join(sink *out, const job *j, inspyr_error *error)
{
    unsigned char sum[4];
    uint32_t adler = 1;
    bool room = put_header(out, j->view) && put_profile(out, j);

    for (int32_t i = 0; room && i < j->bands; i++) {
        if (j->band[i].status)
            return failed(error, j->band[i].status, "PNG: rows are not compressed: %s",
                          inspyr_status_text(j->band[i].status));
        room = sink_put(out, j->band[i].chunk, j->band[i].size);
        adler = adler_joined(adler, j->band[i].adler, j->band[i].raw);
    }
    put_u32(sum, adler);
    if (!room || !put_chunk(out, "IDAT", sum, sizeof sum) || !put_chunk(out, "IEND", sum, 0))
        return failed(error, INSPYR_ERR_MEMORY, "PNG: no room for the file");
    return INSPYR_OK;
}

static inspyr_status prepare(job *j, int32_t lanes, const codec_settings *settings, inspyr_error *error)
{
    size_t rows;

    if (!multiply(&j->row_bytes, (size_t)j->view->width, format_bytes(j->view->format)) ||
        j->row_bytes > ROW_BYTES_MAX)
        return failed(error, INSPYR_ERR_ENCODE, "PNG: %d pixels in a row are too many", (int)j->view->width);
    rows = BAND_BYTES / ++j->row_bytes;
    j->band_rows = rows < 1 ? 1 : rows < (size_t)j->view->height ? (int32_t)rows : j->view->height;
    j->bands = (j->view->height - 1) / j->band_rows + 1;
    j->band = memory_array(j->allocator, (size_t)j->bands, sizeof *j->band);
    j->lane = memory_array(j->allocator, (size_t)lanes, sizeof *j->lane);
    if (!j->band || !j->lane)
        return failed(error, INSPYR_ERR_MEMORY, "PNG: no room for the rows");
    memset(j->band, 0, (size_t)j->bands * sizeof *j->band);
    memset(j->lane, 0, (size_t)lanes * sizeof *j->lane);
    for (int32_t i = 0; i < lanes; i++) {
        j->lane[i].deflater.allocator = j->allocator;
        j->lane[i].deflater.compression = settings->compression;
    }
    return INSPYR_OK;
}

static void give_back(const job *j, int32_t lanes)
{
    for (int32_t i = 0; i < j->bands; i++)
        memory_give(j->allocator, j->band[i].chunk);
    for (int32_t i = 0; i < lanes; i++) {
        png_deflate_close(&j->lane[i].deflater);
        memory_give(j->allocator, j->lane[i].rows);
        memory_give(j->allocator, j->lane[i].chunk);
    }
}

inspyr_status png_write(sink *out, const inspyr_view *view, const codec_settings *settings, inspyr_error *error)
{
    int32_t lanes = settings->pool ? inspyr_pool_width(settings->pool) : 1;
    job j = { .view = view, .allocator = &out->allocator, .profile = settings->profile };
    inspyr_status status = prepare(&j, lanes, settings, error);

    if (status == INSPYR_OK) {
        pool_run(settings->pool, j.bands, write_task, &j);
        status = join(out, &j, error);
        give_back(&j, lanes);
    }
    memory_give(j.allocator, j.band);
    memory_give(j.allocator, j.lane);
    return status;
}
