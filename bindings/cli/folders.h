/* folders.h - where the command keeps models and packed weights.
 *
 * All results are to be freed; NULL where the environment names no place, or when out of memory. */
#ifndef INSPYR_CLI_FOLDERS_H
#define INSPYR_CLI_FOLDERS_H

#include <stdbool.h>
#include <sys/types.h>

/* What to say where a folder is needed and there is none. */
extern const char no_folder[];

/* $INSPYR_MODEL_DIR, or `models` in the cache. */
char *models_folder(void);

/* `packed` in the cache: weights as the engine wants them. */
char *packed_folder(void);

/* Makes a folder with all that it lies in, open to whom mode says; one that exists is fine. False and errno if
 * that is not possible. */
bool folder_make(const char *path, mode_t mode);

/* Closed to others, as XDG asks of folders like the two above. */
#define FOLDER_OWN 0700
#define FOLDER_OPEN 0777

#endif
