/* chance.h - numbers that look random and are the same on every machine.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_CHANCE_H
#define INSPYR_TESTS_CHANCE_H

#include <stdint.h>

typedef struct chance {
    uint64_t state;
} chance;

static inline uint32_t chance_bits(chance *c)
{
    uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

/* least <= result <= most */
static inline int32_t chance_between(chance *c, int32_t least, int32_t most)
{
    return least + (int32_t)(chance_bits(c) % (uint32_t)(most - least + 1));
}

/* Once in `n` calls. */
static inline int chance_one_in(chance *c, int32_t n)
{
    return chance_between(c, 1, n) == 1;
}

/* least <= result < most, in steps that float32 holds exactly. */
static inline float chance_number(chance *c, float least, float most)
{
    return least + (most - least) * (float)(chance_bits(c) >> 8) / 16777216.0f;
}

#endif
