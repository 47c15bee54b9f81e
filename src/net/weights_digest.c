#include "base/checksum.h"
#include "base/file.h"
#include "base/sha256.h"
#include "net/weights_store.h"

void weights_digest(const weights *w, unsigned char out[WEIGHTS_DIGEST])
{
    const unsigned char *data = w->directory + w->directory_size;
    unsigned char bytes[16] = { 0 };
    uint64_t numbers[2] = { w->size, 0 };
    sha256 s;

    sha256_begin(&s);
    sha256_add(&s, w->container, strlen(w->container));
    if (!w->part_count) { /* no checksums in the directory; SHA-256 of all data would take half a second */
        numbers[1] = checksum(data, w->size - (size_t)(data - w->bytes), NULL);
        if (w->mapped)
            file_forget(w->bytes, w->size);
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(numbers[i / 8] >> i % 8 * 8);
    sha256_add(&s, bytes, sizeof bytes);
    sha256_add(&s, w->directory, w->directory_size);
    sha256_end(out, &s);
}
