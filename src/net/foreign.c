/* foreign.c - what people give in place of weights, and what to do about it. */
#include <ctype.h>

#include "base/status.h"
#include "net/weights_store.h"

#define TAR_MARK 257 /* place of "ustar" */

static bool begins(const unsigned char *bytes, size_t size, const void *with, size_t count)
{
    return size >= count && !memcmp(bytes, with, count);
}

/* A safetensors file begins with the length of its header in eight bytes, and no header is so long that it
 * needs the upper four: bytes that begin so are left to that reader. */
static bool may_be_safetensors(const unsigned char *bytes, size_t size)
{
    return size < 8 || !memcmp(bytes + 4, "\0\0\0", 4);
}

static bool is_page(const unsigned char *bytes, size_t size)
{
    size_t at = begins(bytes, size, "\xEF\xBB\xBF", 3) ? 3 : 0;

    while (at < size && isspace(bytes[at]))
        at++;
    return at + 1 < size && bytes[at] == '<' &&
           (bytes[at + 1] == '!' || bytes[at + 1] == '?' || isalpha(bytes[at + 1]));
}

inspyr_status foreign_refuse(const unsigned char *bytes, size_t size, inspyr_error *error)
{
    /* protocol 2, and the magic number of torch.save before it wrote archives */
    static const unsigned char legacy[] = { 0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C,
                                            0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19 };
    static const char pointer[] = "version https://git-lfs";

    if (may_be_safetensors(bytes, size))
        return INSPYR_OK;
    if (begins(bytes, size, legacy, sizeof legacy) ||
        (size > TAR_MARK && begins(bytes + TAR_MARK, size - TAR_MARK, "ustar", 5)))
        return failed(error, INSPYR_ERR_WEIGHTS,
                      "a checkpoint of torch older than 1.6: load it with a current torch and save it again");
    if (begins(bytes, size, "\x80", 1))
        return failed(error, INSPYR_ERR_WEIGHTS, "a bare pickle, not a checkpoint as torch.save writes it");
    if (begins(bytes, size, pointer, sizeof pointer - 1))
        return failed(error, INSPYR_ERR_WEIGHTS,
                      "a pointer of Git LFS, not a checkpoint: fetch the file that it stands for");
    if (is_page(bytes, size))
        return failed(error, INSPYR_ERR_WEIGHTS,
                      "a web page, not a checkpoint: the download failed; open the address in a browser");
    return INSPYR_OK;
}
