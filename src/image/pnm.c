/* PBM, PGM and PPM (P1 to P6) and PAM (P7). Strict: a sample above the file's maximum is damage, and so is
 * anything missing; what follows the first picture is not looked at. */
#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/image.h"
#include "image/pnm_token.h"
#include "image/row_target.h"

typedef struct pnm {
    int32_t kind; /* 1..7 */
    int32_t width, height, maximum;
    int32_t depth; /* samples of a pixel: 1 to 4 */
    pnm_text rest; /* the pixels */
} pnm;

static bool word_is(const unsigned char *word, size_t length, const char *text)
{
    return length == strlen(text) && !memcmp(word, text, length);
}

/* The type says no more than the depth does; what contradicts it is refused. */
static bool type_fits(const unsigned char *word, size_t length, int32_t depth)
{
    static const struct {
        const char *name;
        int32_t depth;
    } types[] = {
        { "BLACKANDWHITE", 1 },       { "GRAYSCALE", 1 },       { "RGB", 3 },
        { "BLACKANDWHITE_ALPHA", 2 }, { "GRAYSCALE_ALPHA", 2 }, { "RGB_ALPHA", 4 },
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (word_is(word, length, types[i].name))
            return depth == types[i].depth;
    return false;
}

/* Where the number after a keyword goes, and the most it may be; NULL for any other word. */
static int32_t *field(pnm *p, const unsigned char *word, size_t length, int32_t *most)
{
    *most = word_is(word, length, "DEPTH") ? 4 : word_is(word, length, "MAXVAL") ? 65535 : INT32_MAX;
    return word_is(word, length, "WIDTH")    ? &p->width
           : word_is(word, length, "HEIGHT") ? &p->height
           : word_is(word, length, "DEPTH")  ? &p->depth
           : word_is(word, length, "MAXVAL") ? &p->maximum
                                             : NULL;
}

static bool read_pam(pnm *p)
{
    pnm_text *t = &p->rest;
    const unsigned char *word, *type = NULL;
    size_t length, type_length = 0;

    while (pnm_word(t, &word, &length) && !word_is(word, length, "ENDHDR")) {
        int32_t most, *number = field(p, word, length, &most);

        if (number ? !pnm_number(t, most, number)
                   : !word_is(word, length, "TUPLTYPE") || !pnm_word(t, &type, &type_length))
            return false;
    }
    return t->at < t->end && *t->at++ == '\n' && p->width && p->height && p->maximum && p->depth &&
           (!type || type_fits(type, type_length, p->depth));
}

static bool read_classic(pnm *p)
{
    p->depth = p->kind == 3 || p->kind == 6 ? 3 : 1;
    p->maximum = 1;
    if (!pnm_number(&p->rest, INT32_MAX, &p->width) || !pnm_number(&p->rest, INT32_MAX, &p->height))
        return false;
    if (p->kind != 1 && p->kind != 4 && !pnm_number(&p->rest, 65535, &p->maximum))
        return false;
    /* One blank ends the header; in the binary kinds the byte after it is a pixel, whatever it is. */
    return p->width && p->height && p->maximum && p->rest.at < p->rest.end && pnm_blank(*p->rest.at++);
}

static inspyr_status open_pnm(pnm *p, const codec_source *source, inspyr_error *error)
{
    memset(p, 0, sizeof *p);
    p->kind = source->bytes[1] - '0';
    p->rest.at = source->bytes + 2;
    p->rest.end = source->bytes + source->size;
    if (p->kind == 7 ? read_pam(p) : read_classic(p))
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_IMAGE, "PNM: the header is damaged");
}

static inspyr_format natural(const pnm *p)
{
    return p->depth == 1 ? INSPYR_GREY8 : p->depth == 3 ? INSPYR_RGB8 : INSPYR_RGBA8;
}

inspyr_status pnm_header(codec_header *out, const codec_source *source, inspyr_error *error)
{
    pnm p;
    inspyr_status status = open_pnm(&p, source, error);

    memset(out, 0, sizeof *out);
    if (status)
        return status;
    out->width = p.width;
    out->height = p.height;
    out->natural = natural(&p);
    out->orientation = 1;
    out->shrinks = true;
    out->has_alpha = p.depth == 2 || p.depth == 4;
    for (out->bits = 1; p.maximum >> out->bits; out->bits++)
        ;
    return INSPYR_OK;
}

/* The next sample of a text file or of a binary one; false at the end. */
static bool next_sample(pnm *p, int32_t *value)
{
    pnm_text *t = &p->rest;

    if (p->kind == 1) { /* digits need no blanks between them */
        pnm_skip(t);
        if (t->at == t->end || (*t->at != '0' && *t->at != '1'))
            return false;
        *value = *t->at++ == '0';
        return true;
    }
    if (p->kind < 4)
        return pnm_number(t, p->maximum, value);
    if (t->end - t->at < (p->maximum > 255 ? 2 : 1))
        return false;
    *value = *t->at++;
    if (p->maximum > 255)
        *value = *value << 8 | *t->at++;
    return *value <= p->maximum;
}

static bool read_bits(pnm *p, unsigned char *row)
{
    int64_t bytes = ((int64_t)p->width + 7) / 8;

    if (p->rest.end - p->rest.at < bytes)
        return false;
    for (int32_t x = 0; x < p->width; x++)
        row[x] = p->rest.at[x / 8] >> (7 - x % 8) & 1 ? 0 : 255; /* 1 is black */
    p->rest.at += bytes;
    return true;
}

static bool read_row(pnm *p, unsigned char *row, int64_t samples)
{
    uint32_t maximum = (uint32_t)p->maximum;

    if (p->kind == 4)
        return read_bits(p, row);
    if (p->kind > 4 && maximum == 255) {
        if (p->rest.end - p->rest.at < samples)
            return false;
        memcpy(row, p->rest.at, (size_t)samples);
        p->rest.at += samples;
        return true;
    }
    for (int64_t i = 0; i < samples; i++) {
        int32_t value;

        if (!next_sample(p, &value))
            return false;
        row[i] = (unsigned char)(((uint32_t)value * 510 + maximum) / (2 * maximum));
    }
    return true;
}

/* In place and backwards: grey and alpha lie at the front of the row. */
static void spread_grey_alpha(unsigned char *row, int32_t width)
{
    for (size_t x = (size_t)width; x-- > 0;) {
        unsigned char grey = row[2 * x], alpha = row[2 * x + 1];

        row[4 * x] = row[4 * x + 1] = row[4 * x + 2] = grey;
        row[4 * x + 3] = alpha;
    }
}

static inspyr_status read_rows(pnm *p, row_target *rows, inspyr_error *error)
{
    for (int32_t y = 0; y < p->height; y++) {
        unsigned char *row = row_target_place(rows);

        if (!read_row(p, row, (int64_t)p->width * p->depth))
            return failed(error, INSPYR_ERR_IMAGE, "PNM: row %d of %d is damaged or missing", (int)y + 1,
                          (int)p->height);
        if (p->depth == 2)
            spread_grey_alpha(row, p->width);
        row_target_take(rows);
    }
    return INSPYR_OK;
}

inspyr_status pnm_pixels(const inspyr_view *dst, const codec_source *source, inspyr_error *error)
{
    pnm p;
    row_target rows;
    inspyr_status status = open_pnm(&p, source, error);

    if (status)
        return status;
    status = row_target_begin(&rows, dst, p.width, p.height, source->allocator)
                 ? read_rows(&p, &rows, error)
                 : failed(error, INSPYR_ERR_MEMORY, "PNM: no room for a row");
    row_target_end(&rows);
    return status;
}
