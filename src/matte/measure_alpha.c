#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "inspyr_experimental.h"
#include "matte/nearness.h"

#define BYTES_A_PIXEL (2 * sizeof(float) + 3 * sizeof(int32_t))

static void measure(inspyr_alpha_measures *m, const inspyr_view *matte, const inspyr_view *alpha, void *memory)
{
    size_t pixels = (size_t)matte->width * (size_t)matte->height, at = 0;
    float *found = memory, *known = found + pixels;
    alpha_pair pair = { found, known, matte->width, matte->height };
    double sum = 0, squares = 0;

    for (int32_t y = 0; y < matte->height; y++) {
        const float *row = (const float *)(const void *)view_row(matte, y);
        const unsigned char *truth = view_row(alpha, y);

        for (int32_t x = 0; x < matte->width; x++, at++) {
            double d;

            found[at] = row[x] > 0 ? row[x] < 1 ? row[x] : 1.0f : 0.0f;
            known[at] = (float)truth[x] / 255.0f;
            d = (double)found[at] - (double)known[at];
            sum += d < 0 ? -d : d;
            squares += d * d;
        }
    }
    m->sad = sum / 1000;
    m->mse = squares / (double)pixels;
    m->gradient = gradient_error(&pair) / 1000;
    m->connectivity = connectivity_error(&pair, (int32_t *)(void *)(known + pixels)) / 1000;
}

inspyr_status inspyr_measure_alpha(inspyr_alpha_measures *out, const inspyr_view *matte,
                                   const inspyr_view *alpha, inspyr_error *error)
{
    inspyr_alpha_measures m = { .struct_size = sizeof m };
    const size_t first = OPTIONS_FIRST(inspyr_alpha_measures, connectivity);
    inspyr_allocator allocator;
    void *memory;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    if ((status = options_export(out, first, &m, sizeof m, error)) ||
        (status = view_check(matte, FORMAT_BIT(INSPYR_GREYF32), "matte", error)) ||
        (status = view_check(alpha, FORMAT_BIT(INSPYR_GREY8), "alpha", error)) ||
        (status = memory_import(&allocator, NULL, error)))
        return status;
    if (matte->width != alpha->width || matte->height != alpha->height)
        return failed(error, INSPYR_ERR_ARGUMENT, "the matte has %d x %d pixels, the alpha %d x %d",
                      (int)matte->width, (int)matte->height, (int)alpha->width, (int)alpha->height);
    if ((int64_t)matte->width * matte->height > INT32_MAX / 4)
        return failed(error, INSPYR_ERR_LIMIT, "%d x %d pixels are too many to measure", (int)matte->width,
                      (int)matte->height);
    memory = memory_array(&allocator, (size_t)matte->width * (size_t)matte->height, BYTES_A_PIXEL);
    if (!memory)
        return failed(error, INSPYR_ERR_MEMORY, "no room to measure %d x %d pixels", (int)matte->width,
                      (int)matte->height);
    measure(&m, matte, alpha, memory);
    memory_give(&allocator, memory);
    return options_export(out, first, &m, sizeof m, error);
}
