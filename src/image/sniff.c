#include "image/sniff.h"

#include "base/status.h"

#if defined(INSPYR_HAS_JPEG)
#define JPEG_READER jpeg_header, jpeg_pixels, jpeg_profile
#else
#define JPEG_READER NULL, NULL, NULL
#endif
#if defined(INSPYR_HAS_PNG)
#define PNG_READER png_header, png_pixels, png_profile
#else
#define PNG_READER NULL, NULL, NULL
#endif
#if defined(INSPYR_HAS_WEBP)
#define WEBP_READER webp_header, webp_pixels, webp_profile
#else
#define WEBP_READER NULL, NULL, NULL
#endif
#if defined(INSPYR_HAS_HEIF)
#define HEIF_READER heif_header, heif_pixels, heif_profile
#else
#define HEIF_READER NULL, NULL, NULL
#endif

static bool begins(const unsigned char *bytes, size_t size, size_t at, const char *magic, size_t length)
{
    return size >= at + length && !memcmp(bytes + at, magic, length);
}
#define BEGINS(at, magic) begins(bytes, size, at, magic, sizeof(magic) - 1)

static bool is_jpeg(const unsigned char *bytes, size_t size)
{
    return BEGINS(0, "\xff\xd8\xff");
}

static bool is_png(const unsigned char *bytes, size_t size)
{
    return BEGINS(0, "\x89PNG\r\n\x1a\n");
}

static bool is_webp(const unsigned char *bytes, size_t size)
{
    return BEGINS(0, "RIFF") && BEGINS(8, "WEBP");
}

static bool is_heif(const unsigned char *bytes, size_t size)
{
    return BEGINS(4, "ftyphei") || BEGINS(4, "ftypmif1") || BEGINS(4, "ftypavif");
}

static bool is_pnm(const unsigned char *bytes, size_t size)
{
    return size >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' &&
           (bytes[2] == '\n' || (bytes[1] != '7' && (strchr(" \t\r#", bytes[2]) && bytes[2])));
}

/* Formats that users hand in by mistake; naming them saves a question. */
static const char *stranger(const unsigned char *bytes, size_t size)
{
    return BEGINS(0, "GIF8")                                              ? "a GIF"
           : BEGINS(0, "BM")                                              ? "a BMP"
           : BEGINS(0, "II*\0") || BEGINS(0, "MM\0*")                     ? "a TIFF"
           : BEGINS(0, "\xff\x0a") || BEGINS(0, "\0\0\0\x0cJXL ")         ? "a JPEG XL"
           : BEGINS(0, "\0\0\0\x0cjP  ") || BEGINS(0, "\xff\x4f\xff\x51") ? "a JPEG 2000"
           : BEGINS(0, "%PDF")                                            ? "a PDF"
                                                                          : NULL;
}

inspyr_status sniff(const codec_reader **out, const unsigned char *bytes, size_t size, bool heif,
                    inspyr_error *error)
{
    static const struct {
        bool (*is)(const unsigned char *bytes, size_t size);
        codec_reader codec;
    } table[] = {
        { is_jpeg, { INSPYR_FILE_JPEG, "JPEG", JPEG_READER } },
        { is_png, { INSPYR_FILE_PNG, "PNG", PNG_READER } },
        { is_webp, { INSPYR_FILE_WEBP, "WebP", WEBP_READER } },
        { is_pnm, { INSPYR_FILE_PAM, "PNM", pnm_header, pnm_pixels, NULL } },
        { is_heif, { INSPYR_FILE_HEIF, "HEIC or AVIF", HEIF_READER } },
    };
    const char *other;

    *out = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].is(bytes, size)) {
            if (!table[i].codec.header)
                return failed(error, INSPYR_ERR_IMAGE_FORMAT, "a %s file, and this build is without %s",
                              table[i].codec.name, table[i].codec.name);
            if (table[i].codec.file == INSPYR_FILE_HEIF && !heif)
                return failed(error, INSPYR_ERR_IMAGE_FORMAT,
                              "a HEIC or AVIF file, which INSPYR_DECODE_HEIF has to let in");
            *out = &table[i].codec;
            return INSPYR_OK;
        }
    other = stranger(bytes, size);
    return failed(error, INSPYR_ERR_IMAGE_FORMAT, "%s file; JPEG, PNG, WebP and PNM can be read",
                  !size   ? "an empty"
                  : other ? other
                          : "an unknown kind of");
}
