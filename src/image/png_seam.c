#include "image/png_seam.h"

#define CODE_MAX 15
#define LITERALS 288
#define DISTANCES 32
#define END_OF_BLOCK 256

/* What a table says of the next bits: how many belong to a code and what follows it, and these. */
enum { SKIP = 0x1f, LENGTH = 0x20, END = 0x40, INVALID = 0x80 };

typedef struct code_table {
    unsigned char of[1 << CODE_MAX];
    unsigned mask;
} code_table;

typedef struct scanner {
    const unsigned char *bytes;
    size_t size;
    uint64_t at; /* bits */
    code_table literals, distances;
} scanner;

/* The next 57 bits or more; zeros behind the end. */
static uint64_t peek(const scanner *s)
{
    size_t at = (size_t)(s->at >> 3);
    uint64_t word = 0;

    if (at < s->size && s->size - at >= 8)
        for (unsigned i = 0; i < 8; i++)
            word |= (uint64_t)s->bytes[at + i] << 8 * i;
    else
        for (unsigned i = 0; i < 8 && at + i < s->size; i++)
            word |= (uint64_t)s->bytes[at + i] << 8 * i;
    return word >> (s->at & 7);
}

static unsigned take(scanner *s, unsigned count)
{
    unsigned bits = (unsigned)peek(s) & ((1u << count) - 1);

    s->at += count;
    return bits;
}

static unsigned literal_entry(unsigned symbol)
{
    if (symbol < END_OF_BLOCK)
        return 0;
    if (symbol == END_OF_BLOCK)
        return END;
    if (symbol > 285)
        return INVALID;
    return LENGTH | (symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4);
}

static unsigned distance_entry(unsigned symbol)
{
    return symbol > 29 ? INVALID : symbol < 4 ? 0 : symbol / 2 - 1;
}

/* Of the code in which lengths are written: at most 7 bits, so both fit. */
static unsigned length_entry(unsigned symbol)
{
    return symbol << 3;
}

/* Canonical codes, their first bit lowest; false: more of them than there are. */
static bool make_table(code_table *t, const unsigned char *lengths, unsigned count, unsigned (*entry)(unsigned))
{
    unsigned counts[CODE_MAX + 1] = { 0 }, next[CODE_MAX + 1], code = 0, longest = CODE_MAX;

    for (unsigned i = 0; i < count; i++)
        counts[lengths[i]]++;
    while (longest > 1 && !counts[longest])
        longest--;
    counts[0] = 0;
    for (unsigned length = 1; length <= CODE_MAX; length++) {
        code = (code + counts[length - 1]) << 1;
        next[length] = code;
        if (code + counts[length] > 1u << length)
            return false;
    }
    t->mask = (1u << longest) - 1;
    memset(t->of, INVALID, (size_t)t->mask + 1);
    for (unsigned i = 0; i < count; i++) {
        unsigned length = lengths[i], reversed = 0;

        if (!length)
            continue;
        for (unsigned bit = 0; bit < length; bit++)
            reversed |= (next[length] >> bit & 1) << (length - 1 - bit);
        next[length]++;
        for (unsigned at = reversed; at <= t->mask; at += 1u << length)
            t->of[at] = (unsigned char)(entry(i) + length);
    }
    return true;
}

static bool fixed_codes(scanner *s)
{
    unsigned char lengths[LITERALS + DISTANCES];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    memset(lengths + LITERALS, 5, DISTANCES);
    return make_table(&s->literals, lengths, LITERALS, literal_entry) &&
           make_table(&s->distances, lengths + LITERALS, DISTANCES, distance_entry);
}

/* Fills in lengths[0..count-1], which are written in the code in t. */
static bool read_lengths(scanner *s, unsigned char *lengths, unsigned count, const code_table *t)
{
    for (unsigned done = 0; done < count;) {
        unsigned entry = t->of[peek(s) & t->mask], symbol = entry >> 3, repeat = 1;

        if (!(entry & 7) || (symbol == 16 && !done))
            return false;
        s->at += entry & 7;
        if (symbol == 16)
            repeat = 3 + take(s, 2);
        else if (symbol > 16)
            repeat = symbol == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
        if (repeat > count - done)
            return false;
        memset(lengths + done, symbol < 16 ? (int)symbol : symbol == 16 ? lengths[done - 1] : 0, repeat);
        done += repeat;
    }
    return true;
}

static bool own_codes(scanner *s)
{
    static const unsigned char order[] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
    unsigned literals = 257 + take(s, 5), distances = 1 + take(s, 5), count = 4 + take(s, 4);
    unsigned char of_lengths[sizeof order] = { 0 }, lengths[LITERALS + DISTANCES];

    for (unsigned i = 0; i < count; i++)
        of_lengths[order[i]] = (unsigned char)take(s, 3);
    return literals <= LITERALS && make_table(&s->distances, of_lengths, sizeof order, length_entry) &&
           read_lengths(s, lengths, literals + distances, &s->distances) &&
           make_table(&s->literals, lengths, literals, literal_entry) &&
           make_table(&s->distances, lengths + literals, distances, distance_entry);
}

/* Up to the block's end. Literals come in runs, and three codes fit into what one look sees. */
static bool skip_codes(scanner *s)
{
    while (s->at >> 3 < s->size) {
        uint64_t word = peek(s);
        unsigned code = s->literals.of[word & s->literals.mask], distance;

        for (int more = 2; code < LENGTH && more; more--) {
            s->at += code;
            word >>= code;
            code = s->literals.of[word & s->literals.mask];
        }
        if (code & INVALID)
            return false;
        s->at += code & SKIP;
        if (code & END)
            return true;
        if (!(code & LENGTH))
            continue;
        distance = s->distances.of[peek(s) & s->distances.mask];
        if (distance & INVALID)
            return false;
        s->at += distance;
    }
    return false;
}

static bool skip_stored(scanner *s)
{
    unsigned size;

    s->at = (s->at + 7) & ~UINT64_C(7);
    size = take(s, 16);
    if (size != (take(s, 16) ^ 0xffff))
        return false;
    s->at += 8 * (uint64_t)size;
    return true;
}

bool png_seam_find(png_seam *out, const unsigned char *bytes, size_t size)
{
    scanner s;
    bool last = false;

    s.bytes = bytes;
    s.size = size;
    s.at = 0;
    while (!last && s.at >> 3 < size) {
        bool whole;

        out->last = s.at;
        last = take(&s, 1);
        switch (take(&s, 2)) {
        case 0:
            whole = skip_stored(&s);
            break;
        case 1:
            whole = fixed_codes(&s) && skip_codes(&s);
            break;
        case 2:
            whole = own_codes(&s) && skip_codes(&s);
            break;
        default:
            whole = false;
        }
        if (!whole)
            return false;
    }
    out->end = s.at;
    return last && (s.at + 7) >> 3 == size;
}

size_t png_seam_open(const png_seam *seam, unsigned char *bytes)
{
    static const unsigned char empty[] = { 0x00, 0x00, 0xff, 0xff }; /* a stored block's length, both ways */
    size_t size = (size_t)((seam->end + 7) >> 3);

    bytes[seam->last >> 3] &= (unsigned char)~(1u << (seam->last & 7));
    if ((seam->end + 3 + 7) >> 3 > size) /* the block's three bits, all 0, as what fills a stream's last byte */
        bytes[size++] = 0;
    memcpy(bytes + size, empty, sizeof empty);
    return size + sizeof empty;
}
