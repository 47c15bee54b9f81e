/* box_serve.h - the helper's side of a sandbox.
 *
 * Layer 2 (image). Threads: for a process of one thread. */
#ifndef INSPYR_IMAGE_BOX_SERVE_H
#define INSPYR_IMAGE_BOX_SERVE_H

#include "inspyr.h"

/* As inspyr_image_decode(), which is what decodes but in tests. */
typedef inspyr_status box_decoder(inspyr_image **out, const void *bytes, size_t size,
                                  const inspyr_decode_options *options, inspyr_error *error);

/* Locks the process up and decodes until the caller goes away; the process's exit status. */
int box_serve(int socket, box_decoder *decode);

#endif
