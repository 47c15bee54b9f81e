#include "run/context/matte_pack.h"

#include "base/memory.h"
#include "base/status.h"

#define HEADER 48
#define MAGIC 0x314d5049u /* "IPM1" */
#define NUMBERS (HEADER / 4)

enum { ROWS, PNG };

static void store(unsigned char *out, const uint32_t numbers[NUMBERS])
{
    for (int i = 0; i < HEADER; i++)
        out[i] = (unsigned char)(numbers[i / 4] >> 8 * (i % 4));
}

static void restore(uint32_t numbers[NUMBERS], const unsigned char *in)
{
    memset(numbers, 0, HEADER);
    for (int i = 0; i < HEADER; i++)
        numbers[i / 4] |= (uint32_t)in[i] << 8 * (i % 4);
}

static void describe(uint32_t n[NUMBERS], const inspyr_view *alpha, const backend_found *found, uint32_t kind)
{
    const matte_subject *s = &found->subject;

    n[0] = MAGIC;
    n[1] = kind | (s->none ? 0x100u : 0);
    n[2] = (uint32_t)alpha->width;
    n[3] = (uint32_t)alpha->height;
    n[4] = (uint32_t)s->x;
    n[5] = (uint32_t)s->y;
    n[6] = (uint32_t)s->width;
    n[7] = (uint32_t)s->height;
    memcpy(&n[8], &s->coverage, sizeof n[8]);
    n[9] = (uint32_t)found->network_width;
    n[10] = (uint32_t)found->network_height;
    n[11] = 0;
}

static inspyr_status encode(inspyr_bytes *png, const inspyr_view *alpha, const inspyr_allocator *allocator,
                            inspyr_pool *pool)
{
    inspyr_encode_options o;

    inspyr_encode_options_init(&o);
    o.allocator = allocator;
    o.pool = pool;
    return inspyr_image_encode(png, alpha, &o, NULL);
}

inspyr_status matte_pack(inspyr_bytes *out, const inspyr_view *alpha, const backend_found *found,
                         const inspyr_allocator *allocator, inspyr_pool *pool, inspyr_error *error)
{
    size_t rows = (size_t)alpha->width * (size_t)alpha->height;
    inspyr_bytes png = { 0 };
    bool as_png = !encode(&png, alpha, allocator, pool) && png.size < rows;
    inspyr_status status = memory_bytes(out, allocator, HEADER + (as_png ? png.size : rows), error);
    uint32_t numbers[NUMBERS];

    if (!status) {
        unsigned char *to = (unsigned char *)out->data + HEADER;

        describe(numbers, alpha, found, as_png ? PNG : ROWS);
        store(out->data, numbers);
        if (as_png)
            memcpy(to, png.data, png.size);
        for (int32_t y = 0; !as_png && y < alpha->height; y++)
            memcpy(to + (size_t)y * (size_t)alpha->width, view_row(alpha, y), (size_t)alpha->width);
    }
    inspyr_bytes_free(&png);
    return status;
}

static bool read_rows(inspyr_image **alpha, const uint32_t n[NUMBERS], const unsigned char *from, size_t size,
                      const inspyr_allocator *allocator)
{
    size_t pixels;

    if (!multiply(&pixels, n[2], n[3]) || pixels != size ||
        image_create(alpha, allocator, (int32_t)n[2], (int32_t)n[3], INSPYR_GREY8, NULL))
        return false;
    for (uint32_t y = 0; y < n[3]; y++)
        memcpy(view_row(&(*alpha)->view, y), from + (size_t)y * n[2], n[2]);
    return true;
}

static bool read_png(inspyr_image **alpha, const uint32_t n[NUMBERS], const unsigned char *from, size_t size,
                     const inspyr_allocator *allocator)
{
    inspyr_decode_options o;

    inspyr_decode_options_init(&o);
    o.allocator = allocator;
    o.format = INSPYR_GREY8;
    o.max_bytes = size;
    o.max_pixels = (uint64_t)n[2] * n[3];
    o.max_side = INT32_MAX;
    return !inspyr_image_decode(alpha, from, size, &o, NULL);
}

bool matte_unpack(inspyr_image **alpha, backend_found *found, const void *bytes, size_t size,
                  const inspyr_allocator *allocator)
{
    const unsigned char *from = bytes;
    uint32_t n[NUMBERS];

    *alpha = NULL;
    if (size <= HEADER)
        return false;
    restore(n, from);
    if (n[0] != MAGIC || !n[2] || !n[3] || n[2] > INT32_MAX || n[3] > INT32_MAX)
        return false;
    if ((n[1] & 0xff) == PNG ? !read_png(alpha, n, from + HEADER, size - HEADER, allocator)
                             : !read_rows(alpha, n, from + HEADER, size - HEADER, allocator))
        return false;
    if ((uint32_t)(*alpha)->view.width != n[2] || (uint32_t)(*alpha)->view.height != n[3]) {
        inspyr_image_free(*alpha);
        *alpha = NULL;
        return false;
    }
    found->subject =
        (matte_subject){ (int32_t)n[4], (int32_t)n[5], (int32_t)n[6], (int32_t)n[7], 0, (n[1] & 0x100) != 0 };
    memcpy(&found->subject.coverage, &n[8], sizeof n[8]);
    found->network_width = (int32_t)n[9];
    found->network_height = (int32_t)n[10];
    return true;
}
