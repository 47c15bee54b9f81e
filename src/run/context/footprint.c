#include "run/context/footprint.h"

#include "base/status.h"

/* Bytes a pixel. A cut-out holds the picture, alpha and the result, and foreground colours need stripes of
 * them: under three times the RGBA result. A picture that is turned upright is there twice while it is read,
 * before the rest is. */
#define PIXEL 4
#define CUTOUT (3 * PIXEL)
#define BESIDE ((uint64_t)4 << 20) /* codecs' rows and tables, and stripes on threads */

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t preview_pixels(const footprint *f)
{
    int32_t longer = f->width > f->height ? f->width : f->height;
    double scale = f->preview_side && longer > f->preview_side ? (double)f->preview_side / longer : 1;

    return (uint64_t)(f->width * scale + 1) * (uint64_t)(f->height * scale + 1);
}

/* All effects of a call are drawn at once: its picture, and each result and what it needs meanwhile. */
static inspyr_status add_effects(uint64_t *bytes, const footprint *f, inspyr_error *error)
{
    size_t count = 0;
    uint64_t each = PIXEL;

    for (size_t i = 0; f->effects && (i == 0 || i < count); i++) {
        inspyr_effect_values values;
        inspyr_effect effect;
        inspyr_status status;

        inspyr_effect_values_init(&values);
        inspyr_effect_init(&effect);
        status = inspyr_effect_parse(&values, &count, f->effects, i, error);
        if (!status)
            status = inspyr_effect_list(&effect, (size_t)values.effect, error);
        if (status)
            return status;
        each += PIXEL + effect.bytes_per_pixel + (f->encoded ? PIXEL : 0);
    }
    if (count)
        *bytes = plus(*bytes, times(preview_pixels(f), each));
    return INSPYR_OK;
}

inspyr_status footprint_of(uint64_t *bytes, const footprint *f, inspyr_error *error)
{
    uint64_t pixels, all;

    *bytes = 0;
    if (f->width < 1 || f->height < 1)
        return failed(error, INSPYR_ERR_ARGUMENT, "a picture of %d x %d", (int)f->width, (int)f->height);
    pixels = (uint64_t)f->width * (uint64_t)f->height;
    all = times(pixels, CUTOUT + (f->sizes > 1 ? (f->sizes - 1) * PIXEL : 0));
    if (f->encoded)
        all = plus(all, times(pixels, f->sizes * PIXEL));
    all = plus(plus(all, f->file_bytes), plus(f->pass_bytes, BESIDE));
    *bytes = all;
    return add_effects(bytes, f, error);
}
