/* remover.c - the program of docs/migration.md: photographs before their blurred background. */
#include <inspyr.h>
#include <stdio.h>
#include <string.h>

static inspyr_status blur(inspyr_model *model, const char *in, const char *out, inspyr_error *error)
{
    static unsigned char file[32 << 20]; /* more is refused by default */
    inspyr_image *photo = NULL, *result = NULL;
    inspyr_bytes png = { NULL, 0, NULL, NULL };
    inspyr_cutout_options how;
    inspyr_status status;
    inspyr_view view;
    FILE *stream = fopen(in, "rb");
    size_t size = stream ? fread(file, 1, sizeof file, stream) : 0; /* no bytes are no picture, either */

    if (stream)
        fclose(stream);
    inspyr_cutout_options_init(&how); /* zero: the default, everywhere */
    how.output = INSPYR_OUTPUT_BLUR;
    status = inspyr_image_decode(&photo, file, size, NULL, error);
    if (!status) {
        inspyr_image_view(photo, &view);
        status = inspyr_remove_background(&result, model, &view, &how, error);
    }
    if (!status) {
        inspyr_image_view(result, &view);
        status = inspyr_image_encode(&png, &view, NULL, error);
    }
    if (!status) {
        stream = fopen(out, "wb");
        if (!stream || fwrite(png.data, 1, png.size, stream) != png.size)
            status = INSPYR_ERR_FILE;
        if ((stream && fclose(stream)) || status) {
            status = INSPYR_ERR_FILE;
            snprintf(error->message, sizeof error->message, "%.200s cannot be written", out);
        }
    }
    inspyr_bytes_free(&png);
    inspyr_image_free(result);
    inspyr_image_free(photo);
    return status;
}

int main(int argc, char **argv)
{
    const char *weights = argc > 1 && strcmp(argv[1], "builtin") != 0 ? argv[1] : NULL;
    inspyr_load_options load;
    inspyr_model *model = NULL;
    inspyr_pool *pool = NULL;
    inspyr_error error;
    inspyr_status status = inspyr_pool_open(&pool, 0, NULL, &error); /* one thread per processor */

    inspyr_load_options_init(&load);
    load.pool = pool;
    if (!status)
        status = inspyr_model_load(&model, weights, &load, &error);
    for (int i = 2; i < argc && !status; i++) {
        char out[4096];

        snprintf(out, sizeof out, "%s.blur.png", argv[i]);
        status = blur(model, argv[i], out, &error);
    }
    if (status)
        fprintf(stderr, "%s\n", error.message);
    inspyr_model_free(model);
    inspyr_pool_free(pool);
    return status != INSPYR_OK;
}
