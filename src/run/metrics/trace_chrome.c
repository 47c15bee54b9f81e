#include "run/metrics/trace_chrome.h"

#include <pthread.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/text.h"

#define BYTES ((uint64_t)4 << 20)
#define BYTES_LEAST ((uint64_t)4 << 10)
#define BYTES_MOST ((uint64_t)1 << 30)

struct inspyr_trace {
    inspyr_allocator allocator;
    pid_t process;
    pthread_mutex_t lock;
    uint64_t written; /* since it was made; the next one goes to its remainder by room */
    size_t room;
    trace_record *records;
};

inspyr_status inspyr_trace_create(inspyr_trace **out, const inspyr_trace_options *options, inspyr_error *error)
{
    inspyr_trace_options o;
    inspyr_allocator allocator;
    inspyr_status status;
    inspyr_trace *t;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_trace_options, bytes), options, error);
    if (status || (status = options_flags(o.flags, 0, error)) ||
        (status = memory_import(&allocator, o.allocator, error)))
        return status;
    if (o.bytes && (o.bytes < BYTES_LEAST || o.bytes > BYTES_MOST))
        return failed(error, INSPYR_ERR_ARGUMENT, "a ring of %llu bytes; 4 KiB to 1 GiB are possible",
                      (unsigned long long)o.bytes);
    t = memory_zeroed(&allocator, sizeof *t);
    if (!t)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a trace");
    if (pthread_mutex_init(&t->lock, NULL)) {
        memory_give(&allocator, t);
        return failed(error, INSPYR_ERR_THREAD, "no lock for a trace");
    }
    t->allocator = allocator;
    t->process = getpid();
    t->room = (size_t)(o.bytes ? o.bytes : BYTES) / sizeof *t->records;
    t->records = memory_array(&allocator, t->room, sizeof *t->records);
    if (t->records)
        *out = t;
    else
        status = failed(error, INSPYR_ERR_MEMORY, "no room for %zu spans", t->room);
    if (status)
        inspyr_trace_free(t);
    return status;
}

void inspyr_trace_free(inspyr_trace *trace)
{
    inspyr_allocator allocator;

    if (!trace)
        return;
    allocator = trace->allocator;
    memory_give(&allocator, trace->records);
    if (trace->process == getpid()) /* in a forked child, somebody may hold it for ever */
        pthread_mutex_destroy(&trace->lock);
    memory_give(&allocator, trace);
}

/* As much as there is room for, in whole characters; what JSON cannot hold becomes question marks. Returns the
 * bytes with the NUL. */
static size_t copy(char *out, size_t room, const char *given)
{
    size_t size = given ? strlen(given) : 0;

    if (size >= room) {
        size = room - 1;
        while (size && ((unsigned char)given[size] & 0xC0) == 0x80)
            size--;
    }
    if (size)
        memcpy(out, given, size);
    out[size] = '\0';
    if (!text_printable(out, size))
        for (size_t i = 0; i < size; i++)
            if (out[i] < ' ' || out[i] > '~')
                out[i] = '?';
    return size + 1;
}

static void copy_attributes(trace_record *r, const inspyr_span *span)
{
    size_t used = 0;

    for (size_t i = 0; i < span->attribute_count; i++) {
        const char *name = span->attributes[2 * i], *value = span->attributes[2 * i + 1];

        if (!name || !value || strlen(name) + strlen(value) + 2 > sizeof r->texts - used)
            continue;
        used += copy(r->texts + used, sizeof r->texts - used, name);
        used += copy(r->texts + used, sizeof r->texts - used, value);
        r->attributes++;
    }
}

void inspyr_trace_span(void *trace, const inspyr_span *span)
{
    inspyr_trace *t = trace;
    trace_record r = { 0 };
    inspyr_span s;

    if (!t || t->process != getpid() || !span ||
        options_import(&s, sizeof s, OPTIONS_FIRST(inspyr_span, end_unix_ns), span, NULL))
        return;
    r.start_ns = s.start_ns;
    r.end_ns = s.end_ns;
    r.start_unix_ns = s.start_unix_ns;
    r.batch = s.batch;
    r.is_batch = (s.flags & INSPYR_SPAN_BATCH) != 0;
    copy(r.name, sizeof r.name, s.name);
    copy(r.thread, sizeof r.thread, s.thread);
    copy(r.trace_id, sizeof r.trace_id, s.trace_id);
    copy(r.span_id, sizeof r.span_id, s.span_id);
    copy(r.parent_id, sizeof r.parent_id, s.parent_id);
    copy_attributes(&r, &s);
    pthread_mutex_lock(&t->lock);
    t->records[t->written++ % t->room] = r;
    pthread_mutex_unlock(&t->lock);
}

inspyr_status inspyr_trace_json(inspyr_bytes *out, inspyr_trace *trace, inspyr_error *error)
{
    trace_record *records;
    text json = { 0 };
    size_t count;
    uint64_t written;
    inspyr_status status;

    succeeded(error);
    if (!out || !trace)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s is NULL", out ? "trace" : "out");
    memset(out, 0, sizeof *out);
    if (trace->process != getpid())
        return failed(error, INSPYR_ERR_FORKED, "the trace was made by process %ld", (long)trace->process);
    json.allocator = trace->allocator;
    records = memory_array(&trace->allocator, trace->room, sizeof *records);
    if (!records)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %zu spans", trace->room);
    pthread_mutex_lock(&trace->lock); /* for the copy alone: writing takes longer than workers should wait */
    written = trace->written;
    count = written < trace->room ? (size_t)written : trace->room;
    memcpy(records, trace->records, count * sizeof *records);
    pthread_mutex_unlock(&trace->lock);
    status = trace_chrome_write(&json, records, count, written - count, error);
    memory_give(&trace->allocator, records);
    if (status == INSPYR_OK)
        return text_hand_over(out, &json, error);
    text_free(&json);
    return status;
}
