/* model_convert.h - the parts of inspyr_convert(): what is converted, and how its header is written.
 *
 * Layer 3 (net). Threads: single. */
#ifndef INSPYR_NET_MODEL_CONVERT_H
#define INSPYR_NET_MODEL_CONVERT_H

#include "inspyr_experimental.h"
#include "net/known.h"
#include "net/network.h"
#include "net/text_out.h"

/* How one tensor of the source is written. */
typedef struct convert_form {
    weights_type type; /* that of the source, BF16 or I8: a kernel, with its scales beside it */
    bool ranged;       /* and the range of its inputs */
    float range[2];
} convert_form;

typedef struct convert_source {
    const weights *w;
    network_config config;
    bool new_size, new_blend;  /* the options say otherwise than the file */
    bool narrow;               /* all to bfloat16 */
    const convert_form *forms; /* of each tensor, in the order of weights_at(); NULL: as `narrow` says */
    const char *quantised;     /* entry `int8` of the metadata; NULL: as the source has it */
    const inspyr_convert_options *options;
    known_facts facts;
} convert_source;

/* The `architecture` entry, as JSON. */
inspyr_status architecture_write(text *out, const convert_source *s, inspyr_error *error);

/* Length, header and padding of the new file. */
inspyr_status convert_header(text *out, const convert_source *s, inspyr_error *error);

convert_form convert_form_of(const convert_source *s, int32_t tensor);

/* Sees to base size and blending, for which the source and the options may have different words. */
inspyr_status convert_configure(convert_source *s, plan **out, const inspyr_allocator *allocator,
                                inspyr_error *error);

/* The new file. A file that does not fit its network would be found out when it is loaded, and then nobody
 * knows why: convert_configure() has passed. */
inspyr_status convert_write(const convert_source *s, inspyr_write_fn *write, void *user,
                            const inspyr_allocator *allocator, inspyr_error *error);

/* convert_bytes.c: the numbers of a kernel as I8, row by row, then its range if it has one, then its scales. */
inspyr_status convert_quantised(const weights_tensor *t, const convert_form *form, inspyr_write_fn *write,
                                void *user, const inspyr_allocator *allocator, inspyr_error *error);

/* The name of what stands beside a kernel of I8. */
#define CONVERT_NAME 256

/* Is it written? Counters and index tables of training are not. */
bool convert_keeps(const weights_tensor *tensor);

#endif
