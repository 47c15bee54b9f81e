/* twin.c - what the native library makes of the requests on standard input, for comparison with WebAssembly.
 *
 * usage: twin WEIGHTS [best]      Each request is a line, then its bytes; so is each answer.
 *
 *     draw WIDTH HEIGHT CHANNELS ALPHA SEED PREVIEW TEXT    pixels, and with ALPHA 1 a plane
 *     matte WIDTH HEIGHT CHANNELS                           pixels
 *     cutout WIDTH HEIGHT CHANNELS                          pixels
 *     load SIZE                                             a weight file
 *     decode SIZE                                           a picture file
 *
 * Answers: "OK width height channels" and pixels, or "STATUS message". The network runs on the kernels for
 * every processor, whose operations are WebAssembly's: four lanes, and nothing fused. With `best`, on this
 * one's. */
#include <stdio.h>
#include <stdlib.h>

#include "inspyr.h"
#include "net/plain/kernels.h"

static int level;

/* The linker leads the library's calls of plain_kernels_select() here. */
const plain_kernels *__real_plain_kernels_select(int allowed);
const plain_kernels *__wrap_plain_kernels_select(int allowed);
const plain_kernels *__wrap_plain_kernels_select(int allowed)
{
    return __real_plain_kernels_select(allowed < level ? allowed : level);
}

static void *bytes_read(size_t size)
{
    void *bytes = malloc(size ? size : 1);

    if (!bytes || fread(bytes, 1, size, stdin) != size) {
        fprintf(stderr, "twin: the input ends too early\n");
        exit(2);
    }
    return bytes;
}

static inspyr_view read_view(int32_t width, int32_t height, int32_t channels)
{
    inspyr_format format = channels == 4 ? INSPYR_RGBA8 : channels == 3 ? INSPYR_RGB8 : INSPYR_GREY8;
    void *data = bytes_read((size_t)width * (size_t)height * (size_t)channels);
    inspyr_view view = { data, (int64_t)width * channels, width, height, format, 0 };

    return view;
}

static void answer(const inspyr_view *view, inspyr_status status, const inspyr_error *error)
{
    int channels = view->format == INSPYR_RGBA8 ? 4 : view->format == INSPYR_RGB8 ? 3 : 1;

    if (status) {
        printf("%s %s\n", inspyr_status_name(status), error->message);
        return;
    }
    printf("OK %d %d %d\n", (int)view->width, (int)view->height, channels);
    for (int32_t y = 0; y < view->height; y++)
        fwrite((char *)view->data + y * view->stride, (size_t)channels, (size_t)view->width, stdout);
}

static void answer_image(inspyr_image *image, inspyr_status status, const inspyr_error *error)
{
    inspyr_view view;

    inspyr_image_view(image, &view);
    answer(&view, status, error);
    inspyr_image_free(image);
}

static void draw(const char *request)
{
    int width, height, channels, has_alpha, preview, text = 0;
    unsigned long long seed;
    inspyr_effect_options options;
    inspyr_error error;
    inspyr_image *out;
    inspyr_status status;
    inspyr_view picture, alpha = { 0 };
    const char *effect = request;

    if (sscanf(request, "draw %d %d %d %d %llu %d %n", &width, &height, &channels, &has_alpha, &seed, &preview,
               &text) == 6)
        effect += text;
    picture = read_view(width, height, channels);
    if (has_alpha)
        alpha = read_view(width, height, 1);
    inspyr_effect_options_init(&options);
    options.seed = seed;
    options.quality = preview ? INSPYR_QUALITY_PREVIEW : INSPYR_QUALITY_FULL;
    options.preview_side = preview;
    status = inspyr_effect_parse(NULL, NULL, effect, 0, &error);
    if (status)
        answer(&picture, status, &error);
    else {
        status =
            inspyr_apply_effects(&out, NULL, &picture, has_alpha ? &alpha : NULL, &effect, 1, &options, &error);
        answer_image(out, status, &error);
    }
    free(alpha.data);
    free(picture.data);
}

static void run_network(inspyr_model *model, int width, int height, int channels, int cut)
{
    inspyr_view picture = read_view(width, height, channels), plane = { 0 };
    inspyr_error error;
    inspyr_image *out;
    inspyr_status status;

    if (cut) {
        status = inspyr_remove_background(&out, model, &picture, NULL, &error);
        answer_image(out, status, &error);
    } else {
        plane = (inspyr_view){ malloc((size_t)width * (size_t)height), width, width, height, INSPYR_GREY8, 0 };
        status = inspyr_matte(model, &picture, &plane, 1, NULL, &error);
        answer(&plane, status, &error);
        free(plane.data);
    }
    free(picture.data);
}

static void load(size_t size)
{
    inspyr_view nothing = { NULL, 0, 0, 0, INSPYR_GREY8, 0 };
    inspyr_load_options options;
    inspyr_model *model;
    inspyr_error error;
    inspyr_status status;
    void *bytes = bytes_read(size);

    inspyr_load_options_init(&options);
    options.bytes = bytes;
    options.bytes_size = size;
    status = inspyr_model_load(&model, NULL, &options, &error);
    answer(&nothing, status, &error);
    inspyr_model_free(model);
    free(bytes);
}

static void decode(size_t size)
{
    inspyr_error error;
    inspyr_image *image;
    void *bytes = bytes_read(size);
    inspyr_status status = inspyr_image_decode(&image, bytes, size, NULL, &error);

    answer_image(image, status, &error);
    free(bytes);
}

int main(int argc, char **argv)
{
    char request[1024];
    int width, height, channels;
    size_t size;
    inspyr_model *model = NULL;
    inspyr_error error;

    if (argc == 3 && !strcmp(argv[2], "best"))
        level = KERNELS_BEST;
    while (fgets(request, sizeof request, stdin)) {
        request[strcspn(request, "\n")] = '\0';
        if (!strncmp(request, "draw ", 5))
            draw(request);
        else if (sscanf(request, "load %zu", &size) == 1)
            load(size);
        else if (sscanf(request, "decode %zu", &size) == 1)
            decode(size);
        else if (sscanf(request, "%*s %d %d %d", &width, &height, &channels) == 3) {
            if (!model && (argc < 2 || inspyr_model_load(&model, argv[1], NULL, &error))) {
                fprintf(stderr, "twin: %s\n", argc > 1 ? error.message : "no weights");
                return 2;
            }
            run_network(model, width, height, channels, request[0] == 'c');
        } else {
            fprintf(stderr, "twin: %s?\n", request);
            return 2;
        }
    }
    inspyr_model_free(model);
    return 0;
}
