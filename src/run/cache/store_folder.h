/* store_folder.h - a folder of sealed entries: where each lies, and which have to go.
 *
 * An entry is FOLDER/ab/c/<picture>-<recipe>, where abc are the first digits of the picture's digest, so all of
 * one picture are in one place. A file is dated when its entry is too old; the oldest dates go first where
 * there are too many bytes. Only the files store_*.c include it. Layer 4 (run). Threads: one that writes and
 * one that reads. */
#ifndef INSPYR_RUN_STORE_FOLDER_H
#define INSPYR_RUN_STORE_FOLDER_H

#include "run/cache/key.h"

#define STORE_PATH_MAX 4096
/* Of the folder alone: behind it come "/ab/c/", a name, and what file_replace() adds. */
#define STORE_FOLDER_MAX (STORE_PATH_MAX - 256)

/* A sweep leaves so much of the limit, so that the next one is not due at once. */
#define STORE_SWEPT 0.9

/* Puts between two sweeps, at the latest: other processes put things here, too. */
#define STORE_SWEEP_EVERY 256

/* Names that are none of ours are what a killed writer left, if nobody has touched them for so long. */
#define STORE_LEFT_OVER_S 3600

typedef struct store_folder {
    inspyr_allocator allocator;
    uint64_t max_bytes, max_entry_bytes;
    uint64_t bytes;   /* of all files, as far as this process knows */
    uint32_t unswept; /* puts since the last sweep */
    bool known;       /* bytes is not a guess any more */
    char path[STORE_FOLDER_MAX];
} store_folder;

/* A name within a picture's folder. */
#define STORE_FILE_MAX (4 * (size_t)KEY_DIGEST + 2)

/* Does a file's name have the form of an entry's? */
bool store_file_is_entry(const char *name);

int64_t store_calendar_ms(void);

/* Counts what is there, removes what is too old and, where `max_bytes` is exceeded, the oldest. Where the list
 * of files finds no memory, it is left for next time. */
void store_sweep(store_folder *f);

#endif
