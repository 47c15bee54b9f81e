/* subject.h - where the subject is, and whether there is one.
 *
 * A pixel's confidence is max(0, 2 alpha - 1). There is no subject where the mean confidence of the picture is
 * below SUBJECT_MASS: as much as a square of 15 x 15 sure pixels at 384 x 384, less than the network can name.
 * Of 21 photographs looked at, a landscape (0.0005) and a railway coach that the network does not see (0) fall
 * below; the faintest above are a cup (0.0041) and a stop sign at night (0.0055).
 *
 * The box holds every pixel of at least SUBJECT_EDGE that belongs to a part of the subject: to a connected area
 * of the network's map at that level whose confidence is at least 1/SUBJECT_PARTS of the largest area's. Specks
 * elsewhere do not widen it, thin ends of the subject are inside. Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_SUBJECT_H
#define INSPYR_MATTE_SUBJECT_H

#include "inspyr.h"

#define SUBJECT_MASS 0.0015
#define SUBJECT_EDGE 0.25f
#define SUBJECT_PARTS 64

/* Half-open: left <= x < right. Empty where left >= right. */
typedef struct subject_box {
    int32_t left, top, right, bottom;
} subject_box;

static inline void subject_box_join(subject_box *box, const subject_box *other)
{
    box->left = box->left < other->left ? box->left : other->left;
    box->top = box->top < other->top ? box->top : other->top;
    box->right = box->right > other->right ? box->right : other->right;
    box->bottom = box->bottom > other->bottom ? box->bottom : other->bottom;
}

/* The box of the subject's parts in a map of probabilities, in samples of the map; empty if there is none.
 * Scratch memory: 12 bytes a sample. */
inspyr_status subject_parts(subject_box *box, const float *map, int32_t width, int32_t height,
                            const inspyr_allocator *allocator, inspyr_error *error);

/* The pixels of a picture of width x height that the box and the samples around it can reach when the map
 * (map_width x map_height) is stretched to the picture with aligned corners. */
subject_box subject_reach(const subject_box *box, int32_t map_width, int32_t map_height, int32_t width,
                          int32_t height);

#endif
