#include "base/options.h"
#include "base/status.h"
#include "run/outputs.h"

#define SIGMA 15.0f
#define SIGMA_LEAST 0.5f
#define SIGMA_MOST 250.0f

#define FLAGS                                                                                                  \
    (INSPYR_CUTOUT_CROP | INSPYR_CUTOUT_KEEP_COLOURS | INSPYR_CUTOUT_REVERSE | INSPYR_CUTOUT_THRESHOLD |       \
     INSPYR_CUTOUT_LINEAR_LIGHT | INSPYR_COMPAT | INSPYR_COMPAT_ARRAY)

/* Written so that what is not a number is refused. */
static inspyr_status check_numbers(const inspyr_cutout_options *o, inspyr_error *error)
{
    if (o->colour > 0xffffff)
        return failed(error, INSPYR_ERR_ARGUMENT, "colour 0x%x: 0x000000 to 0xffffff are possible",
                      (unsigned)o->colour);
    if (o->crop_margin < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "a crop margin of %d pixels", (int)o->crop_margin);
    if (!(o->threshold >= 0 && o->threshold <= 1))
        return failed(error, INSPYR_ERR_ARGUMENT, "a threshold of %g: 0 to 1 are possible",
                      (double)o->threshold);
    if (o->blur_sigma != 0 && !(o->blur_sigma >= SIGMA_LEAST && o->blur_sigma <= SIGMA_MOST))
        return failed(error, INSPYR_ERR_ARGUMENT, "a blur sigma of %g: %g to %g pixels are possible",
                      (double)o->blur_sigma, (double)SIGMA_LEAST, (double)SIGMA_MOST);
    return INSPYR_OK;
}

/* Of 0.2's options only: programs for 0.1 may give a colour or a crop margin that nothing asks for. */
static inspyr_status check_effect(const inspyr_cutout_options *o, inspyr_error *error)
{
    if (o->threshold > 0 && !(o->flags & INSPYR_CUTOUT_THRESHOLD))
        return failed(error, INSPYR_ERR_ARGUMENT, "a threshold of %g goes with INSPYR_CUTOUT_THRESHOLD only",
                      (double)o->threshold);
    if (o->blur_sigma != 0 && o->output != INSPYR_OUTPUT_BLUR)
        return failed(error, INSPYR_ERR_ARGUMENT, "a blur sigma of %g goes with INSPYR_OUTPUT_BLUR only",
                      (double)o->blur_sigma);
    if (o->flags & INSPYR_CUTOUT_LINEAR_LIGHT &&
        (o->output == INSPYR_OUTPUT_RGBA || o->output == INSPYR_OUTPUT_MAP))
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "INSPYR_CUTOUT_LINEAR_LIGHT: nothing is mixed in INSPYR_OUTPUT_RGBA and _MAP");
    return INSPYR_OK;
}

static inspyr_status check_background(const inspyr_cutout_options *o, inspyr_error *error)
{
    if (o->output == INSPYR_OUTPUT_PICTURE)
        return view_check(o->background, FORMATS_PICTURE, "background", error);
    if (o->background)
        return failed(error, INSPYR_ERR_ARGUMENT, "a background goes with INSPYR_OUTPUT_PICTURE only");
    return INSPYR_OK;
}

static inspyr_status check_compat(const inspyr_cutout_options *o, inspyr_error *error)
{
    if (!(o->flags & INSPYR_COMPAT))
        return INSPYR_OK;
    if (o->flags & INSPYR_CUTOUT_LINEAR_LIGHT)
        return failed(error, INSPYR_ERR_ARGUMENT, "INSPYR_COMPAT has no linear light");
    if (o->blur_sigma != 0 && o->blur_sigma != SIGMA)
        return failed(error, INSPYR_ERR_ARGUMENT, "a blur sigma of %g: with INSPYR_COMPAT it is %g",
                      (double)o->blur_sigma, (double)SIGMA);
    return INSPYR_OK;
}

inspyr_status cutout_check(cutout *c, inspyr_error *error)
{
    const inspyr_cutout_options *o = c->options;
    inspyr_status status = options_flags(o->flags, FLAGS, error);

    if (!status && o->reserved)
        status = failed(error, INSPYR_ERR_ARGUMENT, "the reserved option is not zero");
    if (!status && (unsigned)o->output > INSPYR_OUTPUT_PICTURE)
        status = failed(error, INSPYR_ERR_UNSUPPORTED, "output %d is not in this version", (int)o->output);
    if (!status)
        status = check_numbers(o, error);
    if (!status)
        status = check_effect(o, error);
    if (!status)
        status = check_background(o, error);
    if (!status)
        status = check_compat(o, error);
    c->look = (matte_look){ .output = o->output,
                            .flags = o->flags,
                            .colour = o->colour,
                            .threshold = o->threshold,
                            .sigma = o->blur_sigma > 0 ? o->blur_sigma : SIGMA,
                            .background = o->background };
    return status;
}
