/* inspyr_wasm.c - the public API as JavaScript can call it: numbers and places in memory, no structs. inspyr.js
 * is the other half.
 *
 * Texts that are returned are good until the next call. A function that can fail returns an inspyr_status, and
 * inspyr_wasm_message() then has the words. */
#include <stdio.h>
#include <stdlib.h>

#include "inspyr.h"

#define EXPORT(name) __attribute__((export_name(#name))) name
#define IMPORT(name) __attribute__((import_module("inspyr"), import_name(#name))) name

/* fraction: 0..1. Not 0: the call shall end. */
extern int32_t IMPORT(progress)(float fraction);

static inspyr_error last;
static char line[1024];
static int32_t blocks;

static void *allocate(void *user, size_t size, size_t alignment)
{
    void *memory = NULL;

    (void)user;
    if (posix_memalign(&memory, alignment, size))
        return NULL;
    blocks++;
    return memory;
}

static void release(void *user, void *memory)
{
    (void)user;
    blocks--;
    free(memory);
}

static const inspyr_allocator counting = { allocate, release, NULL, NULL };

void *EXPORT(inspyr_wasm_take)(size_t size);
void *inspyr_wasm_take(size_t size)
{
    return allocate(NULL, size ? size : 1, 64);
}

void EXPORT(inspyr_wasm_give)(void *memory);
void inspyr_wasm_give(void *memory)
{
    if (memory)
        release(NULL, memory);
}

/* Blocks of memory that have not been given back. */
int32_t EXPORT(inspyr_wasm_blocks)(void);
int32_t inspyr_wasm_blocks(void)
{
    return blocks;
}

const char *EXPORT(inspyr_wasm_message)(void);
const char *inspyr_wasm_message(void)
{
    return last.message;
}

const char *EXPORT(inspyr_wasm_status)(int32_t status);
const char *inspyr_wasm_status(int32_t status)
{
    return inspyr_status_name((inspyr_status)status);
}

const char *EXPORT(inspyr_wasm_version)(void);
const char *inspyr_wasm_version(void)
{
    return inspyr_version();
}

const char *EXPORT(inspyr_wasm_features)(void);
const char *inspyr_wasm_features(void)
{
    return inspyr_features();
}

/* Rows of the tables as fields with tabs between them; NULL after the last one. */
const char *EXPORT(inspyr_wasm_effect)(size_t index);
const char *inspyr_wasm_effect(size_t index)
{
    inspyr_effect e;

    inspyr_effect_init(&e);
    if (inspyr_effect_list(&e, index, NULL))
        return NULL;
    snprintf(line, sizeof line, "%s\t%s\t%d\t%d\t%llu\t%d", e.name, e.text, (int)e.version, (int)e.newest,
             (unsigned long long)e.bytes_per_pixel, (int)e.parameters);
    return line;
}

const char *EXPORT(inspyr_wasm_parameter)(size_t effect, size_t index);
const char *inspyr_wasm_parameter(size_t effect, size_t index)
{
    inspyr_parameter p;

    inspyr_parameter_init(&p);
    if (inspyr_parameter_list(&p, effect, index, NULL))
        return NULL;
    snprintf(line, sizeof line, "%s\t%s\t%s\t%s\t%.17g\t%.17g\t%.17g\t%d\t%d", p.name, p.text, p.unit, p.words,
             p.least, p.most, p.preset, (int)p.kind, (int)p.no_effect);
    return line;
}

const char *EXPORT(inspyr_wasm_set)(size_t index);
const char *inspyr_wasm_set(size_t index)
{
    inspyr_effect_set s;

    inspyr_effect_set_init(&s);
    if (inspyr_effect_set_list(&s, index, NULL))
        return NULL;
    snprintf(line, sizeof line, "%s\t%s", s.name, s.effects);
    return line;
}

/* How many effects a text names; a negative status if it is wrong. */
int32_t EXPORT(inspyr_wasm_count)(const char *text);
int32_t inspyr_wasm_count(const char *text)
{
    size_t count;
    inspyr_status status = inspyr_effect_parse(NULL, &count, text, 0, &last);

    return status ? (int32_t)status : (int32_t)count;
}

/* The one text of number `index` of them; NULL if it is wrong. */
const char *EXPORT(inspyr_wasm_canonical)(const char *text, size_t index);
const char *inspyr_wasm_canonical(const char *text, size_t index)
{
    static char out[INSPYR_EFFECT_TEXT_MAX];
    inspyr_effect_values values;

    inspyr_effect_values_init(&values);
    if (inspyr_effect_parse(&values, NULL, text, index, &last) || inspyr_effect_print(out, &values, &last))
        return NULL;
    return out;
}

/* channels: 1, 3 or 4. */
static inspyr_view view_of(void *pixels, int32_t width, int32_t height, int32_t channels)
{
    inspyr_format format = channels == 4 ? INSPYR_RGBA8 : channels == 3 ? INSPYR_RGB8 : INSPYR_GREY8;
    inspyr_view view = { pixels, (int64_t)width * channels, width, height, format, 0 };

    return view;
}

