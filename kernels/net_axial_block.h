/* net_axial_block.h - attention along an axis as two products of tiles with a softmax between them.
 *
 * Logits [position][position] = queries x keys; results [position][row of values] = shares x values, where the
 * rows of a position are its channels, or, where the memory of a C x H x W tensor is read as rows of `length`
 * numbers, all that lies in its column. Rows are taken pixel by pixel and then channel by channel, so that
 * neighbours in a tile are neighbours in memory. A block collects 32 rows of 64 positions of both sides in its
 * memory (10 KiB), in lines of 40 halves, so that the words which a warp reads at once lie in 32 banks. Sums
 * over more than 256 rows are cut up, and the parts added up in one order by the softmax. Leaf (kernels).
 * Threads: one block. */
#ifndef INSPYR_KERNELS_NET_AXIAL_BLOCK_H
#define INSPYR_KERNELS_NET_AXIAL_BLOCK_H

#include "kernels/mma_tile.h"
#include "kernels/net_maps.h"
#include "kernels/net_shape.h"

#define NET_AXIAL_STEP 32                        /* rows that are collected at a time */
#define NET_AXIAL_PITCH (NET_AXIAL_STEP / 2 + 4) /* words of a line */

typedef struct net_axial_shared {
    uint32_t left[NET_AXIAL_TILE][NET_AXIAL_PITCH], right[NET_AXIAL_TILE][NET_AXIAL_PITCH];
} net_axial_shared;

/* A block's tile: of which line and sample, where it begins, and which part of the sum it is. */
typedef struct net_axial_at {
    int32_t n, line, i, j, split;
} net_axial_at;

typedef struct net_axial_spot {
    int32_t pixel, c;
} net_axial_spot;

/* Parts of the stacked map that belong to the axis: queries, keys (1), values (2). */
NET_BLOCK int32_t net_axial_part(const net_axial *job, int32_t which)
{
    return (job->axis ? 2 * job->qk + job->out.c : 0) + which * job->qk;
}

/* Columns first, then rows of tiles, then parts of a sum. */
NET_BLOCK net_axial_at net_axial_tile(const net_axial *job, uint32_t block, int32_t rows, int32_t columns,
                                      int32_t splits)
{
    uint32_t across = (uint32_t)net_axial_tiles(columns), down = (uint32_t)net_axial_tiles(rows);
    uint32_t lines = (uint32_t)net_axial_lines(job);
    net_axial_at at;

    at.j = (int32_t)(block % across) * NET_AXIAL_TILE;
    block /= across;
    at.i = (int32_t)(block % down) * NET_AXIAL_TILE;
    block /= down;
    at.split = (int32_t)(block % (uint32_t)splits);
    block /= (uint32_t)splits;
    at.line = (int32_t)(block % lines);
    at.n = (int32_t)(block / lines);
    return at;
}

/* Are columns those of other lines than the picture's? */
NET_BLOCK bool net_axial_scrambled(const net_axial *job)
{
    return job->raw && !job->axis && job->out.h != job->out.w;
}

/* Row `row` of a position, of a part of so many channels that begins at `first`. */
NET_BLOCK net_axial_spot net_axial_find(const net_axial *job, const net_axial_at *at, int32_t first,
                                        int32_t channels, int32_t row, int32_t position)
{
    int32_t h = job->out.h, w = job->out.w, y = row / channels, c = row % channels, x = position;
    net_axial_spot spot;

    if (!job->raw) {
        y = job->axis ? at->line : position;
        x = job->axis ? position : at->line;
        c = row;
    } else if (net_axial_scrambled(job)) {
        int32_t flat = (c * w + y) * h + position;

        c = flat / (h * w);
        y = flat % (h * w) / w;
        x = flat % w;
    }
    spot.pixel = (at->n * h + y) * w + x;
    spot.c = first + c;
    return spot;
}

