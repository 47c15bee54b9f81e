#include "run/context/estimate.h"

#include <math.h>

#include "base/options.h"
#include "base/status.h"
#include "run/context/footprint.h"

#define DYNAMIC_SIDE 1280.0
#define DYNAMIC_SHAPE (4.0 / 3)

uint64_t estimate_memory(const job_request *r, int32_t width, int32_t height, size_t file_bytes,
                         uint64_t pass_bytes)
{
    const footprint f = { .width = width,
                          .height = height,
                          .file_bytes = file_bytes,
                          .sizes = r->size_count,
                          .effects = r->effect_count ? r->effect_text : NULL,
                          .preview_side = r->effect.quality == INSPYR_QUALITY_PREVIEW
                                              ? (r->effect.preview_side ? r->effect.preview_side : 512)
                                              : 0,
                          .encoded = r->encoded,
                          .pass_bytes = pass_bytes };
    uint64_t bytes;

    return footprint_of(&bytes, &f, NULL) ? UINT64_MAX : bytes;
}

uint64_t estimate_pixels(const inspyr_context *c, const pass_recipe *r)
{
    double side = r->short_side ? r->short_side : DYNAMIC_SIDE;

    if (r->resize == INSPYR_RESIZE_DYNAMIC)
        return (uint64_t)(side * side * DYNAMIC_SHAPE);
    if (!r->width || !r->height)
        return c->base_pixels;
    return (uint64_t)r->width * (uint64_t)r->height;
}

double estimate_load(const inspyr_context *c)
{
    double left;

    if (c->life.phase == LIFE_SERVING)
        return 0;
    if (c->load_estimate < 0)
        return -1;
    if (c->life.phase != LIFE_LOADING)
        return c->load_estimate;
    left = c->load_estimate - (context_now(c) - c->load_began) * 1e-3;
    return left > 0 ? left : 0;
}

static int32_t ahead_of(const inspyr_context *c, inspyr_priority priority)
{
    int32_t n = c->passing; /* those at work are half done, on average, and there is one more to come */

    for (int i = 0; i <= (int)priority; i++)
        for (const flight *f = c->queue[i]; f; f = f->next)
            n++;
    return n;
}

double estimate_delay(const inspyr_context *c, uint64_t pixels, inspyr_priority priority)
{
    const double load = estimate_load(c);
    const int32_t ahead = ahead_of(c, priority);
    const double queue =
        ahead ? forecast_delay(&c->forecast, pixels, ahead, c->options.max_batch, c->options.workers) : 0;

    return load < 0 || queue < 0 ? -1 : (load + queue) * 1e3;
}

inspyr_status inspyr_context_estimate(uint64_t *bytes, const inspyr_context *context, int32_t width,
                                      int32_t height, const inspyr_request *request, inspyr_error *error)
{
    inspyr_context *c = (inspyr_context *)(uintptr_t)context;
    job_request r;
    inspyr_status status;
    uint64_t pass_bytes;

    succeeded(error);
    if (!bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL");
    *bytes = 0;
    if (width < 1 || height < 1)
        return failed(error, INSPYR_ERR_ARGUMENT, "a picture of %d x %d", (int)width, (int)height);
    status = context_usable(context, error);
    if (!status)
        status = request_copy(&r, request, &c->allocator, c->load.pool, error);
    if (status)
        return status;
    context_lock(c);
    pass_bytes = c->pass_bytes;
    context_unlock(c);
    *bytes = estimate_memory(&r, width, height, (size_t)width * (size_t)height, pass_bytes);
    request_free(&r, &c->allocator);
    return INSPYR_OK;
}
