#include "run/metrics/trace.h"

#include <inttypes.h>
#include <stdio.h>

#define DIGITS "0123456789abcdef"

/* One field, which ends with `end`. Returns what comes behind it. */
static const char *field(char *out, const char *text, size_t digits, char end)
{
    if (!text || strspn(text, DIGITS) != digits || text[digits] != end)
        return NULL;
    memcpy(out, text, digits);
    out[digits] = '\0';
    return end ? text + digits + 1 : text + digits;
}

static bool zero(const char *id)
{
    return id[strspn(id, "0")] == '\0';
}

bool trace_parse(trace_parent *out, const char *text)
{
    char version[3], flags[3];
    const char *at = field(version, text, 2, '-');

    at = field(out->trace_id, at, TRACE_ID - 1, '-');
    at = field(out->span_id, at, TRACE_SPAN - 1, '-');
    at = field(flags, at, 2, '\0');
    if (!at || strcmp(version, "00") || zero(out->trace_id) || zero(out->span_id)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    out->sampled = strchr("13579bdf", flags[1]) != NULL;
    return true;
}

void trace_ids_begin(trace_ids *ids, uint64_t seed)
{
    atomic_init(&ids->next, seed);
}

/* splitmix64: one number to one number, so that none comes twice. */
static uint64_t number(trace_ids *ids)
{
    uint64_t z;

    do {
        z = atomic_fetch_add_explicit(&ids->next, UINT64_C(0x9e3779b97f4a7c15), memory_order_relaxed);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
    } while (!z);
    return z;
}

void trace_new(char trace_id[TRACE_ID], trace_ids *ids)
{
    uint64_t high = number(ids);

    snprintf(trace_id, TRACE_ID, "%016" PRIx64 "%016" PRIx64, high, number(ids));
}

void trace_new_span(char span_id[TRACE_SPAN], trace_ids *ids)
{
    snprintf(span_id, TRACE_SPAN, "%016" PRIx64, number(ids));
}
