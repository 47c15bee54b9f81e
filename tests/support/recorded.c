#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "support/recorded.h"

static const char *const two[] = { "cpu", "cuda:0" };

metrics *recorded_create(const inspyr_allocator *allocator)
{
    metrics *m;

    assert_int_equal(metrics_create(&m,
                                    &(metrics_options){ .allocator = allocator,
                                                        .devices = two,
                                                        .device_count = 2,
                                                        .price_per_second = 0.25 },
                                    NULL),
                     INSPYR_OK);
    return m;
}

inspyr_metrics recorded(const metrics *m)
{
    inspyr_metrics s;

    inspyr_metrics_init(&s);
    assert_int_equal(metrics_snapshot(m, &s, NULL), INSPYR_OK);
    return s;
}

char *recorded_text(const metrics *m)
{
    inspyr_bytes bytes;
    char *copy;

    assert_int_equal(metrics_text(&bytes, m, NULL), INSPYR_OK);
    copy = calloc(1, bytes.size + 1);
    assert_non_null(copy);
    memcpy(copy, bytes.data, bytes.size);
    inspyr_bytes_free(&bytes);
    return copy;
}

bool recorded_line(const metrics *m, const char *line)
{
    char *text = recorded_text(m), *at = strstr(text, line);
    bool found = at && (at == text || at[-1] == '\n') && at[strlen(line)] == '\n';

    free(text);
    return found;
}