/* 0 beyond the last row or position. */
NET_BLOCK uint32_t net_axial_half(const net_axial *job, const net_axial_at *at, int32_t which, int32_t row,
                                  int32_t position)
{
    int32_t channels = which == 2 ? job->out.c : job->qk;
    net_axial_spot spot;

    if (position >= net_axial_length(job) || row >= net_axial_rows(job, channels))
        return 0;
    spot = net_axial_find(job, at, net_axial_part(job, which), channels, row, position);
    return ((const uint16_t *)job->stacked.data)[(int64_t)spot.pixel * job->stacked.step + spot.c];
}

/* Rows `row` and row + 1 of queries (0) or keys (1): mostly neighbours in memory. */
NET_BLOCK uint32_t net_axial_rows_word(const net_axial *job, const net_axial_at *at, int32_t which, int32_t row,
                                       int32_t position)
{
    net_axial_spot spot;
    const uint16_t *from;

    if (job->qk % 2 || net_axial_scrambled(job) || position >= net_axial_length(job) ||
        row >= net_axial_rows(job, job->qk))
        return net_axial_half(job, at, which, row, position) | net_axial_half(job, at, which, row + 1, position)
                                                                   << 16;
    spot = net_axial_find(job, at, net_axial_part(job, which), job->qk, row, position);
    from = (const uint16_t *)job->stacked.data + (int64_t)spot.pixel * job->stacked.step + spot.c;
    return from[0] | (uint32_t)from[1] << 16;
}

/* A row of values at 16 positions, in words. Positions are neighbours at one distance, mostly. */
NET_BLOCK void net_axial_values(const net_axial *job, const net_axial_at *at, uint32_t *words, int32_t row,
                                int32_t position)
{
    int32_t inside = net_axial_length(job) - position;
    int64_t step = (int64_t)(!job->raw && !job->axis ? job->out.w : 1) * job->stacked.step;
    const uint16_t *from = (const uint16_t *)job->stacked.data;

    if (row >= net_axial_rows(job, job->out.c))
        inside = 0;
    if (inside > 0 && !net_axial_scrambled(job)) {
        net_axial_spot spot = net_axial_find(job, at, net_axial_part(job, 2), job->out.c, row, position);

        from += (int64_t)spot.pixel * job->stacked.step + spot.c;
    }
    NET_UNROLL
    for (int32_t i = 0; i < NET_AXIAL_STEP / 2; i += 2) {
        uint32_t low, high;

        if (net_axial_scrambled(job)) {
            low = net_axial_half(job, at, 2, row, position + i);
            high = net_axial_half(job, at, 2, row, position + i + 1);
        } else {
            low = i < inside ? from[i * step] : 0;
            high = i + 1 < inside ? from[(i + 1) * step] : 0;
        }
        words[i / 2] = low | high << 16;
    }
}

/* C of 64 x 64 += left x right, of what has been collected. */
NET_BLOCK void net_axial_multiply(const net_axial_shared *s, mma_c c[NET_AXIAL_TILE / 8], int32_t warp,
                                  int32_t type)
{
    NET_UNROLL
    for (int32_t k = 0; k < NET_AXIAL_STEP / 16; k++) {
        mma_a left;

        NET_LANES(lane)
        {
            const uint32_t *row = s->left[warp * 16 + mma_row(lane)] + 8 * k + mma_pair(lane) / 2;

            left.word[NET_PLACE(lane)][0] = row[0];
            left.word[NET_PLACE(lane)][1] = row[8 * NET_AXIAL_PITCH];
            left.word[NET_PLACE(lane)][2] = row[4];
            left.word[NET_PLACE(lane)][3] = row[8 * NET_AXIAL_PITCH + 4];
        }
        NET_UNROLL
        for (int32_t j = 0; j < NET_AXIAL_TILE / 8; j++) {
            mma_b right;

            NET_LANES(lane)
            {
                const uint32_t *row = s->right[8 * j + mma_row(lane)] + 8 * k + mma_pair(lane) / 2;

                right.word[NET_PLACE(lane)][0] = row[0];
                right.word[NET_PLACE(lane)][1] = row[4];
            }
            mma_product(&c[j], &left, &right, type);
        }
    }
}

