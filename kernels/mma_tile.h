/* mma_tile.h - products of tiles in a warp's registers: C (16 x 8, float32) += A (16 x 16) B (16 x 8), A and B
 * of 16 bits, as the tensor cores' m16n8k16 has them.
 *
 * Which lane holds which element is the same for one thread that plays 32 lanes, so the tests see a wrong
 * index. With r = lane / 4 and t = 2 (lane % 4):
 *   A  word 0: (row r, k t and t + 1); 1: row r + 8; 2: k + 8; 3: row r + 8, k + 8
 *   B  word 0: (k t and t + 1, column r); 1: k + 8
 *   C  0, 1: (row r, columns t and t + 1); 2, 3: row r + 8
 * sm_75 has m16n8k8, and no bf16. Leaf (kernels). Threads: a warp. */
#ifndef INSPYR_KERNELS_MMA_TILE_H
#define INSPYR_KERNELS_MMA_TILE_H

#include "kernels/net_half.h"

typedef struct mma_a {
    uint32_t word[NET_PLACES][4];
} mma_a;

typedef struct mma_b {
    uint32_t word[NET_PLACES][2];
} mma_b;

typedef struct mma_c {
    float at[NET_PLACES][4];
} mma_c;

NET_BLOCK int32_t mma_row(int32_t lane)
{
    return lane / 4;
}

NET_BLOCK int32_t mma_pair(int32_t lane)
{
    return lane % 4 * 2;
}

NET_BLOCK void mma_clear(mma_c *c)
{
    NET_LANES(lane)
    {
        NET_UNROLL
        for (int32_t i = 0; i < 4; i++)
            c->at[NET_PLACE(lane)][i] = 0;
    }
}

/* C tiles of columns 0 to 7 and 8 to 15 as the A of a product with what those columns count. */
NET_BLOCK void mma_of_results(mma_a *a, const mma_c *left, const mma_c *right, int32_t type)
{
    NET_LANES(lane)
    {
        const float *l = left->at[NET_PLACE(lane)], *r = right->at[NET_PLACE(lane)];

        a->word[NET_PLACE(lane)][0] = net_pair_of(l[0], l[1], type);
        a->word[NET_PLACE(lane)][1] = net_pair_of(l[2], l[3], type);
        a->word[NET_PLACE(lane)][2] = net_pair_of(r[0], r[1], type);
        a->word[NET_PLACE(lane)][3] = net_pair_of(r[2], r[3], type);
    }
}

/* type: NET_HALF or NET_BF16, a constant of the kernel. Volatile, or it might be moved to where its result is
 * used, and not all lanes are. */
#if defined(__CUDACC__)
NET_BLOCK void mma_product(mma_c *c, const mma_a *a, const mma_b *b, int32_t type)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    if (type == NET_BF16)
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
            "{%0,%1,%2,%3};"
            : "+f"(c->at[0][0]), "+f"(c->at[0][1]), "+f"(c->at[0][2]), "+f"(c->at[0][3])
            : "r"(a->word[0][0]), "r"(a->word[0][1]), "r"(a->word[0][2]), "r"(a->word[0][3]),
              "r"(b->word[0][0]), "r"(b->word[0][1]));
    else
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
                     "{%0,%1,%2,%3};"
                     : "+f"(c->at[0][0]), "+f"(c->at[0][1]), "+f"(c->at[0][2]), "+f"(c->at[0][3])
                     : "r"(a->word[0][0]), "r"(a->word[0][1]), "r"(a->word[0][2]), "r"(a->word[0][3]),
                       "r"(b->word[0][0]), "r"(b->word[0][1]));
#else
    NET_UNROLL
    for (int32_t i = 0; i < 2 && type == NET_HALF; i++)
        asm volatile(
            "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
            : "+f"(c->at[0][0]), "+f"(c->at[0][1]), "+f"(c->at[0][2]), "+f"(c->at[0][3])
            : "r"(a->word[0][2 * i]), "r"(a->word[0][2 * i + 1]), "r"(b->word[0][i]));
#endif
}
#else
/* Element k of a row that the lanes 4 r to 4 r + 3 hold as words: of A, low and high k are two words apart. */
NET_BLOCK float mma_element(const uint32_t *words, int32_t per_lane, int32_t r, int32_t k, int32_t word,
                            int32_t type)
{
    uint32_t both = words[(4 * r + k % 8 / 2) * per_lane + word];

    return net_widened(both >> k % 2 * 16 & 0xFFFF, type);
}

NET_BLOCK void mma_product(mma_c *c, const mma_a *a, const mma_b *b, int32_t type)
{
    for (int32_t lane = 0; lane < NET_LANE_COUNT; lane++)
        for (int32_t i = 0; i < 4; i++) {
            int32_t column = mma_pair(lane) + i % 2;
            float sum = c->at[lane][i];

            for (int32_t k = 0; k < 16; k++)
                sum = sum + mma_element(a->word[0], 4, mma_row(lane), k, k / 8 * 2 + i / 2, type) *
                                mma_element(b->word[0], 2, column, k, k / 8, type);
            c->at[lane][i] = sum;
        }
}
#endif

#endif
