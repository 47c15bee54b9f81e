#include "matte/subject.h"

#include "base/memory.h"
#include "base/status.h"

/* Connected areas as trees: every sample points to an earlier one of its area, the first one to itself. */
static int32_t root_of(int32_t *parent, int32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]]; /* halves the path for the next visitor */
        i = parent[i];
    }
    return i;
}

static void join(int32_t *parent, int32_t a, int32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static void connect(int32_t *parent, const float *map, int32_t width, int32_t height)
{
    for (int32_t y = 0, i = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++, i++) {
            parent[i] = -1;
            if (!(map[i] >= SUBJECT_EDGE))
                continue;
            parent[i] = i;
            if (x && parent[i - 1] >= 0)
                join(parent, i, i - 1);
            if (y && parent[i - width] >= 0)
                join(parent, i, i - width);
        }
}

/* Confidence of each area, at its first sample, in units of 1/65535; returns the largest. */
static uint64_t weigh(uint64_t *mass, int32_t *parent, const float *map, int32_t n)
{
    uint64_t largest = 0;

    for (int32_t i = 0; i < n; i++) {
        uint64_t *area;

        mass[i] = 0;
        if (parent[i] < 0)
            continue;
        area = &mass[root_of(parent, i)];
        if (map[i] > 0.5f)
            *area += (uint64_t)((map[i] * 2.0f - 1.0f) * 65535.0f);
        if (*area > largest)
            largest = *area;
    }
    return largest;
}

inspyr_status subject_parts(subject_box *box, const float *map, int32_t width, int32_t height,
                            const inspyr_allocator *allocator, inspyr_error *error)
{
    size_t n = (size_t)width * (size_t)height;
    int32_t *parent = memory_array(allocator, n, sizeof *parent);
    uint64_t *mass = memory_array(allocator, n, sizeof *mass);
    inspyr_status status = INSPYR_OK;
    uint64_t largest;

    *box = (subject_box){ width, height, 0, 0 };
    if (!parent || !mass || n > INT32_MAX) {
        status = failed(error, INSPYR_ERR_MEMORY, "no room to look for the subject in %zu samples", n);
    } else {
        connect(parent, map, width, height);
        largest = weigh(mass, parent, map, (int32_t)n);
        for (int32_t y = 0, i = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++, i++)
                if (largest && parent[i] >= 0 && mass[root_of(parent, i)] >= largest / SUBJECT_PARTS)
                    subject_box_join(box, &(subject_box){ x, y, x + 1, y + 1 });
    }
    memory_give(allocator, mass);
    memory_give(allocator, parent);
    return status;
}

/* First pixel that sample - 1 and sample lie around or behind, and last one before sample + 1. */
static int32_t reach_low(int32_t sample, int32_t map_size, int32_t size)
{
    if (sample < 1)
        return 0;
    return (int32_t)((int64_t)(sample - 1) * (size - 1) / (map_size - 1));
}

static int32_t reach_high(int32_t sample, int32_t map_size, int32_t size)
{
    if (sample >= map_size - 1)
        return size;
    return (int32_t)((int64_t)(sample + 1) * (size - 1) / (map_size - 1)) + 1;
}

subject_box subject_reach(const subject_box *box, int32_t map_width, int32_t map_height, int32_t width,
                          int32_t height)
{
    subject_box reach = { 0, 0, 0, 0 };

    if (box->left >= box->right)
        return reach;
    reach.left = reach_low(box->left, map_width, width);
    reach.top = reach_low(box->top, map_height, height);
    reach.right = reach_high(box->right - 1, map_width, width);
    reach.bottom = reach_high(box->bottom - 1, map_height, height);
    return reach;
}
