/* Any bytes as pixels: what the encoder of PNG writes, the decoder reads again, to the byte, and so the
 * profile. The first bytes choose format, size, level and where a profile ends. */
#include <stdint.h>
#include <stdlib.h>

#include "image/icc.h"
#include "image/image.h"
#include "inspyr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define HEAD 4

static void compare(const inspyr_view *view, const inspyr_bytes *profile, const inspyr_bytes *png)
{
    inspyr_decode_options options;
    inspyr_bytes found;
    inspyr_image *image;
    inspyr_error error;

    inspyr_decode_options_init(&options);
    options.format = view->format;
    if (inspyr_image_decode(&image, png->data, png->size, &options, &error))
        abort();
    for (int32_t y = 0; y < view->height; y++)
        if (memcmp(view_row(&image->view, y), view_row(view, y),
                   (size_t)view->width * format_bytes(view->format)) != 0)
            abort();
    inspyr_image_profile(image, &found);
    /* libpng is stricter about profiles than we are */
    if (found.size && (found.size != profile->size || memcmp(found.data, profile->data, found.size) != 0))
        abort();
    inspyr_image_free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_RGB8, INSPYR_GREY8 };
    inspyr_encode_options options;
    inspyr_bytes png, profile = { NULL, 0, NULL, NULL };
    inspyr_view view = { 0 };
    size_t row, used;

    if (size <= HEAD)
        return 0;
    view.format = formats[bytes[0] % 3];
    view.width = bytes[1] + 1;
    row = (size_t)view.width * format_bytes(view.format);
    if (size - HEAD < row)
        return 0;
    view.height = (int32_t)((size - HEAD) / row);
    view.stride = (int64_t)row;
    view.data = (void *)(uintptr_t)(bytes + HEAD);
    inspyr_encode_options_init(&options);
    options.compression = bytes[2] % 10;
    if (bytes[3] & 1) {
        profile.size = size - HEAD;
        profile.data = view.data;
        if (icc_space_of(&used, profile.data, profile.size) ==
            (view.format == INSPYR_GREY8 ? ICC_GREY : ICC_RGB))
            options.profile = &profile;
    }
    if (inspyr_image_encode(&png, &view, &options, NULL))
        abort();
    compare(&view, &profile, &png);
    inspyr_bytes_free(&png);
    return 0;
}
