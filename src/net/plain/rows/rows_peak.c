/* rows_peak.c - a product of matrices that stay in the first-level cache: what no other kernel can be faster
 * than. */
#include "net/plain/rows/vector.h"

/* Sums that stay in registers, rows x columns: as in words.h where there are 32 registers, and otherwise as
 * many as leave room for an input and the weights. */
#if LANES == 16
#define ROWS 12
#define WIDE 2
#elif LANES == 8
#define ROWS 6
#define WIDE 2
#else
#define ROWS 4
#define WIDE 2
#endif

/* Words of a row of inputs, and vectors of a column of weights: 22 KiB in all, for the widest vectors. */
#define DEPTH 128
_Static_assert(DEPTH *(ROWS + WIDE * LANES) + ROWS * WIDE * LANES <= PEAK_ROOM, "the matrices fit their room");

typedef vec multiply_add(vec sum, vec left, vec right);

/* gcc 12 keeps sums of whole numbers in memory unless the instruction is written down; what is measured here is
 * to depend on no compiler. */
#if defined(__AVX512F__)
#define WRITTEN(name, instruction)                                                                             \
    INLINE vec name(vec sum, vec left, vec right)                                                              \
    {                                                                                                          \
        __asm__(instruction " %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));                                \
        return sum;                                                                                            \
    }
WRITTEN(add_floats, "vfmadd231ps")
#if defined(__AVX512BF16__)
WRITTEN(add_pairs, "vdpbf16ps")
WRITTEN(add_bytes, "vpdpbusd")
#endif
#else
INLINE vec add_floats(vec sum, vec left, vec right)
{
    return sum + left * right;
}
#endif

INLINE void rounds_of(multiply_add *add, int32_t rounds, float *room)
{
    const float *left = room, *right = room + (size_t)ROWS * DEPTH;
    float *out = room + (size_t)DEPTH * (ROWS + WIDE * LANES);

    for (int32_t r = 0; r < rounds; r++) {
        vec sums[ROWS][WIDE];

        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < WIDE; j++)
                sums[i][j] = spread(0);
        for (int32_t k = 0; k < DEPTH; k++) {
            vec each[WIDE];

            for (int j = 0; j < WIDE; j++)
                each[j] = load(right + (size_t)(k * WIDE + j) * LANES);
            for (int i = 0; i < ROWS; i++) {
                vec input = spread(left[(size_t)i * DEPTH + (size_t)k]);

                for (int j = 0; j < WIDE; j++)
                    sums[i][j] = add(sums[i][j], input, each[j]);
            }
        }
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < WIDE; j++)
                store(out + (i * WIDE + j) * LANES, sums[i][j]);
        __asm__ volatile("" ::: "memory"); /* or all rounds would be one */
    }
}

double KERNEL(rows_peak)(inspyr_precision precision, int32_t rounds, float *room)
{
    const double words = (double)rounds * ROWS * WIDE * LANES * DEPTH;

    switch (precision) {
    case INSPYR_PRECISION_AUTO:
    case INSPYR_PRECISION_EXACT:
        rounds_of(add_floats, rounds, room);
        return words;
#if defined(__AVX512BF16__)
    case INSPYR_PRECISION_BF16:
        rounds_of(add_pairs, rounds, room);
        return 2 * words;
    case INSPYR_PRECISION_INT8:
        rounds_of(add_bytes, rounds, room);
        return 4 * words;
#endif
    default:
        return 0;
    }
}
