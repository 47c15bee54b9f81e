/* choose.h - engine, device and precision for a load, as far as this build has them.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_CHOOSE_H
#define INSPYR_NET_CHOOSE_H

#include "net/engine.h"
#include "net/quantised.h"
#include "net/torch_table.h"

#define CHOICE_NOTE 240

typedef struct choice {
    const engine_kind *engine;
    const products_table *products;
    char library[TORCH_TEXT];   /* what makes the products; "" for the engine's own */
    const torch_table *torch;   /* NULL: another engine */
    engine_device *device;      /* opened, and the caller's to close; of the engine "torch" */
    inspyr_precision precision; /* never AUTO */
    char note[CHOICE_NOTE];     /* why it is not what was asked for; "" if it is */
} choice;

/* What is asked for by name and not there is an error where it is required, and a note otherwise. */
inspyr_status choose(choice *out, const inspyr_load_options *o, inspyr_error *error);

/* Opens the device by libtorch's plug-in, unless another libtorch is in the process: two of them would share
 * some of their symbols and end it. */
inspyr_status choose_torch(choice *c, const inspyr_load_options *o, const char *device, inspyr_error *error);

/* GPUs that may be there: one where it is not known, so that somebody can be told why there is none. */
size_t choose_gpu_count(void);

/* What becomes of int8, now that the file is known: one that was made for it takes it by itself, and one whose
 * error is over the library's bound does not, which is an error where int8 is required. */
inspyr_status choose_quantised(choice *c, const inspyr_load_options *o, const quantised_file *file,
                               inspyr_error *error);

#endif
