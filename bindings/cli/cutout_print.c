#include "cutout.h"

#include <stdio.h>
#include <string.h>

#include "bar.h"
#include "jsonl.h"
#include "say.h"

#define STAGES 8

static const char *const stage_names[STAGES] = { "decode",     "prepare", "network", "matte",
                                                 "foreground", "compose", "encode",  "effects" };

/* The last one only where effects were asked for. */
static int stages_of(const cutout_request *request)
{
    return request->effects.count ? STAGES : STAGES - 1;
}

static void stage_times(double out[STAGES], const cutout_picture *p)
{
    out[0] = p->decode_ms;
    out[1] = p->report.prepare_ms;
    out[2] = p->report.network_ms;
    out[3] = p->report.matte_ms;
    out[4] = p->report.foreground_ms;
    out[5] = p->report.compose_ms;
    out[6] = p->encode_ms;
    out[7] = p->effects_ms;
}

static void print_load(json *j, const inspyr_info *model)
{
    json_object(j, "load");
    json_text(j, "cache", session_cache_word(model->cache));
    json_milliseconds(j, "read_ms", model->read_ms);
    json_milliseconds(j, "pack_ms", model->pack_ms);
    json_milliseconds(j, "load_ms", model->load_ms);
    json_end_object(j);
}

static void print_result(json *j, const cutout_request *request, const inspyr_info *model,
                         const cutout_picture *p)
{
    const inspyr_report *report = &p->report;
    double times[STAGES];

    stage_times(times, p);
    json_integer(j, "stored_width", p->decoded.stored_width);
    json_integer(j, "stored_height", p->decoded.stored_height);
    json_integer(j, "warnings", p->decoded.warnings);
    json_text(j, "warning", p->decoded.warnings ? p->decoded.warning : NULL);
    json_integer(j, "width", p->width);
    json_integer(j, "height", p->height);
    json_integer(j, "output_x", report->result_x);
    json_integer(j, "output_y", report->result_y);
    json_integer(j, "output_width", p->result_width);
    json_integer(j, "output_height", p->result_height);
    json_boolean(j, "no_subject", report->no_subject != 0);
    json_number(j, "coverage", (double)report->coverage);
    if (report->no_subject) {
        json_null(j, "subject");
    } else {
        json_object(j, "subject");
        json_integer(j, "x", report->subject_x);
        json_integer(j, "y", report->subject_y);
        json_integer(j, "width", report->subject_width);
        json_integer(j, "height", report->subject_height);
        json_end_object(j);
    }
    json_number(j, "logit_min", (double)report->logit_min);
    json_number(j, "logit_max", (double)report->logit_max);
    json_integer(j, "network_width", report->network_width);
    json_integer(j, "network_height", report->network_height);
    print_load(j, model);
    json_object(j, "ms");
    for (int i = 0; i < stages_of(request); i++)
        json_milliseconds(j, stage_names[i], times[i]);
    json_end_object(j);
}

static void print_item(json *j, const cutout_picture *p)
{
    json_name(j, "item", p->name);
    json_text(j, "key", p->key[0] ? p->key : NULL);
    json_text(j, "outcome", p->error.status ? "failed" : p->fate == CUTOUT_ALREADY ? "already" : "done");
}

static void print_json(const cutout_request *request, const inspyr_info *model, const cutout_picture *p,
                       size_t i)
{
    json j = { stdout, false };

    json_object(&j, NULL);
    json_name(&j, "input", p->input);
    json_name(&j, "output", p->target);
    if (request->effects.count && p->error.status == INSPYR_OK)
        effects_print_outputs(&j, &request->effects, i);
    json_text(&j, "status", inspyr_status_name(p->error.status));
    json_text(&j, "error", p->error.status ? p->error.message : NULL);
    if (request->watch)
        print_item(&j, p);
    if (p->error.status == INSPYR_OK && p->fate == CUTOUT_MADE)
        print_result(&j, request, model, p);
    json_end_object(&j);
    json_line(&j);
}

/* The standard output, unless that is where the result goes. */
static FILE *table(const cutout_request *request)
{
    return request->rule.place == TARGET_STDOUT ? stderr : stdout;
}

/* report: NULL for the mean, which has no size. */
static void print_row(FILE *file, int stages, const double times[STAGES], const inspyr_report *report,
                      const char *name)
{
    char size[24] = "-";
    double total = 0;

    for (int i = 0; i < stages; i++) {
        fprintf(file, "%11.1f", times[i]);
        total += times[i];
    }
    if (report)
        snprintf(size, sizeof size, "%dx%d", (int)report->network_width, (int)report->network_height);
    fprintf(file, "%11.1f%11s  ", total, size);
    say_name(file, name);
    putc('\n', file);
    fflush(file);
}

void cutout_print_head(const cutout_request *request)
{
    if (!request->times || request->json)
        return;
    bar_hide();
    for (int i = 0; i < stages_of(request); i++)
        fprintf(table(request), "%11s", stage_names[i]);
    fprintf(table(request), "%11s%11s  milliseconds\n", "total", "input");
}

static void print_line(const cutout_request *request, const cutout_picture *p)
{
    double times[STAGES], total = 0;

    stage_times(times, p);
    for (int i = 0; i < STAGES; i++)
        total += times[i];
    say_name(stderr, p->input);
    fputs(" -> ", stderr);
    say_name(stderr, p->target);
    if (request->effects.count > 1)
        fprintf(stderr, " and %zu more", request->effects.count - 1);
    fprintf(stderr, "  %d x %d, %.0f %% subject, %.0f ms\n", (int)p->width, (int)p->height,
            (double)p->report.coverage * 100, total);
}

void cutout_print(const cutout_request *request, const inspyr_info *model, const cutout_picture *p, size_t i)
{
    bool several = request->rule.place == TARGET_HERE || request->rule.place == TARGET_FOLDER;
    double times[STAGES];

    if (p->error.status)
        say_problem(p->input, p->error.message);
    else if (p->fate == CUTOUT_MADE && p->report.no_subject && !request->quiet && !request->json)
        say_problem(p->input, "no subject found");
    if (request->json) {
        bar_hide();
        print_json(request, model, p, i);
    } else if (p->error.status || p->fate == CUTOUT_ALREADY) {
        return;
    } else if (request->times) {
        stage_times(times, p);
        bar_hide();
        print_row(table(request), stages_of(request), times, &p->report, p->input);
    } else if (several && !request->quiet && !bar_shown()) {
        print_line(request, p);
    }
}

static void print_mean(const cutout_request *request, const cutout_picture *pictures, size_t count)
{
    double sum[STAGES] = { 0 }, times[STAGES];
    size_t good = 0;

    for (size_t i = 0; i < count; i++) {
        if (pictures[i].error.status)
            continue;
        stage_times(times, &pictures[i]);
        for (int s = 0; s < STAGES; s++)
            sum[s] += times[s];
        good++;
    }
    if (good < 2)
        return;
    for (int s = 0; s < STAGES; s++)
        sum[s] /= (double)good;
    print_row(table(request), stages_of(request), sum, NULL, "mean");
}

void cutout_print_end(const cutout_request *request, const inspyr_info *model, const cutout_picture *pictures,
                      size_t count)
{
    if (!request->times || request->json)
        return;
    print_mean(request, pictures, count);
    if (model) {
        fputs("model loaded ", table(request));
        session_print_load(table(request), model);
    }
}
