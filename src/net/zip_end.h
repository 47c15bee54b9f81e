/* zip_end.h - where the central directory lies, as the records at the end of an archive say.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_ZIP_END_H
#define INSPYR_NET_ZIP_END_H

#include "inspyr.h"

typedef struct zip_end {
    uint64_t members, place, size; /* the directory, which reaches up to the records: checked */
} zip_end;

inspyr_status zip_find_end(zip_end *out, const unsigned char *bytes, size_t size, inspyr_error *error);

#endif