/* Of a line, and of its sums' part. */
NET_BLOCK float *net_axial_logits_of(const net_axial *job, int32_t line, int32_t split)
{
    int32_t length = net_axial_length(job);

    return (float *)job->scratch + ((int64_t)line * net_axial_splits(job) + split) * length * length;
}

NET_BLOCK uint16_t *net_axial_shares_of(const net_axial *job, int32_t line)
{
    int32_t length = net_axial_length(job);
    float *end = net_axial_logits_of(job, job->out.n * net_axial_lines(job), 0);

    return (uint16_t *)end + (int64_t)line * length * length;
}

/* type: of the stacked map, a constant of the kernel. */
NET_BLOCK void net_axial_scores_block(const net_axial *job, net_axial_shared *s, uint32_t block, int32_t type)
{
    int32_t length = net_axial_length(job), rows = net_axial_rows(job, job->qk);
    net_axial_at at = net_axial_tile(job, block, length, length, net_axial_splits(job));
    int32_t first = at.split * NET_AXIAL_SPLIT, end = net_least(first + NET_AXIAL_SPLIT, rows);
    mma_c c[NET_WARP_PLACES(4)][NET_AXIAL_TILE / 8];

    NET_WARPS(warp, NET_AXIAL_TILE / 16)
    {
        NET_UNROLL
        for (int32_t j = 0; j < NET_AXIAL_TILE / 8; j++)
            mma_clear(&c[NET_WARP_PLACE(warp)][j]);
    }
    for (int32_t row = first; row < end; row += NET_AXIAL_STEP) {
        NET_EACH(i, NET_AXIAL_TILE * NET_AXIAL_STEP / 2)
        {
            int32_t position = i / (NET_AXIAL_STEP / 2), word = i % (NET_AXIAL_STEP / 2), r = row + 2 * word;

            s->left[position][word] = net_axial_rows_word(job, &at, 0, r, at.i + position);
            s->right[position][word] = net_axial_rows_word(job, &at, 1, r, at.j + position);
        }
        NET_WARPS(warp, NET_AXIAL_TILE / 16)
        {
            net_axial_multiply(s, c[NET_WARP_PLACE(warp)], warp, type);
        }
    }
    NET_WARPS(warp, NET_AXIAL_TILE / 16)
    {
        float *to = net_axial_logits_of(job, at.n * net_axial_lines(job) + at.line, at.split);

        NET_LANES(lane)
        {
            NET_UNROLL
            for (int32_t i = 0; i < NET_AXIAL_TILE / 2; i++) {
                int32_t y = at.i + warp * 16 + mma_row(lane) + i / 2 % 2 * 8;
                int32_t x = at.j + i / 4 * 8 + mma_pair(lane) + i % 2;

                if (y < length && x < length)
                    to[(int64_t)y * length + x] = c[NET_WARP_PLACE(warp)][i / 4].at[NET_PLACE(lane)][i % 4];
            }
        }
    }
}

/* A warp for each position. Each lane reads again what it wrote itself. */
NET_BLOCK void net_axial_softmax_block(const net_axial *job, uint32_t block)
{
    int32_t length = net_axial_length(job), splits = net_axial_splits(job);
    int64_t first = (int64_t)block * NET_NORM_WARPS;
    int64_t left = (int64_t)job->out.n * net_axial_lines(job) * length - first;

    NET_WARPS(warp, left < NET_NORM_WARPS ? (int32_t)left : NET_NORM_WARPS)
    {
        int32_t line = (int32_t)((first + warp) / length);
        int64_t at = (first + warp) % length * length;
        float *logits = net_axial_logits_of(job, line, 0) + at, most[NET_PLACES], sum[NET_PLACES];
        uint16_t *shares = net_axial_shares_of(job, line) + at;

        NET_LANES(lane)
        {
            most[NET_PLACE(lane)] = -HUGE_VALF;
            for (int32_t j = lane; j < length; j += NET_LANE_COUNT) {
                for (int32_t split = 1; split < splits; split++)
                    logits[j] = logits[j] + logits[(int64_t)split * length * length + j];
                most[NET_PLACE(lane)] = fmaxf(most[NET_PLACE(lane)], logits[j]);
            }
        }
        net_warp_most(most, NET_LANE_COUNT);
        NET_LANES(lane)
        {
            sum[NET_PLACE(lane)] = 0;
            for (int32_t j = lane; j < length; j += NET_LANE_COUNT) {
                logits[j] = NET_EXP(logits[j] - most[NET_PLACE(lane)]);
                sum[NET_PLACE(lane)] = sum[NET_PLACE(lane)] + logits[j];
            }
        }
        net_warp_sum(sum, NET_LANE_COUNT);
        NET_LANES(lane)
        {
            for (int32_t j = lane; j < length; j += NET_LANE_COUNT)
                shares[j] = (uint16_t)net_narrowed(logits[j] / sum[NET_PLACE(lane)], job->stacked.type);
        }
    }
}

