#include "image/webp_profile.h"

#define RIFF_HEAD 12 /* "RIFF", size, "WEBP" */
#define CHUNK_HEAD 8
#define EXTENDED 18 /* a VP8X chunk: flags, sides */

enum { HAS_ALPHA = 0x10, HAS_PROFILE = 0x20 };

static unsigned char *put_little(unsigned char *out, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *out++ = (unsigned char)(value >> 8 * i);
    return out;
}

/* The first chunk behind the file's head is VP8X, with its flags, or the pixels; those without loss have a bit.
 */
static bool declares_alpha(const unsigned char *chunk)
{
    return !memcmp(chunk, "VP8X", 4) ? (chunk[CHUNK_HEAD] & HAS_ALPHA) != 0
                                     : !memcmp(chunk, "VP8L", 4) && (chunk[CHUNK_HEAD + 4] & 0x10) != 0;
}

bool webp_profile_put(sink *out, const sink *file, int32_t width, int32_t height, const inspyr_bytes *profile)
{
    const unsigned char *rest = file->data + RIFF_HEAD;
    size_t rest_size = file->used - RIFF_HEAD, padded = profile->size + (profile->size & 1);
    bool alpha = declares_alpha(rest);
    unsigned char head[RIFF_HEAD + EXTENDED + CHUNK_HEAD] = "RIFF", *at = head + 4;

    if (rest_size >= EXTENDED && !memcmp(rest, "VP8X", 4)) {
        rest += EXTENDED;
        rest_size -= EXTENDED;
    }
    at = put_little(at, sizeof head - 8 + padded + rest_size, 4);
    memcpy(at, "WEBPVP8X", 8);
    at = put_little(at + 8, EXTENDED - CHUNK_HEAD, 4);
    at = put_little(at, HAS_PROFILE | (alpha ? HAS_ALPHA : 0), 4);
    at = put_little(at, (size_t)width - 1, 3);
    at = put_little(at, (size_t)height - 1, 3);
    memcpy(at, "ICCP", 4);
    put_little(at + 4, profile->size, 4);
    return sink_put(out, head, sizeof head) && sink_put(out, profile->data, profile->size) &&
           (!(profile->size & 1) || sink_put(out, "", 1)) && sink_put(out, rest, rest_size);
}
