#include "base/sha256.h"
#include "net/weights_store.h"

#define LANES 4

static uint64_t load8(const unsigned char *p)
{
    uint64_t word = 0;

    for (int i = 7; i >= 0; i--)
        word = word << 8 | p[i];
    return word;
}

/* Both steps can be undone, so no word is lost: two inputs that differ in one word never meet. */
static uint64_t mixed(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * 0x9E3779B97F4A7C15; /* 2^64 over the golden ratio, odd */
    return sum ^ sum >> 32;
}

/* At the speed of memory, which SHA-256 is not: four sums that do not wait for each other. */
static void add_quickly(sha256 *s, const unsigned char *p, size_t size)
{
    uint64_t sums[LANES] = { 1, 2, 3, 4 };
    unsigned char bytes[LANES * 8];
    size_t at = 0;

    for (; size - at >= sizeof bytes; at += sizeof bytes)
        for (size_t i = 0; i < LANES; i++)
            sums[i] = mixed(sums[i], load8(p + at + 8 * i));
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(sums[i / 8] >> i % 8 * 8);
    sha256_add(s, bytes, sizeof bytes);
    sha256_add(s, p + at, size - at);
}

void weights_digest(const weights *w, unsigned char out[WEIGHTS_DIGEST])
{
    const unsigned char *data = w->directory + w->directory_size;
    unsigned char size[8];
    sha256 s;

    sha256_begin(&s);
    sha256_add(&s, w->container, strlen(w->container));
    for (int i = 0; i < 8; i++)
        size[i] = (unsigned char)((uint64_t)w->size >> 8 * i);
    sha256_add(&s, size, sizeof size);
    sha256_add(&s, w->directory, w->directory_size);
    if (!w->part_count) /* no checksums in the directory */
        add_quickly(&s, data, w->size - (size_t)(data - w->bytes));
    sha256_end(out, &s);
}