/* The first axis writes 2 t + gamma o, the second adds to that. */
NET_BLOCK void net_axial_write(const net_axial *job, const net_axial_at *at, const mma_c *c, int32_t warp)
{
    float gamma = job->axis ? job->gamma_w : job->gamma_h;

    NET_LANES(lane)
    {
        NET_UNROLL
        for (int32_t i = 0; i < NET_AXIAL_TILE / 2; i++) {
            int32_t position = at->i + warp * 16 + mma_row(lane) + i / 2 % 2 * 8;
            int32_t row = at->j + i / 4 * 8 + mma_pair(lane) + i % 2;
            float o = gamma * c[i / 4].at[NET_PLACE(lane)][i % 4];
            net_axial_spot spot;

            if (position >= net_axial_length(job) || row >= net_axial_rows(job, job->out.c))
                continue;
            spot = net_axial_find(job, at, 0, job->out.c, row, position);
            o = o + (job->axis ? net_number(&job->out, spot.pixel, spot.c)
                               : 2.0f * net_number(&job->t, spot.pixel, spot.c));
            net_put(&job->out, spot.pixel, spot.c, o);
        }
    }
}

NET_BLOCK void net_axial_apply_block(const net_axial *job, net_axial_shared *s, uint32_t block, int32_t type)
{
    int32_t length = net_axial_length(job);
    net_axial_at at = net_axial_tile(job, block, length, net_axial_rows(job, job->out.c), 1);
    const uint16_t *shares = net_axial_shares_of(job, at.n * net_axial_lines(job) + at.line);
    mma_c c[NET_WARP_PLACES(4)][NET_AXIAL_TILE / 8];

    NET_WARPS(warp, NET_AXIAL_TILE / 16)
    {
        NET_UNROLL
        for (int32_t j = 0; j < NET_AXIAL_TILE / 8; j++)
            mma_clear(&c[NET_WARP_PLACE(warp)][j]);
    }
    for (int32_t first = 0; first < length; first += NET_AXIAL_STEP) {
        NET_EACH(i, NET_AXIAL_TILE * NET_AXIAL_STEP / 2)
        {
            int32_t y = i / (NET_AXIAL_STEP / 2), word = i % (NET_AXIAL_STEP / 2), k = first + 2 * word;
            const uint16_t *from = shares + (int64_t)(at.i + y) * length + k;
            bool inside = at.i + y < length;

            s->left[y][word] = (inside && k < length ? from[0] : 0u) |
                               (inside && k + 1 < length ? (uint32_t)from[1] << 16 : 0u);
        }
        NET_EACH(i, NET_AXIAL_TILE * 2) /* neighbours in memory are rows, that is, channels */
        {
            int32_t y = i % NET_AXIAL_TILE, k = i / NET_AXIAL_TILE * (NET_AXIAL_STEP / 2);

            net_axial_values(job, &at, s->right[y] + k / 2, at.j + y, first + k);
        }
        NET_WARPS(warp, NET_AXIAL_TILE / 16)
        {
            net_axial_multiply(s, c[NET_WARP_PLACE(warp)], warp, type);
        }
    }
    NET_WARPS(warp, NET_AXIAL_TILE / 16)
    {
        net_axial_write(job, &at, c[NET_WARP_PLACE(warp)], warp);
    }
}

#endif
