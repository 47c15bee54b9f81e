#include "run/metrics/openmetrics.h"

#include <inttypes.h>

#define PART UINT64_C(1000000000000)

static void words(text *t, const char *bytes)
{
    text_add(t, bytes, strlen(bytes));
}

static void comment(text *t, const char *kind, const char *name, const char *rest)
{
    words(t, kind);
    words(t, name);
    words(t, " ");
    words(t, rest);
    words(t, "\n");
}

void openmetrics_family(text *t, const char *name, const char *type, const char *unit, const char *help)
{
    comment(t, "# TYPE ", name, type);
    if (*unit)
        comment(t, "# UNIT ", name, unit);
    comment(t, "# HELP ", name, help);
}

static void escaped(text *t, const char *value)
{
    for (; *value; value++) {
        if (*value == '\n')
            words(t, "\\n");
        else if (*value == '"' || *value == '\\')
            text_format(t, "\\%c", *value);
        else
            text_add(t, value, 1);
    }
}

void openmetrics_series(text *t, const char *name, const char *suffix, const char *const *labels)
{
    const char *before = "{";

    words(t, name);
    words(t, suffix);
    for (; labels && *labels; labels += 2) {
        words(t, before);
        words(t, labels[0]);
        words(t, "=\"");
        escaped(t, labels[1]);
        words(t, "\"");
        before = ",";
    }
    words(t, *before == ',' ? "} " : " ");
}

void openmetrics_count(text *t, const char *name, const char *suffix, const char *const *labels, uint64_t value)
{
    openmetrics_series(t, name, suffix, labels);
    text_format(t, "%" PRIu64 "\n", value);
}

void openmetrics_number(text *t, const char *name, const char *suffix, const char *const *labels, double value)
{
    uint64_t whole = (uint64_t)value, rest = (uint64_t)((value - (double)whole) * 1e12 + 0.5);

    openmetrics_series(t, name, suffix, labels);
    text_format(t, "%" PRIu64 ".%012" PRIu64 "\n", whole + rest / PART, rest % PART);
}

void openmetrics_ns(text *t, uint64_t ns)
{
    text_format(t, "%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
}

void openmetrics_seconds(text *t, const char *name, const char *suffix, const char *const *labels, uint64_t ns)
{
    openmetrics_series(t, name, suffix, labels);
    openmetrics_ns(t, ns);
    words(t, "\n");
}

void openmetrics_end(text *t)
{
    words(t, "# EOF\n");
}
