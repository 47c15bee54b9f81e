/* box.h - what passes between a caller and the process that decodes for it (sandbox.h).
 *
 * One packet each way, over a socket that keeps packets whole; files travel beside them: the encoded bytes
 * there, pixels and profile back, in memory that nobody can change any more. Both sides are of one build, and
 * the helper is believed until it has read the first picture. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_BOX_H
#define INSPYR_IMAGE_BOX_H

#include <stdbool.h>

#include "base/file.h"

#define BOX_SOCKET 3 /* of the helper */
#define BOX_MAGIC UINT32_C(0x786f6269)
#define BOX_VERSION (INSPYR_VERSION_MAJOR * 1000000 + INSPYR_VERSION_MINOR * 1000 + INSPYR_VERSION_PATCH)

/* A helper lives for this much of a processor's time, and is replaced between two pictures then. */
#define BOX_LIFE_SECONDS 60

/* The caller's first packet. */
typedef struct box_setup {
    uint32_t magic, version, request_size, answer_size; /* of the caller; must be the helper's */
    uint64_t max_memory;                                /* bytes of address space */
    int64_t deadline_ms;
} box_setup;

/* What the helper says to it. */
typedef struct box_hello {
    uint32_t magic;
    int32_t reason;  /* of errno; 0: it is locked up */
    char failed[56]; /* what could not be done */
} box_hello;

/* With a file of `size` bytes, a picture. */
typedef struct box_request {
    uint32_t magic;
    uint32_t reserved;
    uint64_t size;
    inspyr_decode_options options; /* complete; its pointers are NULL */
} box_request;

/* With a file, if the status is INSPYR_OK: the rows as image_create() lays them, then the profile. */
typedef struct box_answer {
    uint32_t magic;
    inspyr_status status;
    int32_t width, height;
    inspyr_format format;
    uint32_t reserved;
    uint64_t profile_size;
    inspyr_decode_report report;
    char message[252];
    uint32_t end;
} box_answer;

/* file: -1 for none. False, with errno: it did not get there. */
bool box_send(int socket, const void *packet, size_t size, int file);

/* Waits. The bytes of a packet, of which at most `size` are kept; 0 at the end, and -1 with errno. *file: what
 * came with it, to be closed, or -1. A packet that is longer than `size`, or that has more than one file, is
 * EBADMSG. */
long box_receive(int socket, void *packet, size_t size, int *file);

/* A file in memory, with that many bytes of it there already; -1 and errno. */
int box_room(uint64_t size);

/* Makes these, one behind the other, all that is in such a file, and keeps everybody from changing it. False:
 * errno. */
bool box_fill(int file, const file_part *parts, size_t count);

/* Is it one that was filled, and has `size` bytes? */
bool box_file_is_sealed(int file, uint64_t size);

#endif
