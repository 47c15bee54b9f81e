/* Any bytes as a checkpoint: refused with a message, or every tensor can be widened. A mutation would spoil the
 * checksum of the pickle and end there, so all of the input's are put right first. */
#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/weights.h"
#include "net/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void put_right(uint8_t *bytes, size_t size, const inspyr_allocator *allocator)
{
    zip_archive zip;

    if (zip_open(&zip, bytes, size, allocator, NULL) != INSPYR_OK)
        return;
    for (int32_t i = 0; i < zip.count; i++) {
        const zip_member *m = &zip.members[i];
        uint8_t *crc = (uint8_t *)m->name - 30; /* of the entry, before its name */
        uint32_t right = libdeflate_crc32(0, m->data, m->size);

        for (int k = 0; k < 4; k++)
            crc[k] = (uint8_t)(right >> 8 * k);
    }
    zip_close(&zip);
}

static void use(const weights *w, size_t size)
{
    unsigned char digest[WEIGHTS_DIGEST];
    inspyr_error error;

    for (int32_t i = 0; i < weights_count(w); i++) {
        const weights_tensor *t = weights_at(w, i);
        float *numbers;

        if (t->count < 1 || t->count > size / 2 || weights_find(w, t->name) != t)
            abort();
        numbers = malloc(t->count * sizeof *numbers);
        if (!numbers)
            return;
        weights_widen(numbers, t);
        free(numbers);
    }
    if (weights_check_data(w, NULL, &error) != INSPYR_OK && !*error.message)
        abort();
    weights_digest(w, digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    inspyr_allocator allocator;
    inspyr_error error;
    uint8_t *copy = malloc(size ? size : 1);
    weights *w;

    memory_import(&allocator, NULL, NULL);
    if (!copy)
        return 0;
    memcpy(copy, bytes, size);
    put_right(copy, size, &allocator);
    if (weights_open(&w, copy, size, &allocator, &error) == INSPYR_OK)
        use(w, size);
    else if (w || !*error.message)
        abort();
    weights_free(w);
    free(copy);
    return 0;
}
