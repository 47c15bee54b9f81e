#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/image.h"
#include "matte/quality.h"

/* 1 + trunc(((w + h)/300 - 1)/5 * 4) stays below this for every picture whose sides add up to 300 000. */
#define RADIUS_MAX 800

/* Ones in the row before each pixel, so that a run of pixels is counted by one subtraction. */
static void count_rows(int32_t *before, const inspyr_view *mask)
{
    for (int32_t y = 0; y < mask->height; y++, before += mask->width + 1) {
        const unsigned char *row = view_row(mask, y);

        before[0] = 0;
        for (int32_t x = 0; x < mask->width; x++)
            before[x + 1] = before[x] + MASK_SUBJECT(row[x]);
    }
}

/* Marks in `found` (1: background, 2: subject) what one row of the ellipse sees. */
static void look(unsigned char *found, const int32_t *before, int32_t width, int32_t reach)
{
    for (int32_t x = 0; x < width; x++) {
        int32_t left = x > reach ? x - reach : 0, right = x + reach < width ? x + reach + 1 : width;
        int32_t ones = before[right] - before[left];

        found[x] |= (unsigned char)((ones < right - left) | (ones > 0) << 1);
    }
}

/* Half the width of an ellipse of size 2 r + 1 in the row dy from its middle. */
static int32_t half_width(int32_t r, int32_t dy)
{
    return (int32_t)rint(r * sqrt((double)(r * r - dy * dy) / ((double)r * r)));
}

/* Accuracy in the band where the ellipse sees both sides; pixels beyond the picture are not seen. */
static double band_accuracy(const stored_matte *matte, const int32_t *before, unsigned char *found, int32_t r)
{
    uint64_t band = 0, right = 0;
    int32_t width = matte->width;

    for (int32_t y = 0; y < matte->height; y++) {
        const unsigned char *mask = view_row(matte->mask, y);
        const unsigned char *levels = matte->levels + (size_t)y * (size_t)width;

        memset(found, 0, (size_t)width);
        for (int32_t dy = -r; dy <= r; dy++)
            if (y + dy >= 0 && y + dy < matte->height)
                look(found, before + (size_t)(y + dy) * (size_t)(width + 1), width, half_width(r, dy));
        for (int32_t x = 0; x < width; x++)
            if (found[x] == 3 && mask[x] != MASK_IGNORED) {
                band++;
                right += (levels[x] > 128) == MASK_SUBJECT(mask[x]);
            }
    }
    return band ? (double)right / (double)band : NAN;
}

inspyr_status boundary_accuracy(double *out, const stored_matte *matte, const inspyr_allocator *allocator,
                                inspyr_error *error)
{
    size_t width = (size_t)matte->width, height = (size_t)matte->height;
    int32_t *before = memory_array(allocator, (width + 1) * height, sizeof *before);
    unsigned char *found = memory_take(allocator, width);
    inspyr_status status = INSPYR_OK;
    double sum = 0;
    int32_t bands = 0;

    if (!before || !found) {
        status = failed(error, INSPYR_ERR_MEMORY, "no room to measure %zu x %zu pixels", width, height);
    } else {
        count_rows(before, matte->mask);
        for (int32_t i = 0; i < 5; i++) {
            double r = 1 + trunc((((double)width + (double)height) / 300 - 1) / 5 * i);
            double accuracy = band_accuracy(matte, before, found, (int32_t)fmin(r, RADIUS_MAX));

            if (!isnan(accuracy)) {
                sum += accuracy;
                bands++;
            }
        }
        *out = bands ? sum / bands : NAN;
    }
    memory_give(allocator, found);
    memory_give(allocator, before);
    return status;
}
