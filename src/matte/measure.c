#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "inspyr_experimental.h"
#include "matte/quality.h"

/* Of the matte as it is, and of the pixels that count. */
static void measure_overlap(inspyr_measures *m, const inspyr_view *matte, const inspyr_view *mask)
{
    uint64_t both = 0, either = 0, pixels = 0;
    double error = 0;

    for (int32_t y = 0; y < matte->height; y++) {
        const float *alpha = (const float *)(const void *)view_row(matte, y);
        const unsigned char *row = view_row(mask, y);
        double row_error = 0;

        for (int32_t x = 0; x < matte->width; x++) {
            int subject = MASK_SUBJECT(row[x]), found = alpha[x] > 0.5f;
            double miss = (double)alpha[x] - subject;

            if (row[x] == MASK_IGNORED)
                continue;
            pixels++;
            both += (uint64_t)(subject & found);
            either += (uint64_t)(subject | found);
            row_error += miss < 0 ? -miss : miss;
        }
        error += row_error;
    }
    m->iou = either ? (double)both / (double)either : 1;
    m->mae = pixels ? error / (double)pixels : 0;
}

static void store_levels(stored_matte *stored, unsigned char *levels, const inspyr_view *matte)
{
    stored->minimum = 255;
    for (int32_t y = 0; y < matte->height; y++) {
        const float *alpha = (const float *)(const void *)view_row(matte, y);
        const unsigned char *mask = view_row(stored->mask, y);

        for (int32_t x = 0; x < matte->width; x++, levels++) {
            float a = alpha[x] > 0 ? alpha[x] : 0;

            *levels = (unsigned char)(int32_t)((a < 1 ? a : 1) * 255.0f);
            if (mask[x] == MASK_IGNORED)
                continue;
            stored->minimum = *levels < stored->minimum ? *levels : stored->minimum;
            stored->maximum = *levels > stored->maximum ? *levels : stored->maximum;
            ++*(MASK_SUBJECT(mask[x]) ? &stored->subject : &stored->background);
        }
    }
}

void f_measure_curve(double curve[256], const stored_matte *matte)
{
    uint64_t subject[256] = { 0 }, all[256] = { 0 }, hits = 0, found = 0;

    for (int32_t y = 0; y < matte->height; y++) {
        const unsigned char *mask = view_row(matte->mask, y);
        const unsigned char *levels = matte->levels + (size_t)y * (size_t)matte->width;

        for (int32_t x = 0; x < matte->width; x++) {
            all[levels[x]] += mask[x] != MASK_IGNORED;
            subject[levels[x]] += MASK_SUBJECT(mask[x]);
        }
    }
    for (int32_t k = 255, level = 255; k >= 0; k--) {
        double precision, recall;

        for (; level >= 0 && (int32_t)(stretched(matte, (unsigned char)level) * 255) >= k; level--) {
            hits += subject[level];
            found += all[level];
        }
        precision = (double)hits / (double)(found ? found : 1);
        recall = (double)hits / (double)(matte->subject ? matte->subject : 1);
        curve[k] = hits ? 1.3 * precision * recall / (0.3 * precision + recall) : 0;
    }
}

inspyr_status inspyr_measure(inspyr_measures *out, const inspyr_view *matte, const inspyr_view *mask,
                             inspyr_error *error)
{
    inspyr_measures m = { .struct_size = sizeof m };
    stored_matte stored = { .mask = mask };
    inspyr_allocator allocator;
    unsigned char *levels;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    if ((status = options_export(out, OPTIONS_FIRST(inspyr_measures, f_curve), &m, sizeof m, error)) ||
        (status = view_check(matte, FORMAT_BIT(INSPYR_GREYF32), "matte", error)) ||
        (status = view_check(mask, FORMAT_BIT(INSPYR_GREY8), "mask", error)) ||
        (status = memory_import(&allocator, NULL, error)))
        return status;
    if (matte->width != mask->width || matte->height != mask->height)
        return failed(error, INSPYR_ERR_ARGUMENT, "the matte has %d x %d pixels, the mask %d x %d",
                      (int)matte->width, (int)matte->height, (int)mask->width, (int)mask->height);
    levels = memory_array(&allocator, (size_t)matte->width, (size_t)matte->height);
    if (!levels)
        return failed(error, INSPYR_ERR_MEMORY, "no room to measure %d x %d pixels", (int)matte->width,
                      (int)matte->height);
    stored.width = matte->width;
    stored.height = matte->height;
    stored.levels = levels;
    store_levels(&stored, levels, matte);
    measure_overlap(&m, matte, mask);
    if (stored.subject + stored.background == 0)
        m.s_measure = 1; /* nothing to get wrong */
    else
        m.s_measure = structure_measure(&stored);
    f_measure_curve(m.f_curve, &stored);
    status = boundary_accuracy(&m.mba, &stored, &allocator, error);
    memory_give(&allocator, levels);
    return status ? status : options_export(out, OPTIONS_FIRST(inspyr_measures, f_curve), &m, sizeof m, error);
}
