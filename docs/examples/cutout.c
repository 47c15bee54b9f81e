/* cutout.c - cuts the subject out of a photograph: cutout < photo.jpg > cutout.png
 *
 * The process ends here, so nothing is given back; inspyr.h begins with the same program for one that goes on.
 */
#include <inspyr.h>
#include <stdio.h>

int main(void)
{
    static unsigned char bytes[32 << 20]; /* more is refused by default */
    size_t size = fread(bytes, 1, sizeof bytes, stdin);
    inspyr_model *model;
    inspyr_image *photo, *cutout;
    inspyr_view view;
    inspyr_bytes png;
    inspyr_error error;

    if (inspyr_model_load(&model, NULL, NULL, &error) ||
        inspyr_image_decode(&photo, bytes, size, NULL, &error) ||
        (inspyr_image_view(photo, &view), inspyr_remove_background(&cutout, model, &view, NULL, &error)) ||
        (inspyr_image_view(cutout, &view), inspyr_image_encode(&png, &view, NULL, &error)))
        return fprintf(stderr, "%s\n", error.message), 1;
    return fwrite(png.data, 1, png.size, stdout) != png.size;
}
