#include "image/icc_srgb.h"

#include <lcms2.h>
#include <lcms2_plugin.h>
#include <stdbool.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/icc.h"

/* What lcms2 may hold at a time: tables of a printer's profile, several times over. A profile may claim more.
 */
#define LCMS_BYTES_MAX ((size_t)64 << 20)

/* Before each block of lcms2's: its size, and the way to what is counted. */
typedef struct block {
    size_t size;
    struct account *account;
    unsigned char fill[MEMORY_ALIGNMENT - sizeof(size_t) - sizeof(void *)];
} block;

typedef struct account {
    const inspyr_allocator *allocator;
    size_t used;
    bool starved;
} account;

static void *take(cmsContext context, cmsUInt32Number size)
{
    account *a = cmsGetContextUserData(context);
    block *b;

    if (size > LCMS_BYTES_MAX - a->used)
        return NULL;
    b = memory_take(a->allocator, sizeof *b + size);
    if (!b) {
        a->starved = true;
        return NULL;
    }
    b->size = size;
    b->account = a;
    a->used += size;
    return b + 1;
}

static void give(cmsContext context, void *memory)
{
    block *b = (block *)memory - 1;

    (void)context;
    if (!memory)
        return;
    b->account->used -= b->size;
    memory_give(b->account->allocator, b);
}

static void *grow(cmsContext context, void *memory, cmsUInt32Number size)
{
    void *larger = take(context, size);

    if (larger && memory) {
        size_t old = ((block *)memory - 1)->size;

        memcpy(larger, memory, old < size ? old : size);
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

inspyr_status icc_to_srgb(unsigned char *rgb, size_t n, const inspyr_bytes *profile,
                          const inspyr_allocator *allocator, inspyr_error *error)
{
    account a = { allocator, 0, false };
    cmsPluginMemHandler memory = {
        .base = { cmsPluginMagicNumber, 2000, cmsPluginMemHandlerSig, NULL },
        .MallocPtr = take,
        .FreePtr = give,
        .ReallocPtr = grow,
    };
    cmsContext context;
    cmsHTRANSFORM transform;

    if (!profile || !profile->size)
        return INSPYR_OK;
    context = cmsCreateContext(&memory, &a);
    transform = context ? open_transform(context, profile) : NULL;
    if (transform && !changes_nothing(transform))
        while (n) { /* lcms2 counts in 32 bits */
            cmsUInt32Number part = n < (1u << 20) ? (cmsUInt32Number)n : 1u << 20;

            cmsDoTransform(transform, rgb, rgb, part);
            rgb += (size_t)part * 3;
            n -= part;
        }
    if (transform)
        cmsDeleteTransform(transform);
    if (context)
        cmsDeleteContext(context);
    if (a.starved)
        return failed(error, INSPYR_ERR_MEMORY, "no room to convert colours");
    return INSPYR_OK;
}
