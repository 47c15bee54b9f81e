/* Any checkpoint's names and shapes as a network: refused with a message, or recorded. The input is a list of
 * edits to the tensors of a small network of the reference's, because no mutation would ever find 1200 names.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/network.h"
#include "net/weights_store.h"

#define TENSORS 2048
#define TEXT (256 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct listing {
    char text[TEXT];
    weights_tensor tensors[TENSORS];
    int32_t count;
} listing;

static void read_listing(listing *l, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *line = l->text;

    if (!f)
        abort();
    l->text[fread(l->text, 1, TEXT - 1, f)] = '\0';
    fclose(f);
    for (l->count = 0; *line; l->count++) {
        weights_tensor *t = &l->tensors[l->count];
        char *end = strchr(line, '\n'), *shape = strchr(line, ' ');

        *t = (weights_tensor){ .name = line, .count = 1, .data = "" };
        *end = *shape = '\0';
        for (shape++; *shape; shape += *shape == ',') {
            t->shape[t->dimensions] = strtoll(shape, &shape, 10);
            t->count *= (size_t)t->shape[t->dimensions++];
        }
        line = end + 1;
    }
}

/* Four bytes: which tensor (two of them), what happens to it, and to what. */
static void edit(weights *w, const uint8_t *e)
{
    static const int64_t sizes[] = { 1,  2,  3,   4,   7,    8,    12,   16,        31,
                                     32, 64, 128, 529, 4096, 8192, 8193, INT32_MAX, INT64_MAX };
    int32_t at = (e[0] | e[1] << 8) % w->count;
    weights_tensor *t = &w->tensors[at];

    switch (e[2] % 8) {
    case 0: /* gone */
        memmove(t, t + 1, (size_t)(w->count - at - 1) * sizeof *t);
        w->count -= w->count > 1;
        break;
    case 1:
        t->type = WEIGHTS_I64;
        break;
    case 2:
        t->dimensions = e[3] % (WEIGHTS_DIMENSIONS + 1);
        break;
    case 3: /* all that are alike */
        for (int32_t i = 0; i < w->count; i++)
            if (w->tensors[i].shape[0] == t->shape[0] && i != at)
                w->tensors[i].shape[0] = sizes[e[3] % (sizeof sizes / sizeof *sizes)];
        break;
    default:
        t->shape[e[2] % 4] = sizes[e[3] % (sizeof sizes / sizeof *sizes)];
    }
}

static inspyr_status build(const weights *w, int32_t base, inspyr_error *error)
{
    const network_hints hints = { .base_w = base };
    network_config config;
    plan *p = NULL;
    inspyr_status status = network_configure(&config, w, &hints, error);

    if (!status)
        status = plan_create(&p, &w->allocator, error);
    if (!status)
        status =
            network_record(p, &config, (network_size){ .n = 1, .h = config.base_h, .w = config.base_w }, error);
    if (!status)
        status = weights_match(w, p, error);
    plan_free(p);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static listing listings[2];
    const listing *l = &listings[size && bytes[0] & 1];
    weights w = { .count = l->count };
    inspyr_error error = { 0 };
    inspyr_status status;

    if (!listings[0].count) {
        read_listing(&listings[0], NETWORK_DATA "/swin.names");
        read_listing(&listings[1], NETWORK_DATA "/res2net.names");
    }
    memory_import(&w.allocator, NULL, NULL);
    w.count = l->count;
    w.tensors = malloc((size_t)l->count * sizeof *w.tensors);
    if (!w.tensors)
        return 0;
    memcpy(w.tensors, l->tensors, (size_t)l->count * sizeof *w.tensors);
    for (size_t at = 1; at + 4 <= size && at < 1 + 4 * 32; at += 4)
        edit(&w, bytes + at);
    status = build(&w, size > 1 && bytes[0] & 2 ? 96 : 64, &error);
    if ((status && !*error.message) || (status && size < 5)) /* unedited, both are networks */
        abort();
    free(w.tensors);
    return 0;
}
