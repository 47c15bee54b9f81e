#include "image/row_target.h"

#include "base/memory.h"
#include "image/image.h"

bool row_target_begin(row_target *t, const inspyr_view *dst, int32_t width, int32_t height,
                      const inspyr_allocator *allocator)
{
    size_t bytes = format_bytes(dst->format), samples = (size_t)dst->width * bytes;

    memset(t, 0, sizeof *t);
    t->dst = dst;
    t->allocator = allocator;
    t->width = width;
    t->height = height;
    if (width == dst->width && height == dst->height)
        return true;
    t->row = memory_array(allocator, (size_t)width, bytes);
    t->sums = memory_array(allocator, samples, sizeof *t->sums);
    t->thin = memory_array(allocator, samples, sizeof *t->thin);
    if (!t->row || !t->sums || !t->thin)
        return false;
    memset(t->sums, 0, samples * sizeof *t->sums);
    return true;
}

unsigned char *row_target_place(row_target *t)
{
    return t->row ? t->row : view_row(t->dst, t->next);
}

/* Adds a pixel's share to the sums of the one that it falls into. */
static inline __attribute__((always_inline)) void add(uint64_t *restrict sums, const unsigned char *restrict p,
                                                      size_t bytes, uint64_t share)
{
    uint64_t visible = bytes == 4 ? share * p[3] : share;

    for (size_t c = 0; c < bytes && c < 3; c++)
        sums[c] += visible * p[c];
    if (bytes == 4)
        sums[3] += visible;
}

/* A pixel of the row is dst->width wide, one of the narrowed row t->width: so no share is a fraction. */
static inline __attribute__((always_inline)) void narrow(const row_target *t, size_t bytes)
{
    uint64_t *out = t->thin;
    int32_t room = t->width, each = t->dst->width;
    const unsigned char *p = t->row;

    memset(t->thin, 0, (size_t)each * bytes * sizeof *t->thin);
    for (int32_t x = 0; x < t->width; x++, p += bytes) {
        int32_t first = each < room ? each : room;

        add(out, p, bytes, (uint64_t)first);
        room -= first;
        if (room)
            continue;
        out += bytes;
        room = t->width - (each - first);
        if (each > first)
            add(out, p, bytes, (uint64_t)(each - first));
    }
}

static void finish_row(row_target *t)
{
    uint64_t area = (uint64_t)t->width * (uint64_t)t->height, *sums = t->sums;
    size_t bytes = format_bytes(t->dst->format);
    unsigned char *out = view_row(t->dst, t->done++);

    for (int32_t x = 0; x < t->dst->width; x++, out += bytes, sums += bytes) {
        uint64_t visible = bytes == 4 ? sums[3] : area;

        for (size_t c = 0; c < bytes && c < 3; c++)
            out[c] = visible ? (unsigned char)((sums[c] + visible / 2) / visible) : 0;
        if (bytes == 4)
            out[3] = (unsigned char)((sums[3] + area / 2) / area);
    }
    memset(t->sums, 0, (size_t)t->dst->width * bytes * sizeof *t->sums);
}

static void add_row(const row_target *t, uint64_t share)
{
    size_t samples = (size_t)t->dst->width * format_bytes(t->dst->format);

    for (size_t i = 0; i < samples; i++)
        t->sums[i] += share * t->thin[i];
}

void row_target_take(row_target *t)
{
    /* In units of which a row has dst->height, and a row of dst t->height. */
    int64_t begin = (int64_t)t->next * t->dst->height, end = begin + t->dst->height;
    int64_t border = (int64_t)(t->done + 1) * t->height;

    t->next++;
    if (!t->row)
        return;
    if (t->dst->format == INSPYR_RGBA8)
        narrow(t, 4);
    else if (t->dst->format == INSPYR_RGB8)
        narrow(t, 3);
    else
        narrow(t, 1);
    add_row(t, (uint64_t)((end < border ? end : border) - begin));
    if (end < border)
        return;
    finish_row(t);
    if (end > border)
        add_row(t, (uint64_t)(end - border));
}

void row_target_end(row_target *t)
{
    if (!t->allocator)
        return;
    memory_give(t->allocator, t->row);
    memory_give(t->allocator, t->sums);
    memory_give(t->allocator, t->thin);
}
