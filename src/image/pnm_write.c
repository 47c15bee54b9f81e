/* PAM: the one format of the family that holds alpha and 16 bits. */
#include <stdio.h>

#include "base/status.h"
#include "image/codec.h"
#include "image/convert.h"
#include "image/image.h"

static void big_endian_row(unsigned char *dst, const uint16_t *src, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        dst[2 * i] = (unsigned char)(src[i] >> 8);
        dst[2 * i + 1] = (unsigned char)src[i];
    }
}

inspyr_status pnm_write(sink *out, const inspyr_view *view, const codec_settings *settings, inspyr_error *error)
{
    size_t bytes = format_bytes(view->format), row = (size_t)view->width * bytes;
    bool wide = view->format == INSPYR_GREY16, alpha = bytes == 4, grey = bytes < 3;
    inspyr_format format = alpha ? INSPYR_RGBA8 : grey ? INSPYR_GREY8 : INSPYR_RGB8;
    char header[128];
    int length =
        snprintf(header, sizeof header, "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n",
                 (int)view->width, (int)view->height, grey ? 1 : (int)bytes, wide ? 65535 : 255,
                 alpha  ? "RGB_ALPHA"
                 : grey ? "GRAYSCALE"
                        : "RGB");

    (void)settings;
    if (!sink_put(out, header, (size_t)length))
        return failed(error, INSPYR_ERR_MEMORY, "PAM: no room for the file");
    for (int32_t y = 0; y < view->height; y++) {
        unsigned char *room = sink_room(out, row);

        if (!room)
            return failed(error, INSPYR_ERR_MEMORY, "PAM: no room for the file");
        if (wide)
            big_endian_row(room, (const uint16_t *)(const void *)view_row(view, y), view->width);
        else
            convert_row(room, format, view_row(view, y), view->format, view->width);
        out->used += row;
    }
    return INSPYR_OK;
}
