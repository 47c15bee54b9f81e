/* net_maps.h - reading and writing maps, eight channels at a time, and between their pixels.
 *
 * Sampling is src/net/sampling.h's arithmetic: the same float32 operations in the same order. Leaf (kernels).
 * Threads: one block. */
#ifndef INSPYR_KERNELS_NET_MAPS_H
#define INSPYR_KERNELS_NET_MAPS_H

#include "kernels/net_half.h"

#define NET_GROUP 8 /* channels that a thread handles at once: 16 bytes of halves */

typedef struct __attribute__((aligned(16), may_alias)) net_quad {
    uint32_t word[4];
} net_quad;

typedef uint32_t __attribute__((may_alias)) net_word; /* two halves */

NET_BLOCK int32_t net_least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

NET_BLOCK int32_t net_groups(int32_t channels)
{
    return (channels + NET_GROUP - 1) / NET_GROUP;
}

/* Where the group lies, if it is whole and may be read 16 bytes at a time; NULL otherwise. */
NET_BLOCK net_quad *net_whole(const net_map *m, int64_t pixel, int32_t c)
{
    int32_t size = m->type == NET_FLOAT ? 4 : 2;
    char *at = (char *)m->data + (pixel * m->step + c) * size;

    return c + NET_GROUP <= m->c && (uintptr_t)at % sizeof(net_quad) == 0 ? (net_quad *)at : NULL;
}

NET_BLOCK float net_number(const net_map *m, int64_t pixel, int32_t c)
{
    int64_t at = pixel * m->step + c;

    if (m->type == NET_FLOAT)
        return ((const float *)m->data)[at];
    return net_widened(((const uint16_t *)m->data)[at], m->type);
}

NET_BLOCK void net_put(const net_map *m, int64_t pixel, int32_t c, float x)
{
    int64_t at = pixel * m->step + c;

    if (m->type == NET_FLOAT)
        ((float *)m->data)[at] = x;
    else
        ((uint16_t *)m->data)[at] = (uint16_t)net_narrowed(x, m->type);
}

/* Channels c to c + 7 of a pixel; beyond the map's last there are zeros. */
NET_BLOCK void net_load(float v[NET_GROUP], const net_map *m, int64_t pixel, int32_t c)
{
    const net_quad *at = net_whole(m, pixel, c);

    if (!at) {
        NET_UNROLL
        for (int32_t i = 0; i < NET_GROUP; i++)
            v[i] = c + i < m->c ? net_number(m, pixel, c + i) : 0.0f;
        return;
    }
    if (m->type == NET_FLOAT) {
        net_quad low = at[0], high = at[1];

        NET_UNROLL
        for (int32_t i = 0; i < 4; i++) {
            v[i] = net_of_bits(low.word[i]);
            v[i + 4] = net_of_bits(high.word[i]);
        }
    } else {
        net_quad all = *at;

        NET_UNROLL
        for (int32_t i = 0; i < NET_GROUP; i++)
            v[i] = net_widened(all.word[i / 2] >> i % 2 * 16 & 0xFFFF, m->type);
    }
}

/* What lies beyond the map's last channel stays as it is. */
NET_BLOCK void net_store(const net_map *m, int64_t pixel, int32_t c, const float v[NET_GROUP])
{
    net_quad *at = net_whole(m, pixel, c);

    if (!at) {
        NET_UNROLL
        for (int32_t i = 0; i < NET_GROUP; i++)
            if (c + i < m->c)
                net_put(m, pixel, c + i, v[i]);
        return;
    }
    if (m->type == NET_FLOAT) {
        net_quad low, high;

        NET_UNROLL
        for (int32_t i = 0; i < 4; i++) {
            low.word[i] = net_bits(v[i]);
            high.word[i] = net_bits(v[i + 4]);
        }
        at[0] = low;
        at[1] = high;
    } else {
        net_quad all;

        NET_UNROLL
        for (int32_t i = 0; i < 4; i++)
            all.word[i] = net_pair_of(v[2 * i], v[2 * i + 1], m->type);
        *at = all;
    }
}

typedef struct net_place {
    int32_t low, high; /* the two positions between which the result lies */
    float weight;      /* of high */
} net_place;

/* Position `out` of out_size, read from in_size positions. */
NET_BLOCK net_place net_place_at(int32_t out, int32_t in_size, int32_t out_size, int32_t sampling)
{
    float position = (float)out;
    net_place p;

    if (sampling == NET_CORNERS)
        position = out_size > 1 ? (float)(in_size - 1) / (float)(out_size - 1) * (float)out : 0.0f;
    else if (sampling == NET_HALF_PIXEL)
        position = fmaxf((float)in_size / (float)out_size * ((float)out + 0.5f) - 0.5f, 0.0f);
    p.low = net_least((int32_t)position, in_size - 1);
    p.high = net_least(p.low + 1, in_size - 1);
    p.weight = p.high > p.low ? position - (float)p.low : 0.0f;
    return p;
}

/* Of a pixel of a grid of h x w: its four neighbours in a map that is brought there. */
typedef struct net_sample {
    int64_t pixel[4]; /* above left, above right, below left, below right */
    float across, down;
    bool same; /* the map has that grid: the first is the pixel */
} net_sample;

NET_BLOCK net_sample net_sample_at(const net_map *m, int32_t n, int32_t y, int32_t x, int32_t h, int32_t w,
                                   int32_t sampling)
{
    net_sample s;
    net_place v, u;

    s.same = sampling == NET_AS_IS || (m->h == h && m->w == w);
    if (s.same) {
        s.pixel[0] = ((int64_t)n * m->h + y) * m->w + x;
        return s;
    }
    v = net_place_at(y, m->h, h, sampling);
    u = net_place_at(x, m->w, w, sampling);
    s.across = u.weight;
    s.down = v.weight;
    s.pixel[0] = ((int64_t)n * m->h + v.low) * m->w + u.low;
    s.pixel[1] = ((int64_t)n * m->h + v.low) * m->w + u.high;
    s.pixel[2] = ((int64_t)n * m->h + v.high) * m->w + u.low;
    s.pixel[3] = ((int64_t)n * m->h + v.high) * m->w + u.high;
    return s;
}

NET_BLOCK float net_between(const net_sample *s, float a, float b, float c, float d)
{
    float above = (1.0f - s->across) * a + s->across * b, below = (1.0f - s->across) * c + s->across * d;

    return (1.0f - s->down) * above + s->down * below;
}

NET_BLOCK void net_load_sample(float v[NET_GROUP], const net_map *m, const net_sample *s, int32_t c)
{
    float b[NET_GROUP], below[NET_GROUP], d[NET_GROUP];

    net_load(v, m, s->pixel[0], c);
    if (s->same)
        return;
    net_load(b, m, s->pixel[1], c);
    net_load(below, m, s->pixel[2], c);
    net_load(d, m, s->pixel[3], c);
    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP; i++)
        v[i] = net_between(s, v[i], b[i], below[i], d[i]);
}

NET_BLOCK float net_sampled_number(const net_map *m, const net_sample *s, int32_t c)
{
    if (s->same)
        return net_number(m, s->pixel[0], c);
    return net_between(s, net_number(m, s->pixel[0], c), net_number(m, s->pixel[1], c),
                       net_number(m, s->pixel[2], c), net_number(m, s->pixel[3], c));
}

#endif
