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
#include "ticks.h"
#include "writing.h"

typedef struct run {
    const cutout_request *request;
    session session;
    cutout_picture *pictures;
    inspyr_image *background;
    inspyr_view background_view;
    size_t failed;
} run;

/* The photo is given up long before its colours are written. The Python package leaves profiles out. */
static bool keep_profile(cutout_picture *p, const cutout_request *request)
{
    inspyr_bytes borrowed;
    void *copy;

    inspyr_image_profile(p->photo, &borrowed);
    if (!borrowed.size || request->network.compat)
        return true;
    copy = malloc(borrowed.size);
    if (!copy)
        return false;
    memcpy(copy, borrowed.data, borrowed.size);
    p->profile = (inspyr_bytes){ copy, borrowed.size, free, copy };
    return true;
}

/* Always upright, as the Python package has it: only its sources are read as they are stored. */
static bool read_background(run *r)
{
    inspyr_decode_options options = picture_options(&r->request->limits);
    const char *path = r->request->background;
    inspyr_error error;

    if (!path)
        return true;
    if (read_picture(&r->background, NULL, path, &options, &error)) {
        say_problem(path, error.message);
        return false;
    }
    inspyr_image_view(r->background, &r->background_view);
    return true;
}

/* Has the picture to be gone on with? */
static bool goes_on(const run *r, cutout_picture *p)
{
    const cutout_watch *watch = r->request->watch;

    if (!p->error.status && p->fate == CUTOUT_MADE && watch && watch->stop(watch->user))
        p->fate = CUTOUT_LEFT;
    return !p->error.status && p->fate == CUTOUT_MADE;
}

static inspyr_status read_photo(run *r, cutout_picture *p, size_t i)
{
    const cutout_watch *watch = r->request->watch;
    inspyr_decode_options options = picture_options(&r->request->limits);
    double began = ticks_ms();
    inspyr_bytes file;
    inspyr_status status = read_bytes(&file, p->input, PICTURE_BYTES_MAX, &p->error);

    inspyr_decode_report_init(&p->decoded);
    options.flags |= network_decode_flags(&r->request->network);
    options.report = &p->decoded;
    if (!status && watch)
        p->fate = watch->look(watch->user, p, i, &file);
    status = p->error.status;
    if (!status && p->fate == CUTOUT_MADE)
        status = decode_picture(&p->photo, &file, &options, &p->error);
    inspyr_bytes_free(&file);
    p->decode_ms = ticks_ms() - began;
    return status;
}

static void decode(void *user, size_t i)
{
    run *r = user;
    cutout_picture *p = &r->pictures[i];
    inspyr_view view;

    if (!goes_on(r, p) || read_photo(r, p, i) || !p->photo)
        return;
    inspyr_image_view(p->photo, &view);
    p->width = view.width;
    p->height = view.height;
    if (!keep_profile(p, r->request))
        refuse(&p->error, INSPYR_ERR_MEMORY, "out of memory");
}

static void cut(void *user, size_t i)
{
    run *r = user;
    const cutout_request *request = r->request;
    cutout_picture *p = &r->pictures[i];
    inspyr_cutout_options options;
    inspyr_view view;

    if (!goes_on(r, p)) {
        inspyr_image_free(p->photo);
        p->photo = NULL;
        return;
    }
    inspyr_cutout_options_init(&options);
    inspyr_report_init(&p->report);
    options.flags = request->flags | network_compat_flags(&request->network);
    options.output = request->output;
    options.colour = request->colour;
    options.crop_margin = request->crop_margin;
    options.resize = request->network.resize;
    options.short_side = request->network.short_side;
    options.threshold = request->threshold;
    options.blur_sigma = request->blur_sigma;
    options.profile = &p->profile;
    options.background = r->background ? &r->background_view : NULL;
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
    const cutout_watch *watch = r->request->watch;
    inspyr_view view;

    if (p->error.status == INSPYR_OK && p->fate == CUTOUT_MADE) {
        inspyr_image_view(p->result, &view);
        p->result_width = view.width;
        p->result_height = view.height;
        if (r->request->effects.count)
            effects_draw(&r->request->effects, i, &view, &p->profile, r->session.pool, rule, &p->effects_ms,
                         &p->encode_ms, &p->error);
        else if (write_picture(p->target, &view, &p->profile, rule->file, rule->replace, r->session.pool,
                               &p->encode_ms, &p->error))
            p->target = NULL;
    }
    inspyr_image_free(p->result);
    p->result = NULL;
    inspyr_bytes_free(&p->profile);
    if (watch)
        watch->end(watch->user, p, i);
    r->failed += p->error.status != INSPYR_OK;
    if (p->fate != CUTOUT_LEFT)
        cutout_print(r->request, r->session.model ? &r->session.info : NULL, p, i);
    bar_step(i + 1);
}

static cutout_picture *pictures_of(const cutout_request *request, const inputs *list, char *const *targets,
                                   size_t *good)
{
    cutout_picture *pictures = calloc(list->count + 1, sizeof *pictures);

    *good = 0;
    for (size_t i = 0; pictures && i < list->count; i++) {
        pictures[i].input = list->at[i].path;
        pictures[i].name = list->at[i].name;
        pictures[i].target = targets ? targets[i] : request->effects.at[0].targets[i];
        pictures[i].error = list->at[i].error;
        *good += pictures[i].error.status == INSPYR_OK;
    }
    return pictures;
}

static void cut_all(run *r, size_t count)
{
    static flow_step *const steps[FLOW_STEPS] = { decode, cut, finish };
    const cutout_request *request = r->request;
    const inspyr_info *model = r->session.model ? &r->session.info : NULL;

    bar_start(count, !request->quiet && !(request->json && isatty(STDOUT_FILENO)));
    cutout_print_head(request);
    flow_run(count, steps, r, request->network.threads == 1);
    bar_end();
    cutout_print_end(request, model, r->pictures, count);
}

int cutout_run(const cutout_request *request, inputs *list, char *const *targets)
{
    size_t good;
    run r = { .request = request, .pictures = pictures_of(request, list, targets, &good) };
    bool ready = r.pictures != NULL;

    if (!ready)
        say_problem(NULL, "out of memory");
    ready = ready && read_background(&r) && (!good || session_open(&r.session, &request->network));
    if (ready)
        cut_all(&r, list->count);
    session_close(&r.session);
    inspyr_image_free(r.background);
    free(r.pictures);
    return say_flush() && ready && !r.failed ? ENDS_WELL : ENDS_WITH_ERRORS;
}
