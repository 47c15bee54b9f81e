#include "image/icc_srgb.h"

#include <lcms2.h>
#include <lcms2_plugin.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/icc.h"

/* lcms2 does not survive a failed allocation. So it gets a block at once, of which a camera's profile takes
 * about half; what a stranger one takes beyond that is the C library's. */
#define ARENA_BYTES ((size_t)1 << 20)

/* In front of each piece of lcms2's memory: its size. */
#define HEAD MEMORY_ALIGNMENT

typedef struct arena {
    unsigned char *bytes;
    size_t used;
} arena;

static bool within(const arena *a, const void *memory)
{
    return (uintptr_t)memory >= (uintptr_t)a->bytes && (uintptr_t)memory < (uintptr_t)a->bytes + ARENA_BYTES;
}

static void *take(cmsContext context, cmsUInt32Number size)
{
    arena *a = cmsGetContextUserData(context);
    size_t all = HEAD + ((size_t)size + HEAD - 1) / HEAD * HEAD;
    bool fits = all <= ARENA_BYTES - a->used;
    unsigned char *memory = fits ? a->bytes + a->used : malloc(all);

    if (!memory)
        return NULL;
    a->used += fits ? all : 0;
    memcpy(memory, &all, sizeof all);
    return memory + HEAD;
}

static void give(cmsContext context, void *memory)
{
    if (memory && !within(cmsGetContextUserData(context), memory))
        free((unsigned char *)memory - HEAD);
}

static void *grow(cmsContext context, void *memory, cmsUInt32Number size)
{
    void *larger = take(context, size);

    if (larger && memory) {
        size_t old;

        memcpy(&old, (unsigned char *)memory - HEAD, sizeof old);
        memcpy(larger, memory, old - HEAD < size ? old - HEAD : size);
        give(context, memory);
    }
    return larger;
}

static cmsHTRANSFORM open_transform(cmsContext context, const inspyr_bytes *profile)
{
    cmsHPROFILE from = cmsOpenProfileFromMemTHR(context, profile->data, (cmsUInt32Number)profile->size);
    cmsHPROFILE to = from ? cmsCreate_sRGBProfileTHR(context) : NULL;
    cmsHTRANSFORM transform = NULL;

    if (from && to && cmsGetColorSpace(from) == cmsSigRgbData)
        transform = cmsCreateTransformTHR(context, from, TYPE_RGB_8, to, TYPE_RGB_8, INTENT_PERCEPTUAL,
                                          cmsFLAGS_NOCACHE);
    if (from)
        cmsCloseProfile(from);
    if (to)
        cmsCloseProfile(to);
    return transform;
}

/* Is no colour of a lattice moved by more than a level? Many cameras write sRGB as a profile, each its own. */
static bool changes_nothing(cmsHTRANSFORM transform)
{
    enum { STEPS = 9 };
    unsigned char in[STEPS * 3], out[STEPS * 3];

    for (int i = 0; i < STEPS * STEPS; i++) {
        for (int k = 0; k < STEPS; k++) {
            in[3 * k] = (unsigned char)(k * 255 / (STEPS - 1));
            in[3 * k + 1] = (unsigned char)(i % STEPS * 255 / (STEPS - 1));
            in[3 * k + 2] = (unsigned char)(i / STEPS * 255 / (STEPS - 1));
        }
        cmsDoTransform(transform, in, out, STEPS);
        for (int k = 0; k < STEPS * 3; k++)
            if (in[k] > out[k] + 1 || out[k] > in[k] + 1)
                return false;
    }
    return true;
}

static void convert(unsigned char *rgb, size_t n, const inspyr_bytes *profile, cmsContext context)
{
    cmsHTRANSFORM transform = open_transform(context, profile);

    if (!transform)
        return;
    if (!changes_nothing(transform))
        while (n) { /* lcms2 counts in 32 bits */
            cmsUInt32Number part = n < (1u << 20) ? (cmsUInt32Number)n : 1u << 20;

            cmsDoTransform(transform, rgb, rgb, part);
            rgb += (size_t)part * 3;
            n -= part;
        }
    cmsDeleteTransform(transform);
}

inspyr_status icc_to_srgb(unsigned char *rgb, size_t n, const inspyr_bytes *profile,
                          const inspyr_allocator *allocator, inspyr_error *error)
{
    arena a = { NULL, 0 };
    cmsPluginMemHandler memory = {
        .base = { cmsPluginMagicNumber, 2000, cmsPluginMemHandlerSig, NULL },
        .MallocPtr = take,
        .FreePtr = give,
        .ReallocPtr = grow,
    };
    cmsContext context;

    if (!profile || !profile->size || !icc_is_matrix(profile->data, profile->size))
        return INSPYR_OK;
    a.bytes = memory_take(allocator, ARENA_BYTES);
    if (!a.bytes)
        return failed(error, INSPYR_ERR_MEMORY, "no room to convert colours");
    context = cmsCreateContext(&memory, &a);
    if (context) {
        convert(rgb, n, profile, context);
        cmsDeleteContext(context);
    }
    memory_give(allocator, a.bytes);
    return INSPYR_OK;
}
