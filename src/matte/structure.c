#include <math.h>

#include "image/image.h"
#include "matte/quality.h"

#define EPSILON 1e-16

/* Sums over pixels that share a stretched level: at most 256 levels of subject and of background. */
typedef struct level_counts {
    uint64_t subject[256], background[256];
} level_counts;

static void count_block(level_counts *counts, const stored_matte *matte, int32_t left, int32_t top,
                        int32_t right, int32_t bottom)
{
    memset(counts, 0, sizeof *counts);
    for (int32_t y = top; y < bottom; y++) {
        const unsigned char *mask = view_row(matte->mask, y);
        const unsigned char *levels = matte->levels + (size_t)y * (size_t)matte->width;

        for (int32_t x = left; x < right; x++)
            if (mask[x] != MASK_IGNORED)
                ++*(MASK_SUBJECT(mask[x]) ? &counts->subject[levels[x]] : &counts->background[levels[x]]);
    }
}

/* Mean and sum of squared distances from it. */
static double mean_of(const stored_matte *matte, const uint64_t counts[256], double n, int inverted,
                      double *squares)
{
    double sum = 0, mean;

    for (int32_t i = 0; i < 256; i++) {
        double p = stretched(matte, (unsigned char)i);

        if (counts[i])
            sum += (double)counts[i] * (inverted ? 1 - p : p);
    }
    mean = sum / n;
    *squares = 0;
    for (int32_t i = 0; i < 256; i++) {
        double p = stretched(matte, (unsigned char)i);
        double d = (inverted ? 1 - p : p) - mean;

        if (counts[i])
            *squares += (double)counts[i] * d * d;
    }
    return mean;
}

static double object_score(const stored_matte *matte, const uint64_t counts[256], double n, int inverted)
{
    double squares, mean = mean_of(matte, counts, n, inverted, &squares);

    return 2 * mean / (mean * mean + 1 + sqrt(squares / n) + EPSILON);
}

/* Similarity of matte and mask in one part of the picture, times its share of the pixels. A part without pixels
 * adds nothing; one with a single pixel has no variance. */
static double region_score(const stored_matte *matte, int32_t left, int32_t top, int32_t right, int32_t bottom,
                           double total)
{
    level_counts counts;
    uint64_t both[256];
    double n = 0, subjects = 0, x, y, squares, product = 0, degrees, alpha, beta;

    count_block(&counts, matte, left, top, right, bottom);
    for (int32_t i = 0; i < 256; i++) {
        both[i] = counts.subject[i] + counts.background[i];
        n += (double)both[i];
        subjects += (double)counts.subject[i];
    }
    if (n == 0)
        return 0;
    x = mean_of(matte, both, n, 0, &squares);
    y = subjects / n;
    for (int32_t i = 0; i < 256; i++) {
        double d = stretched(matte, (unsigned char)i) - x;

        product += d * ((double)counts.subject[i] * (1 - y) - (double)counts.background[i] * y);
    }
    degrees = n > 1 ? n - 1 : 1;
    alpha = 4 * x * y * product / degrees;
    beta = (x * x + y * y) * (squares + subjects * (1 - y) * (1 - y) + (n - subjects) * y * y) / degrees;
    if (alpha != 0)
        return alpha / (beta + EPSILON) * n / total;
    return beta == 0 ? n / total : 0;
}

/* Mean place of the subject, to the nearest even where it lies between two pixels, and one further. */
static void centre_of(const stored_matte *matte, int32_t *cx, int32_t *cy)
{
    double sum_x = 0, sum_y = 0;

    for (int32_t y = 0; y < matte->height; y++) {
        const unsigned char *mask = view_row(matte->mask, y);

        for (int32_t x = 0; x < matte->width; x++)
            if (MASK_SUBJECT(mask[x])) {
                sum_x += x;
                sum_y += y;
            }
    }
    *cx = (int32_t)rint(sum_x / (double)matte->subject) + 1;
    *cy = (int32_t)rint(sum_y / (double)matte->subject) + 1;
}

double structure_measure(const stored_matte *matte)
{
    double subject = (double)matte->subject, background = (double)matte->background;
    double total = subject + background, share = subject / total, object, region, squares;
    level_counts counts;
    int32_t cx, cy;

    count_block(&counts, matte, 0, 0, matte->width, matte->height);
    if (!matte->subject)
        return 1 - mean_of(matte, counts.background, background, 0, &squares);
    if (!matte->background)
        return mean_of(matte, counts.subject, subject, 0, &squares);
    object = share * object_score(matte, counts.subject, subject, 0) +
             (1 - share) * object_score(matte, counts.background, background, 1);
    centre_of(matte, &cx, &cy);
    region = region_score(matte, 0, 0, cx, cy, total) + region_score(matte, cx, 0, matte->width, cy, total) +
             region_score(matte, 0, cy, cx, matte->height, total) +
             region_score(matte, cx, cy, matte->width, matte->height, total);
    return fmax(0, 0.5 * object + 0.5 * region);
}
