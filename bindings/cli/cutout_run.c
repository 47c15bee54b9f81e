#include "cutout.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bar.h"
#include "command.h"
#include "flow.h"
#include "reading.h"
#include "say.h"
#include "session.h"
#include "writing.h"

typedef struct run {
    const cutout_request *request;
    session session;
    cutout_picture *pictures;
    size_t failed;
} run;

static void decode(void *user, size_t i)
{
    run *r = user;
    cutout_picture *p = &r->pictures[i];
    inspyr_decode_options options;
    inspyr_view view;

    if (p->error.status)
        return;
    inspyr_decode_options_init(&options);
    options.max_pixels = (uint64_t)r->request->megapixels * 1000000;
    options.max_bytes = PICTURE_BYTES_MAX;
    if (read_picture(&p->photo, &p->decode_ms, p->input, &options, &p->error))
        return;
    inspyr_image_view(p->photo, &view);
    p->width = view.width;
    p->height = view.height;
}

static void cut(void *user, size_t i)
{
    run *r = user;
    cutout_picture *p = &r->pictures[i];
    inspyr_cutout_options options;
    inspyr_view view;

    if (p->error.status)
        return;
    inspyr_cutout_options_init(&options);
    inspyr_report_init(&p->report);
    options.flags = r->request->crop ? INSPYR_CUTOUT_CROP : 0;
    options.output = r->request->output;
    options.colour = r->request->colour;
    options.crop_margin = r->request->crop_margin;
    options.report = &p->report;
    inspyr_image_view(p->photo, &view);
    if (inspyr_remove_background(&p->result, r->session.model, &view, &options, &p->error))
        p->result = NULL;
    inspyr_image_free(p->photo);
    p->photo = NULL;
}

static void finish(void *user, size_t i)
{
    run *r = user;
    cutout_picture *p = &r->pictures[i];
    const target_rule *rule = &r->request->rule;
    inspyr_view view;

    if (p->error.status == INSPYR_OK) {
        inspyr_image_view(p->result, &view);
        p->result_width = view.width;
        p->result_height = view.height;
        if (write_picture(p->target, &view, rule->file, rule->replace, &p->encode_ms, &p->error))
            p->target = NULL;
    }
    inspyr_image_free(p->result);
    p->result = NULL;
    r->failed += p->error.status != INSPYR_OK;
    cutout_print(r->request, p);
    bar_step(i + 1);
}

static cutout_picture *pictures_of(const inputs *list, char *const *targets, size_t *good)
{
    cutout_picture *pictures = calloc(list->count + 1, sizeof *pictures);

    *good = 0;
    for (size_t i = 0; pictures && i < list->count; i++) {
        pictures[i].input = list->at[i].path;
        pictures[i].target = targets[i];
        pictures[i].error = list->at[i].error;
        *good += pictures[i].error.status == INSPYR_OK;
    }
    return pictures;
}

int cutout_run(const cutout_request *request, inputs *list, char *const *targets)
{
    static flow_step *const steps[FLOW_STEPS] = { decode, cut, finish };
    bool show_bar = !request->quiet && !(request->json && isatty(STDOUT_FILENO));
    size_t good;
    run r = { .request = request, .pictures = pictures_of(list, targets, &good) };

    if (!r.pictures) {
        say_problem(NULL, "out of memory");
        return ENDS_WITH_ERRORS;
    }
    if (good && !session_open(&r.session, request->model, request->threads)) {
        free(r.pictures);
        return ENDS_WITH_ERRORS;
    }
    bar_start(list->count, show_bar);
    cutout_print_head(request);
    flow_run(list->count, steps, &r, request->threads == 1);
    bar_end();
    cutout_print_mean(request, r.pictures, list->count);
    session_close(&r.session);
    free(r.pictures);
    return say_flush() && !r.failed ? ENDS_WELL : ENDS_WITH_ERRORS;
}
