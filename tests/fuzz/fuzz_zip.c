/* Any bytes as an archive: refused with a message, or every member lies within them and can be found. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "net/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    inspyr_allocator allocator;
    inspyr_error error;
    zip_archive zip;
    size_t total = 0;

    memory_import(&allocator, NULL, NULL);
    if (zip_open(&zip, bytes, size, &allocator, &error) != INSPYR_OK) {
        if (zip.members || !*error.message)
            abort();
        return 0;
    }
    for (int32_t i = 0; i < zip.count; i++) {
        const zip_member *m = &zip.members[i];

        total += m->size;
        if (m->data < bytes || m->data + m->size > zip.directory || total > size)
            abort();
        if (zip_find(&zip, m->name, (size_t)m->name_size) != i)
            abort();
        zip_intact(m->data, m->size, m->crc);
    }
    zip_close(&zip);
    return 0;
}
