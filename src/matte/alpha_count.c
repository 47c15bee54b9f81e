#include "matte/alpha_count.h"

#include "matte/rows.h"

#define EDGE_LEVEL ((uint16_t)(SUBJECT_EDGE * 65535.0f + 0.5f))

/* Rounds to levels and counts them. */
void alpha_count_levels(alpha_count *count, uint16_t *levels, const float *a, int32_t n)
{
    uint32_t sum = 0, confidence = 0;

    for (int32_t i = 0; i < n; i++) {
        int32_t level = (int32_t)(a[i] * 65535.0f + 0.5f);
        int32_t excess = 2 * level - 65535;

        levels[i] = (uint16_t)level;
        sum += (uint32_t)level;
        confidence += (uint32_t)(excess > 0 ? excess : 0);
    }
    count->sum += sum;
    count->confidence += confidence;
}

/* Looks only left of the box so far, and only right of it. */
void alpha_widen_box(subject_box *box, const subject_box *reach, const uint16_t *levels, int32_t y)
{
    int32_t left = reach->left, right = reach->right;
    int32_t left_end = box->left < reach->right ? box->left : reach->right;
    int32_t right_end = box->right > reach->left ? box->right : reach->left;

    if (y < reach->top || y >= reach->bottom)
        return;
    while (left < left_end && levels[left] < EDGE_LEVEL)
        left++;
    while (right > right_end && levels[right - 1] < EDGE_LEVEL)
        right--;
    if (left < left_end)
        box->left = left;
    if (right > right_end)
        box->right = right;
    for (int32_t x = left; x < reach->right && box->bottom <= y; x++)
        if (levels[x] >= EDGE_LEVEL) {
            box->top = box->top < y ? box->top : y;
            box->bottom = y + 1;
        }
}

void alpha_report(matte_subject *subject, const alpha_count *counts, const inspyr_view *alpha)
{
    double pixels = 65535.0 * alpha->width * alpha->height;
    alpha_count all = { 0, 0, { alpha->width, alpha->height, 0, 0 } };

    for (int32_t i = 0; i < stripe_count(alpha->height); i++) {
        all.sum += counts[i].sum;
        all.confidence += counts[i].confidence;
        subject_box_join(&all.box, &counts[i].box);
    }
    memset(subject, 0, sizeof *subject);
    subject->coverage = (float)((double)all.sum / pixels);
    subject->none = all.box.left >= all.box.right || (double)all.confidence < SUBJECT_MASS * pixels;
    if (!subject->none) {
        subject->x = all.box.left;
        subject->y = all.box.top;
        subject->width = all.box.right - all.box.left;
        subject->height = all.box.bottom - all.box.top;
    }
}
