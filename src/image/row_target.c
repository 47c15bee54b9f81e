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
    t->unit = 1;
    t->across = width;
    t->down = height;
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

/* A pixel of the row is dst->width units wide, one of the narrowed row as wide as the picture: so no share is a
 * fraction. */
static inline __attribute__((always_inline)) void narrow(const row_target *t, size_t bytes)
{
    uint64_t *out = t->thin, *end = out + (size_t)t->dst->width * bytes;
    int64_t room = t->across, each = t->dst->width * t->unit;
    const unsigned char *p = t->row;

    memset(out, 0, (size_t)(end - out) * sizeof *out);
    for (int32_t x = 0; x < t->width; x++, p += bytes) {
        int64_t first = each < room ? each : room;

        add(out, p, bytes, (uint64_t)first);
        room -= first;
        if (room)
            continue;
        out += bytes;
        if (out == end)
            return;
        room = t->across - (each - first);
        if (each > first)
            add(out, p, bytes, (uint64_t)(each - first));
    }
}

/* Whole numbers below 2^52, a quotient of at most 255, a divisor below 2^45: cut off, the quotient of doubles
 * is that of the numbers, and comes in a fifth of the time. */
static unsigned char divide(uint64_t sum, uint64_t by)
{
    return (unsigned char)((double)(int64_t)(sum + by / 2) / (double)(int64_t)by);
}

static void finish_row(row_target *t)
{
    uint64_t area = (uint64_t)t->across * (uint64_t)t->down, *sums = t->sums;
    size_t bytes = format_bytes(t->dst->format);
    unsigned char *out = view_row(t->dst, t->done++);

    for (int32_t x = 0; x < t->dst->width; x++, out += bytes, sums += bytes) {
        uint64_t visible = bytes == 4 ? sums[3] : area;

        for (size_t c = 0; c < bytes && c < 3; c++)
            out[c] = visible ? divide(sums[c], visible) : 0;
        if (bytes == 4)
            out[3] = divide(sums[3], area);
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
    /* As across: a row is dst->height units high, and a row of dst as high as the picture. */
    int64_t begin = t->next * t->dst->height * t->unit, end = begin + t->dst->height * t->unit;
    int64_t border = (t->done + 1) * t->down;

    t->next++;
    if (!t->row || t->done == t->dst->height)
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
    if (end > border && t->done < t->dst->height)
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
