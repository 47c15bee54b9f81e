/* Any bytes as a file of weights: refused with a message, or every tensor can be found and widened. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/quantised.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void use(const weights *w, size_t size)
{
    quantised_file file;
    inspyr_error error;
    size_t total = 0;

    for (int32_t i = 0; i < weights_count(w); i++) {
        const weights_tensor *t = weights_at(w, i);
        float *numbers;

        total += t->count;
        if (t->count < 1 || total > size || weights_find(w, t->name) != t)
            abort();
        numbers = malloc(t->count * sizeof *numbers);
        if (!numbers)
            return;
        weights_widen(numbers, t);
        free(numbers);
    }
    weights_metadata(w, "format");
    if (quantised_read(&file, w, &error) && !*error.message)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    inspyr_allocator allocator;
    inspyr_error error;
    weights *w;

    memory_import(&allocator, NULL, NULL);
    if (weights_open(&w, bytes, size, &allocator, &error) == INSPYR_OK)
        use(w, size);
    else if (w || !*error.message)
        abort();
    weights_free(w);
    return 0;
}
