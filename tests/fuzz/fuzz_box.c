/* Any bytes laid over a good answer of a sandbox's helper, and what is left of them behind its pixels: a
 * picture within the limits, or an error of one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "image/box_check.h"
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define SIDE 4
#define MOST 100 /* of a side */

static box_answer good_answer(size_t profile)
{
    box_answer a;

    memset(&a, 0, sizeof a);
    a.magic = BOX_MAGIC;
    a.width = a.height = SIDE;
    a.format = INSPYR_RGB8;
    a.profile_size = profile;
    inspyr_decode_report_init(&a.report);
    a.report.stored_width = a.report.stored_height = SIDE;
    a.report.orientation = 1;
    return a;
}

static void check(const box_answer *answer, int file, uint64_t flags)
{
    inspyr_decode_report report;
    inspyr_decode_options o;
    inspyr_allocator allocator;
    inspyr_image *image = NULL;
    inspyr_error error;
    bool lies;
    inspyr_status status;

    inspyr_decode_report_init(&report);
    inspyr_decode_options_init(&o);
    o.flags = flags;
    o.max_pixels = MOST * MOST / 2;
    o.max_side = MOST;
    o.report = &report;
    if (memory_import(&allocator, NULL, NULL))
        abort();
    status = box_check(&image, &lies, answer, file, &o, &allocator, &error);
    if ((status == INSPYR_OK) != (image != NULL) || (lies && status != INSPYR_ERR_IMAGE))
        abort();
    if (image && (image->view.width > MOST || image->view.height > MOST ||
                  (uint64_t)image->view.width * (uint64_t)image->view.height > o.max_pixels))
        abort();
    if (!memchr(report.warning, 0, sizeof report.warning) || strpbrk(report.warning, "\n\r\t"))
        abort();
    if (status && (!memchr(error.message, 0, sizeof error.message) || strpbrk(error.message, "\n\r\t")))
        abort();
    inspyr_image_free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const unsigned char rows[SIDE * 64];
    size_t over = size < sizeof(box_answer) ? size : sizeof(box_answer);
    const file_part parts[] = { { rows, sizeof rows }, { bytes + over, size - over } };
    box_answer answer = good_answer(size - over);
    int file = box_room(0);

    if (file < 0 || !box_fill(file, parts, 2))
        abort();
    check(&answer, file, 0); /* good but for its profile, if there is one */
    for (size_t i = 0; i < over; i++)
        ((unsigned char *)&answer)[i] ^= bytes[i];
    check(&answer, file, size & 1 ? INSPYR_DECODE_PALETTE_INDEX : 0);
    check(&answer, -1, 0);
    close(file);
    return 0;
}
