#include "eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bar.h"
#include "flow.h"
#include "reading.h"
#include "say.h"

typedef struct evaluation {
    eval_list *list;
    inspyr_model *model;
    const network_request *network;
    bool alpha;
    size_t failed;
} evaluation;

static unsigned char mask_value(unsigned char stored, bool labels)
{
    if (labels)
        return stored == 1 || stored == 2 ? 255 : stored == 255 ? 128 : 0;
    return stored > 127 ? 255 : 0;
}

static inspyr_status read_mask(eval_pair *p, bool alpha)
{
    inspyr_decode_options options;
    inspyr_image *mask;
    inspyr_view view;

    inspyr_decode_options_init(&options);
    options.format = INSPYR_GREY8;
    options.flags = p->labels && !alpha ? INSPYR_DECODE_PALETTE_INDEX : 0;
    if (read_picture(&mask, NULL, p->mask, &options, &p->error)) {
        char why[sizeof p->error.message];

        memcpy(why, p->error.message, sizeof why);
        return refuse(&p->error, p->error.status, "mask: %s", why);
    }
    inspyr_image_view(mask, &view);
    p->mask_plane = malloc((size_t)p->width * (size_t)p->height);
    if (view.width != p->width || view.height != p->height)
        refuse(&p->error, INSPYR_ERR_IMAGE, "the mask has %d x %d pixels, the photo %d x %d", (int)view.width,
               (int)view.height, (int)p->width, (int)p->height);
    else if (!p->mask_plane)
        refuse(&p->error, INSPYR_ERR_MEMORY, "no room for the mask");
    for (int32_t y = 0; y < p->height && p->error.status == INSPYR_OK; y++) {
        const unsigned char *from = (const unsigned char *)view.data + y * view.stride;
        unsigned char *to = p->mask_plane + (size_t)y * (size_t)p->width;

        for (int32_t x = 0; x < p->width; x++)
            to[x] = alpha ? from[x] : mask_value(from[x], p->labels);
    }
    inspyr_image_free(mask);
    return p->error.status;
}

static void decode(void *user, size_t i)
{
    evaluation *e = user;
    eval_pair *p = &e->list->at[i];
    inspyr_decode_options options;
    inspyr_view view;

    inspyr_decode_options_init(&options);
    options.format = INSPYR_RGB8; /* a hidden alpha is no part of the protocol */
    options.flags = network_decode_flags(e->network);
    if (read_picture(&p->picture, NULL, p->photo, &options, &p->error))
        return;
    inspyr_image_view(p->picture, &view);
    p->width = view.width;
    p->height = view.height;
    if (read_mask(p, e->alpha))
        return;
    p->matte = malloc((size_t)p->width * (size_t)p->height * sizeof *p->matte);
    if (!p->matte)
        refuse(&p->error, INSPYR_ERR_MEMORY, "no room for the matte");
}

static inspyr_view plane(const eval_pair *p, void *data, inspyr_format format, size_t sample)
{
    inspyr_view view = { data, (int64_t)((size_t)p->width * sample), p->width, p->height, format, 0 };

    return view;
}

static void cut(void *user, size_t i)
{
    evaluation *e = user;
    eval_pair *p = &e->list->at[i];
    inspyr_matte_options options;
    inspyr_view picture, matte;

    if (p->error.status == INSPYR_OK) {
        inspyr_matte_options_init(&options);
        options.flags = network_compat_flags(e->network);
        options.resize = e->network->resize;
        options.short_side = e->network->short_side;
        matte = plane(p, p->matte, INSPYR_GREYF32, sizeof *p->matte);
        inspyr_image_view(p->picture, &picture);
        p->error.status = inspyr_matte(e->model, &picture, &matte, 1, &options, &p->error);
    }
    inspyr_image_free(p->picture);
    p->picture = NULL;
}

static void measure(void *user, size_t i)
{
    evaluation *e = user;
    eval_pair *p = &e->list->at[i];
    inspyr_view matte = plane(p, p->matte, INSPYR_GREYF32, sizeof *p->matte);
    inspyr_view mask = plane(p, p->mask_plane, INSPYR_GREY8, 1);

    inspyr_measures_init(&p->measures);
    inspyr_alpha_measures_init(&p->nearness);
    if (p->error.status || (e->alpha ? inspyr_measure_alpha(&p->nearness, &matte, &mask, &p->error)
                                     : inspyr_measure(&p->measures, &matte, &mask, &p->error))) {
        e->failed++;
        say_problem(p->photo, p->error.message);
    }
    free(p->matte);
    free(p->mask_plane);
    p->matte = NULL;
    p->mask_plane = NULL;
    bar_step(i + 1);
}

size_t eval_measure(eval_list *list, inspyr_model *model, const network_request *network, bool alpha)
{
    static flow_step *const steps[FLOW_STEPS] = { decode, cut, measure };
    evaluation e = { list, model, network, alpha, 0 };

    bar_start(list->count, true);
    flow_run(list->count, steps, &e, network->threads == 1);
    bar_end();
    return e.failed;
}

void eval_mean_add(eval_mean *sum, const inspyr_measures *m)
{
    sum->count++;
    sum->iou += m->iou;
    sum->mae += m->mae;
    sum->s_measure += m->s_measure;
    for (int i = 0; i < 256; i++)
        sum->f_curve[i] += m->f_curve[i];
    if (isnan(m->mba))
        return;
    sum->mba += m->mba;
    sum->mba_count++;
}

void eval_mean_of(inspyr_measures *out, const eval_mean *sum)
{
    double n = (double)sum->count;

    inspyr_measures_init(out);
    out->iou = sum->iou / n;
    out->mae = sum->mae / n;
    out->s_measure = sum->s_measure / n;
    out->mba = sum->mba_count ? sum->mba / (double)sum->mba_count : NAN;
    for (int i = 0; i < 256; i++)
        out->f_curve[i] = sum->f_curve[i] / n;
}

double eval_max_f(const inspyr_measures *mean)
{
    double most = mean->f_curve[0];

    for (int i = 1; i < 256; i++)
        most = fmax(most, mean->f_curve[i]);
    return most;
}
