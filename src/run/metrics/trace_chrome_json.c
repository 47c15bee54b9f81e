#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/metrics/trace_chrome.h"

/* A record in the row that it is shown in. Spans of one row lie within each other or beside each other: a
 * thread does one thing after the other, and what no thread does as a whole has a row for each trace. */
typedef struct placed {
    const trace_record *record;
    uint32_t row;
} placed;

static int compare_rows(const void *a, const void *b)
{
    const trace_record *x = ((const placed *)a)->record, *y = ((const placed *)b)->record;
    int order = !*x->thread - !*y->thread; /* threads first */

    if (!order)
        order = strcmp(x->thread, y->thread);
    if (!order && !*x->thread)
        order = strcmp(x->trace_id, y->trace_id);
    return order;
}

static int compare_places(const void *a, const void *b)
{
    const trace_record *x = ((const placed *)a)->record, *y = ((const placed *)b)->record;
    int order = compare_rows(a, b);

    if (!order)
        order = (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
    if (!order)
        order = (x->end_ns < y->end_ns) - (x->end_ns > y->end_ns); /* what lies around the others first */
    return order;
}

static int compare_batches(const void *a, const void *b)
{
    uint64_t x = ((const placed *)a)->record->batch, y = ((const placed *)b)->record->batch;

    return (x > y) - (x < y);
}

static void quoted(text *t, const char *name, const char *value)
{
    text_quote(t, name, strlen(name));
    text_format(t, ":");
    text_quote(t, value, strlen(value));
}

static int64_t positive(int64_t ns)
{
    return ns > 0 ? ns : 0;
}

/* Microseconds, with all digits. */
static void microseconds(text *t, const char *name, int64_t ns)
{
    text_format(t, ",\"%s\":%" PRId64 ".%03d", name, positive(ns) / 1000, (int)(positive(ns) % 1000));
}

/* Behind the event before it. */
static void event(text *t, char phase, uint32_t row)
{
    text_format(t, ",\n{\"ph\":\"%c\",\"pid\":1,\"tid\":%" PRIu32, phase, row);
}

static void row_name(text *t, const placed *p)
{
    char name[TRACE_ID + 8] = "request ";
    const char *thread = p->record->thread;

    memcpy(name + strlen(name), p->record->trace_id, TRACE_ID);
    event(t, 'M', p->row);
    text_format(t, ",\"name\":\"thread_name\",\"args\":{");
    quoted(t, "name", *thread ? thread : name);
    text_format(t, "}}");
}

static void span(text *t, const placed *p)
{
    const trace_record *r = p->record;
    const char *at = r->texts;

    event(t, 'X', p->row);
    text_format(t, ",\"cat\":\"inspyr\",");
    quoted(t, "name", r->name);
    microseconds(t, "ts", r->start_ns);
    microseconds(t, "dur", r->end_ns - r->start_ns);
    text_format(t, ",\"args\":{");
    quoted(t, "trace_id", r->trace_id);
    text_format(t, ",");
    quoted(t, "span_id", r->span_id);
    text_format(t, ",");
    quoted(t, "parent_id", r->parent_id);
    if (r->batch)
        text_format(t, ",\"batch\":%" PRIu64, r->batch);
    text_format(t, ",\"attributes\":{");
    for (int i = 0; i < r->attributes; i++) {
        const char *value = at + strlen(at) + 1;

        if (i)
            text_format(t, ",");
        quoted(t, at, value);
        at = value + strlen(value) + 1;
    }
    text_format(t, "}}}");
}

/* An arrow begins within the request's span and ends within the batch's, not earlier. */
static void arrow(text *t, const placed *from, const placed *to, size_t number)
{
    int64_t start = from->record->start_ns, end = to->record->start_ns;

    if (end < start)
        end = start < to->record->end_ns ? start : to->record->end_ns;
    event(t, 's', from->row);
    text_format(t, ",\"cat\":\"batch\",\"name\":\"batch\",\"id\":%zu", number);
    microseconds(t, "ts", start);
    text_format(t, "}");
    event(t, 'f', to->row);
    text_format(t, ",\"bp\":\"e\",\"cat\":\"batch\",\"name\":\"batch\",\"id\":%zu", number);
    microseconds(t, "ts", end);
    text_format(t, "}");
}

static void arrows(text *t, const placed *places, size_t count, placed *batches)
{
    size_t batch_count = 0, number = 0;

    for (size_t i = 0; i < count; i++)
        if (places[i].record->is_batch && places[i].record->batch)
            batches[batch_count++] = places[i];
    qsort(batches, batch_count, sizeof *batches, compare_batches);
    for (size_t i = 0; i < count; i++) {
        const placed *to = places[i].record->is_batch
                               ? NULL
                               : bsearch(&places[i], batches, batch_count, sizeof *batches, compare_batches);

        if (to)
            arrow(t, &places[i], to, ++number);
    }
}

inspyr_status trace_chrome_write(text *out, const trace_record *records, size_t count, uint64_t dropped,
                                 inspyr_error *error)
{
    placed *places = memory_array(&out->allocator, 2 * (count + 1), sizeof *places);
    int64_t offset = count ? records[0].start_unix_ns - records[0].start_ns : 0;

    if (!places)
        return failed(error, INSPYR_ERR_MEMORY, "no room for the order of %zu spans", count);
    for (size_t i = 0; i < count; i++)
        places[i] = (placed){ &records[i], 1 };
    qsort(places, count, sizeof *places, compare_places);
    text_format(out, "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"dropped\":\"%" PRIu64, dropped);
    text_format(out, "\",\"unix_ns_at_0\":\"%" PRId64 "\"},\"traceEvents\":[\n", offset);
    text_format(out,
                "{\"ph\":\"M\",\"pid\":1,\"tid\":0,\"name\":\"process_name\",\"args\":{\"name\":\"inspyr\"}}");
    for (size_t i = 0; i < count; i++) {
        bool first = !i || compare_rows(&places[i - 1], &places[i]);

        if (i)
            places[i].row = places[i - 1].row + first;
        if (first)
            row_name(out, &places[i]);
        span(out, &places[i]);
    }
    arrows(out, places, count, places + count);
    text_format(out, "\n]}\n");
    memory_give(&out->allocator, places);
    return INSPYR_OK;
}
