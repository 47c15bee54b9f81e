#include <inttypes.h>

#include "run/metrics/metrics_text.h"

#define TRACE 32
#define TRIES 3

/* false: there is none, or it is being written all the time. */
static bool read_exemplar(const metrics_exemplar *e, char trace[TRACE + 1], uint64_t *ns, uint64_t *unix_ns)
{
    for (int try = 0; try < TRIES; try++) {
        uint64_t turn = atomic_load_explicit(&e->turn, memory_order_acquire), word;

        if (!turn)
            return false;
        for (int i = 0; i < 4; i++) {
            word = atomic_load_explicit(&e->trace[i], memory_order_acquire);
            memcpy(trace + 8 * i, &word, sizeof word);
        }
        trace[TRACE] = '\0';
        *ns = atomic_load_explicit(&e->ns, memory_order_acquire);
        *unix_ns = atomic_load_explicit(&e->unix_ns, memory_order_acquire);
        if (!(turn & 1) && atomic_load_explicit(&e->turn, memory_order_relaxed) == turn)
            return true;
    }
    return false;
}

static void write_exemplar(text *t, const metrics_exemplar *e)
{
    char trace[TRACE + 1];
    uint64_t ns, unix_ns;

    if (!read_exemplar(e, trace, &ns, &unix_ns))
        return;
    text_format(t, " # {trace_id=\"%s\"} ", trace);
    openmetrics_ns(t, ns);
    text_format(t, " ");
    openmetrics_ns(t, unix_ns);
}

/* exemplars: one for each bucket; NULL: none. labels: two pairs at most. */
static void histogram(text *t, const metrics *m, const char *name, const char *const *labels,
                      const metrics_scale *scale, const metrics_cell *cells, const metrics_exemplar *exemplars)
{
    uint64_t values[METRICS_BOUNDS_MAX + 2] = { 0 }, count = 0, sum;
    const char *with_bound[7] = { NULL };
    int pairs = 0;

    metrics_add(m, cells, scale->count + 2, values);
    sum = values[scale->count + 1];
    for (; labels[pairs]; pairs++)
        with_bound[pairs] = labels[pairs];
    with_bound[pairs] = "le";
    for (int i = 0; i <= scale->count; i++) {
        count += values[i];
        with_bound[pairs + 1] = i < scale->count ? scale->bounds[i].text : "+Inf";
        openmetrics_series(t, name, "_bucket", with_bound);
        text_format(t, "%" PRIu64, count);
        if (exemplars)
            write_exemplar(t, &exemplars[i]);
        text_format(t, "\n");
    }
    if (scale->unit < 1)
        openmetrics_seconds(t, name, "_sum", labels, sum);
    else
        openmetrics_count(t, name, "_sum", labels, sum);
    openmetrics_count(t, name, "_count", labels, count);
}

static bool observed(const metrics *m, const metrics_scale *scale, const metrics_cell *cells)
{
    for (int i = 0; i <= scale->count; i++)
        if (metrics_sum(m, &cells[i]))
            return true;
    return false;
}

static void requests(text *t, const metrics *m)
{
    static const char name[] = "inspyr_request_duration_seconds";
    static const char *const sources[] = { METRICS_SOURCES(METRICS_LABEL) };

    openmetrics_family(t, name, "histogram", "seconds",
                       "From a request to its last result. Refused requests are not in it.");
    for (int i = 0; i < METRICS_SOURCE_COUNT; i++) {
        bool cache = i == METRICS_SOURCE_L1 || i == METRICS_SOURCE_L2;

        for (int cold = 0; cold <= !cache; cold++) {
            const char *temperature = cache ? "cache" : cold ? "cold" : "warm";

            histogram(t, m, name, METRICS_LABELS("source", sources[i], "temperature", temperature),
                      &metrics_seconds, METRICS_FIRST(m)->durations[i][cold], m->exemplars[i][cold]);
        }
    }
}

static void stages(text *t, const metrics *m)
{
    static const char name[] = "inspyr_stage_duration_seconds";
    static const char *const labels[] = { METRICS_STAGES(METRICS_LABEL) };

    openmetrics_family(t, name, "histogram", "seconds", "The part of a request in each stage.");
    for (int32_t d = 0; d < m->device_count; d++)
        for (int i = 0; i < METRICS_STAGE_COUNT; i++)
            histogram(t, m, name, METRICS_LABELS("stage", labels[i], "device", m->devices[d]), &metrics_seconds,
                      METRICS_FIRST(m)->devices[d].stages[i], NULL);
}

static void effects(text *t, const metrics *m)
{
    static const char name[] = "inspyr_effect_duration_seconds";

    openmetrics_family(t, name, "histogram", "seconds", "Drawing an effect.");
    for (int i = 0; i < EFFECT_COUNT; i++)
        if (observed(m, &metrics_seconds, METRICS_FIRST(m)->effects[i]))
            histogram(t, m, name, METRICS_LABELS("effect", effect_table[i].name), &metrics_seconds,
                      METRICS_FIRST(m)->effects[i], NULL);
}

static void batches(text *t, const metrics *m)
{
    static const char name[] = "inspyr_batch_size";

    openmetrics_family(t, name, "histogram", "", "Pictures in a pass of the network.");
    for (int32_t d = 0; d < m->device_count; d++)
        histogram(t, m, name, METRICS_LABELS("device", m->devices[d]), &metrics_batches,
                  METRICS_FIRST(m)->devices[d].batches, NULL);
}

static void inputs(text *t, const metrics *m)
{
    static const char pixels[] = "inspyr_input_pixels", bytes[] = "inspyr_input_bytes";
    static const char *const labels[] = { METRICS_FORMATS(METRICS_LABEL) };
    const metrics_cells *first = METRICS_FIRST(m);

    openmetrics_family(t, pixels, "histogram", "pixels", "Sizes of pictures.");
    for (int i = 0; i < METRICS_FORMAT_COUNT; i++)
        if (observed(m, &metrics_pixels, first->pixels[i]))
            histogram(t, m, pixels, METRICS_LABELS("format", labels[i]), &metrics_pixels, first->pixels[i],
                      NULL);
    openmetrics_family(t, bytes, "histogram", "bytes", "Sizes of the files of pictures.");
    for (int i = 0; i < METRICS_FORMAT_COUNT; i++)
        if (observed(m, &metrics_bytes, first->bytes[i]))
            histogram(t, m, bytes, METRICS_LABELS("format", labels[i]), &metrics_bytes, first->bytes[i], NULL);
}

void metrics_text_times(text *t, const metrics *m)
{
    requests(t, m);
    stages(t, m);
    effects(t, m);
    batches(t, m);
    inputs(t, m);
}
