/* client.c - a program that uses what 0.1 had, compiled against headers of every version by clients.py.
 *
 * Prints what it got, a line a call. WITH_NEWER: the header has a field `newer` at the end of every sized
 * options struct, and it is set to that. */
#include <inspyr.h>
#include <stdio.h>
#include <stdlib.h>

#define SIDE 48

#ifdef WITH_NEWER
#define NEWER(options) ((options).newer = WITH_NEWER)
#else
#define NEWER(options) ((void)0)
#endif

static unsigned sum_of(const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    unsigned sum = 1;

    while (size--)
        sum = sum * 31 + *p++;
    return sum;
}

static void say(const char *what, inspyr_status status, unsigned sum)
{
    printf("%s: %s %08x\n", what, inspyr_status_name(status), status ? 0 : sum);
}

static unsigned pixels_of(const inspyr_image *image)
{
    inspyr_view view;
    unsigned sum = 0;

    inspyr_image_view(image, &view);
    for (int32_t y = 0; y < view.height; y++)
        sum = sum * 31 + sum_of((const char *)view.data + y * view.stride,
                                (size_t)view.width * (view.format == INSPYR_RGBA8 ? 4 : 3));
    return sum;
}

static inspyr_image *decode(void)
{
    static unsigned char file[16 + SIDE * SIDE * 3];
    inspyr_decode_options options;
    inspyr_image *image = NULL;
    inspyr_status status;
    int head = sprintf((char *)file, "P6 %d %d 255\n", SIDE, SIDE);

    for (int i = 0; i < SIDE * SIDE * 3; i++) {
        int x = i / 3 % SIDE - SIDE / 2, y = i / 3 / SIDE - SIDE / 2;

        file[head + i] = (unsigned char)(x * x + y * y < 200 ? 230 - 80 * (i % 3) : (x + y) * 2 + 100);
    }
    inspyr_decode_options_init(&options);
    NEWER(options);
    status = inspyr_image_decode(&image, file, (size_t)head + SIDE * SIDE * 3, &options, NULL);
    say("decode", status, pixels_of(image));
    if (status)
        status = inspyr_image_decode(&image, file, (size_t)head + SIDE * SIDE * 3, NULL, NULL);
    return image;
}

static inspyr_model *load(void)
{
    inspyr_load_options options;
    inspyr_warmup_options warmup;
    inspyr_model *model = NULL;
    inspyr_info info;
    inspyr_status status;

    inspyr_load_options_init(&options);
    NEWER(options);
    status = inspyr_model_load(&model, NULL, &options, NULL);
    say("load", status, 0);
    if (status && inspyr_model_load(&model, NULL, NULL, NULL))
        return NULL;
    inspyr_warmup_options_init(&warmup);
    NEWER(warmup);
    say("warm up", inspyr_model_warmup(model, &warmup, NULL), 0);
    inspyr_info_init(&info);
    status = inspyr_model_info(model, &info, NULL);
    say("info", status, sum_of(info.name, strlen(info.name)) + (unsigned)info.base_width);
    return model;
}

static void cut(inspyr_model *model, const inspyr_image *photo)
{
    static float plane[SIDE * SIDE];
    inspyr_view view, matte = { plane, SIDE * 4, SIDE, SIDE, INSPYR_GREYF32, 0 };
    inspyr_matte_options matting;
    inspyr_cutout_options options;
    inspyr_encode_options encoding;
    inspyr_report report;
    inspyr_image *cutout = NULL;
    inspyr_bytes file = { NULL, 0, NULL, NULL };
    inspyr_status status;

    inspyr_image_view(photo, &view);
    inspyr_matte_options_init(&matting);
    NEWER(matting);
    status = inspyr_matte(model, &view, &matte, 1, &matting, NULL);
    say("matte", status, sum_of(plane, sizeof plane));
    inspyr_report_init(&report);
    inspyr_cutout_options_init(&options);
    options.output = INSPYR_OUTPUT_COLOUR;
    options.colour = 0x336699;
    options.report = &report;
    NEWER(options);
    status = inspyr_remove_background(&cutout, model, &view, &options, NULL);
    say("cut out", status, pixels_of(cutout) + (unsigned)report.subject_width);
    inspyr_encode_options_init(&encoding);
    encoding.file = INSPYR_FILE_PAM;
    NEWER(encoding);
    inspyr_image_view(status ? photo : cutout, &view);
    status = inspyr_image_encode(&file, &view, &encoding, NULL);
    say("encode", status, sum_of(file.data, file.size));
    inspyr_bytes_free(&file);
    inspyr_image_free(cutout);
}

int main(void)
{
    inspyr_pool_options options;
    inspyr_pool *pool = NULL;
    inspyr_image *photo = decode();
    inspyr_model *model = load();

    inspyr_pool_options_init(&options);
    NEWER(options);
    say("pool", inspyr_pool_open(&pool, 2, &options, NULL), 0);
    if (model && photo)
        cut(model, photo);
    inspyr_pool_free(pool);
    inspyr_model_free(model);
    inspyr_image_free(photo);
    return 0;
}
