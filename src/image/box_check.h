/* box_check.h - a helper's answer becomes a picture, if it can be one.
 *
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_BOX_CHECK_H
#define INSPYR_IMAGE_BOX_CHECK_H

#include "image/box.h"

/* file: what came with the answer; -1: nothing. *lies: the answer is not to be believed, nor is the helper; the
 * status is INSPYR_ERR_IMAGE then. Else what the decoder says, or INSPYR_ERR_MEMORY. o: as in sandbox_decode().
 */
inspyr_status box_check(inspyr_image **out, bool *lies, const box_answer *answer, int file,
                        const inspyr_decode_options *o, const inspyr_allocator *allocator, inspyr_error *error);

#endif
