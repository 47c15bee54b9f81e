/* Any bytes as a traceparent: refused, or they are what is written again from what was read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/metrics/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1), again[64];
    trace_parent p;

    if (!text)
        return 0;
    if (size)
        memcpy(text, bytes, size);
    text[size] = '\0';
    if (trace_parse(&p, text)) {
        int length = snprintf(again, sizeof again, "00-%s-%s-", p.trace_id, p.span_id);

        if (strlen(text) != 55 || strncmp(text, again, (size_t)length) != 0 ||
            (strtoul(text + length, NULL, 16) & 1) != p.sampled)
            abort();
    }
    free(text);
    return 0;
}
