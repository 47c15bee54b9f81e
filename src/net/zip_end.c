#include "net/zip_end.h"

#include <stdbool.h>

#include "base/status.h"
#include "net/zip_bytes.h"

#define END_SIZE 22
#define END_MARK 0x06054b50
#define LOCATOR_SIZE 20
#define LOCATOR_MARK 0x07064b50
#define RECORD_SIZE 56
#define RECORD_MARK 0x06064b50
#define COMMENT_MAX 65535

/* No end at the end: is the archive cut short, or does something follow it? */
static inspyr_status no_end(const unsigned char *bytes, size_t size, inspyr_error *error)
{
    const size_t reach = END_SIZE + COMMENT_MAX;

    for (size_t back = END_SIZE + 1; back <= size && back <= reach; back++)
        if (zip_u32(bytes + size - back) == END_MARK)
            return failed(error, INSPYR_ERR_WEIGHTS,
                          "%zu bytes behind the end of the archive: not what torch.save writes",
                          back - END_SIZE);
    return failed(error, INSPYR_ERR_WEIGHTS,
                  "cut short: the archive's end is missing behind byte %zu; download it again", size);
}

/* A number of the end record is that of the zip64 record, or all ones. */
static bool agrees(uint32_t narrow, uint32_t ones, uint64_t wide)
{
    return narrow == ones || narrow == wide;
}

static inspyr_status read_record(zip_end *out, const unsigned char *bytes, size_t at, const unsigned char *end,
                                 inspyr_error *error)
{
    const unsigned char *locator = bytes + at, *record = at < RECORD_SIZE ? bytes : locator - RECORD_SIZE;

    if (at < RECORD_SIZE || zip_u64(locator + 8) != at - RECORD_SIZE || zip_u32(record) != RECORD_MARK ||
        zip_u64(record + 4) != RECORD_SIZE - 12)
        return failed(error, INSPYR_ERR_WEIGHTS, "the zip64 record is not where its locator says");
    if (zip_u32(locator + 4) != 0 || zip_u32(locator + 16) > 1 || zip_u32(record + 16) != 0 ||
        zip_u32(record + 20) != 0 || zip_u64(record + 24) != zip_u64(record + 32))
        return failed(error, INSPYR_ERR_WEIGHTS, "an archive in several volumes");
    out->members = zip_u64(record + 32);
    out->size = zip_u64(record + 40);
    out->place = zip_u64(record + 48);
    if (!agrees(zip_u16(end + 10), 0xFFFF, out->members) || !agrees(zip_u32(end + 12), 0xFFFFFFFF, out->size) ||
        !agrees(zip_u32(end + 16), 0xFFFFFFFF, out->place))
        return failed(error, INSPYR_ERR_WEIGHTS, "the archive's two end records contradict each other");
    return INSPYR_OK;
}

inspyr_status zip_find_end(zip_end *out, const unsigned char *bytes, size_t size, inspyr_error *error)
{
    size_t limit = size < END_SIZE ? 0 : size - END_SIZE; /* of the directory's end */
    const unsigned char *end = bytes + limit;
    inspyr_status status;

    if (size < END_SIZE || zip_u32(end) != END_MARK || zip_u16(end + 20) != 0)
        return no_end(bytes, size, error);
    if (zip_u16(end + 4) != 0 || zip_u16(end + 6) != 0 || zip_u16(end + 8) != zip_u16(end + 10))
        return failed(error, INSPYR_ERR_WEIGHTS, "an archive in several volumes");
    *out = (zip_end){ zip_u16(end + 10), zip_u32(end + 16), zip_u32(end + 12) };
    if (limit >= LOCATOR_SIZE && zip_u32(end - LOCATOR_SIZE) == LOCATOR_MARK) {
        status = read_record(out, bytes, limit - LOCATOR_SIZE, end, error);
        if (status)
            return status;
        limit -= LOCATOR_SIZE + RECORD_SIZE;
    } else if (out->members == 0xFFFF || out->place == 0xFFFFFFFF || out->size == 0xFFFFFFFF) {
        return failed(error, INSPYR_ERR_WEIGHTS, "the archive's zip64 record is missing");
    }
    if (out->size > limit || out->place != limit - out->size)
        return failed(
            error, INSPYR_ERR_WEIGHTS,
            "the archive's directory (%llu bytes at %llu) does not end at byte %zu: cut short or damaged; "
            "download it again",
            (unsigned long long)out->size, (unsigned long long)out->place, limit);
    return INSPYR_OK;
}