/* alpha: NULL, or a byte per pixel. preview: 0, or the longer side that is enough. */
int32_t EXPORT(inspyr_wasm_draw)(inspyr_image **out, void *pixels, int32_t width, int32_t height,
                                 int32_t channels, void *alpha, const char *effect, uint64_t seed,
                                 int32_t preview);
int32_t inspyr_wasm_draw(inspyr_image **out, void *pixels, int32_t width, int32_t height, int32_t channels,
                         void *alpha, const char *effect, uint64_t seed, int32_t preview)
{
    inspyr_view picture = view_of(pixels, width, height, channels), plane = view_of(alpha, width, height, 1);
    inspyr_effect_options options;

    inspyr_effect_options_init(&options);
    options.allocator = &counting;
    options.seed = seed;
    options.quality = preview ? INSPYR_QUALITY_PREVIEW : INSPYR_QUALITY_FULL;
    options.preview_side = preview;
    return inspyr_apply_effects(out, NULL, &picture, alpha ? &plane : NULL, &effect, 1, &options, &last);
}

/* field: 0 the place of the pixels, 1 width, 2 height, 3 bytes of a row, 4 bytes of a pixel. */
int32_t EXPORT(inspyr_wasm_image)(const inspyr_image *image, int32_t field);
int32_t inspyr_wasm_image(const inspyr_image *image, int32_t field)
{
    inspyr_view view;

    inspyr_image_view(image, &view);
    switch (field) {
    case 0:
        return (int32_t)(intptr_t)view.data;
    case 1:
        return view.width;
    case 2:
        return view.height;
    case 3:
        return (int32_t)view.stride;
    default:
        return view.format == INSPYR_RGBA8 ? 4 : view.format == INSPYR_RGB8 ? 3 : 1;
    }
}

void EXPORT(inspyr_wasm_image_free)(inspyr_image *image);
void inspyr_wasm_image_free(inspyr_image *image)
{
    inspyr_image_free(image);
}

static int tell(void *user, const inspyr_progress *p)
{
    (void)user;
    return progress(p->fraction);
}

int32_t EXPORT(inspyr_wasm_load)(inspyr_model **out, const void *bytes, size_t size);
int32_t inspyr_wasm_load(inspyr_model **out, const void *bytes, size_t size)
{
    inspyr_load_options options;

    inspyr_load_options_init(&options);
    options.allocator = &counting;
    options.bytes = bytes;
    options.bytes_size = size;
    return inspyr_model_load(out, NULL, &options, &last);
}

void EXPORT(inspyr_wasm_model_free)(inspyr_model *model);
void inspyr_wasm_model_free(inspyr_model *model)
{
    inspyr_model_free(model);
}

/* Name, version, licence and architecture of a network. */
const char *EXPORT(inspyr_wasm_info)(const inspyr_model *model);
const char *inspyr_wasm_info(const inspyr_model *model)
{
    inspyr_info info;

    inspyr_info_init(&info);
    if (inspyr_model_info(model, &info, &last))
        return NULL;
    snprintf(line, sizeof line, "%s\t%s\t%s\t%s", info.name, info.version, info.licence, info.architecture);
    return line;
}

/* alpha: room for a byte per pixel. */
int32_t EXPORT(inspyr_wasm_matte)(inspyr_model *model, void *pixels, int32_t width, int32_t height,
                                  int32_t channels, void *alpha);
int32_t inspyr_wasm_matte(inspyr_model *model, void *pixels, int32_t width, int32_t height, int32_t channels,
                          void *alpha)
{
    inspyr_view picture = view_of(pixels, width, height, channels), plane = view_of(alpha, width, height, 1);
    inspyr_matte_options options;

    inspyr_matte_options_init(&options);
    options.progress = tell;
    return inspyr_matte(model, &picture, &plane, 1, &options, &last);
}

/* *no_subject: 1 if there is nothing worth cutting out. */
int32_t EXPORT(inspyr_wasm_cutout)(inspyr_image **out, inspyr_model *model, void *pixels, int32_t width,
                                   int32_t height, int32_t channels, int32_t *no_subject);
int32_t inspyr_wasm_cutout(inspyr_image **out, inspyr_model *model, void *pixels, int32_t width, int32_t height,
                           int32_t channels, int32_t *no_subject)
{
    inspyr_view picture = view_of(pixels, width, height, channels);
    inspyr_cutout_options options;
    inspyr_report report;
    inspyr_status status;

    inspyr_report_init(&report);
    inspyr_cutout_options_init(&options);
    options.progress = tell;
    options.report = &report;
    status = inspyr_remove_background(out, model, &picture, &options, &last);
    *no_subject = report.no_subject;
    return status;
}
