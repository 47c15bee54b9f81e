/* cutout.c - cuts the subject out of a photograph: cutout photo.jpg cutout.png */
#include <inspyr.h>
#include <stdio.h>

static unsigned char bytes[32 << 20]; /* more is refused by default */

int main(int argc, char **argv)
{
    FILE *in = argc == 3 ? fopen(argv[1], "rb") : NULL, *out = NULL;
    size_t size = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    inspyr_model *model = NULL;
    inspyr_image *photo = NULL, *cutout = NULL;
    inspyr_bytes png = { NULL, 0, NULL, NULL };
    inspyr_error error;
    inspyr_view view;

    if (!in)
        fprintf(stderr, "usage: cutout PHOTO PNG, and PHOTO has to be readable\n");
    else if (inspyr_model_load(&model, NULL, NULL, &error) ||
             inspyr_image_decode(&photo, bytes, size, NULL, &error) ||
             (inspyr_image_view(photo, &view), inspyr_remove_background(&cutout, model, &view, NULL, &error)) ||
             (inspyr_image_view(cutout, &view), inspyr_image_encode(&png, &view, NULL, &error)))
        fprintf(stderr, "%s\n", error.message);
    else if (!(out = fopen(argv[2], "wb")) || fwrite(png.data, 1, png.size, out) != png.size || fflush(out))
        perror(argv[2]);
    else
        printf("%s: %d x %d\n", argv[2], view.width, view.height);
    inspyr_bytes_free(&png);
    inspyr_image_free(cutout);
    inspyr_image_free(photo);
    inspyr_model_free(model);
    return out && !ferror(out) ? 0 : 1;
}
