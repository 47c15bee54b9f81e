/* process_usage.h - what the system says of the memory of this process. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_PROCESS_USAGE_H
#define INSPYR_RUN_PROCESS_USAGE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct process_usage {
    uint64_t resident_bytes;
    uint64_t major_faults; /* since it began: pages that came from a disk, swapped out ones too */
} process_usage;

/* false where there is no /proc. */
bool process_usage_read(process_usage *out);

#endif
