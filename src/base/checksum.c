#include "base/checksum.h"

#include "base/pool.h"

/* Each word takes a lane through a bijection (odd factors have inverses), so no single change is lost; eight
 * lanes hide the latency of the multiplication, which makes this as fast as memory. */
#define LANES 8
#define FACTOR UINT64_C(0x9e3779b97f4a7c15)

/* Parts on different threads; their number is part of the result. */
#define PARTS 64

typedef struct checksum_job {
    const unsigned char *bytes;
    size_t size, each;
    uint64_t sums[PARTS];
} checksum_job;

static uint64_t mixed(uint64_t x)
{
    x ^= x >> 32;
    x *= FACTOR;
    return x ^ x >> 29;
}

static uint64_t sum_of(const unsigned char *bytes, size_t size)
{
    uint64_t lanes[LANES], sum = size;
    size_t at = 0;

    for (uint64_t i = 0; i < LANES; i++)
        lanes[i] = (i + 1) * FACTOR;
    for (; size - at >= LANES * 8; at += LANES * 8)
        for (size_t i = 0; i < LANES; i++) {
            uint64_t word;

            memcpy(&word, bytes + at + 8 * i, sizeof word);
            lanes[i] = (lanes[i] ^ word) * FACTOR;
            lanes[i] ^= lanes[i] >> 32;
        }
    for (; at < size; at++)
        lanes[at % LANES] = (lanes[at % LANES] ^ bytes[at]) * FACTOR;
    for (size_t i = 0; i < LANES; i++)
        sum = mixed(sum ^ lanes[i]) + i;
    return sum;
}

static void sum_part(void *user, int32_t part, int32_t lane)
{
    checksum_job *job = user;
    size_t first = (size_t)part * job->each, left = first < job->size ? job->size - first : 0;

    (void)lane;
    job->sums[part] = sum_of(job->bytes + (left ? first : 0), left < job->each ? left : job->each);
}

uint64_t checksum(const void *bytes, size_t size, inspyr_pool *pool)
{
    checksum_job job = { .bytes = bytes, .size = size, .each = size / PARTS + 1 };

    pool_run(pool, PARTS, sum_part, &job);
    return sum_of((const unsigned char *)job.sums, sizeof job.sums) ^ size;
}
