/* Any bytes as the pickle of a checkpoint: refused with a message, or tensors whose storages are there. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void need_inside(pickle_text text, const uint8_t *bytes, size_t size)
{
    const uint8_t *begin = (const uint8_t *)text.bytes;

    if (text.size < 1 || begin < bytes || begin + text.size > bytes + size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    inspyr_allocator allocator;
    inspyr_error error;
    pickle p;

    memory_import(&allocator, NULL, NULL);
    if (pickle_read(&p, bytes, size, &allocator, &error) != INSPYR_OK) {
        if (p.named || !*error.message)
            abort();
        return 0;
    }
    for (int32_t i = 0; i < p.count; i++) {
        const pickle_tensor *t = &p.named[i].tensor;

        need_inside(p.named[i].name, bytes, size);
        if (t->storage < 0 || t->storage >= p.storage_count || t->dimensions < 0 ||
            t->dimensions > WEIGHTS_DIMENSIONS)
            abort();
        need_inside(p.storages[t->storage].key, bytes, size);
    }
    pickle_free(&p);
    return 0;
}
