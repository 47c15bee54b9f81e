/* model_convert.h - the parts of inspyr_convert(): what is converted, and how its header is written.
 *
 * Layer 3 (net). Threads: single. */
#ifndef INSPYR_NET_MODEL_CONVERT_H
#define INSPYR_NET_MODEL_CONVERT_H

#include "inspyr_experimental.h"
#include "net/known.h"
#include "net/network.h"
#include "net/text_out.h"

typedef struct convert_source {
    const weights *w;
    network_config config;
    bool new_size, new_blend; /* the options say otherwise than the file */
    bool narrow;              /* to bfloat16 */
    const inspyr_convert_options *options;
    known_facts facts;
} convert_source;

/* The `architecture` entry, as JSON. */
inspyr_status architecture_write(text *out, const convert_source *s, inspyr_error *error);

/* Length, header and padding of the new file. */
inspyr_status convert_header(text *out, const convert_source *s, inspyr_error *error);

/* Is it written? Counters and index tables of training are not. */
bool convert_keeps(const weights_tensor *tensor);

#endif
