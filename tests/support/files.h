/* files.h - files that tests read: their own under tests/data, and the shared corpora.
 *
 * The corpora lie in $INSPYR_SHARED, or in `shared` beside the repository. They are large and not part of it:
 * a test that needs them says so and is skipped where they are missing. Threads: single. */
#ifndef INSPYR_TESTS_FILES_H
#define INSPYR_TESTS_FILES_H

#include "inspyr.h"

/* Reads a whole file; fails the test if it cannot. To be freed with free(). */
void *file_read(size_t *size, const char *path);

/* A path under tests/data, respectively in the corpora. Static memory, good for the next seven calls. */
const char *data_path(const char *name);
const char *shared_path(const char *name);

/* Is the folder there? If not, a line is printed and the test is skipped. */
void need_shared(const char *folder);

/* Calls visit for each plain file of a folder, in order of name, and returns how many there were. */
typedef void folder_visitor(void *user, const char *path, const char *name);
int folder_visit(const char *folder, folder_visitor *visit, void *user);

/* In 32 hexadecimal digits. */
void bytes_md5(char out[33], const void *bytes, size_t size);

/* The md5 of a view's pixels, row after row without gaps. */
void view_md5(char out[33], const inspyr_view *view);

/* Decodes a file; fails the test if that fails. format 0: the file's own. */
inspyr_image *file_decode(const char *path, inspyr_format format, uint64_t flags);

/* Decodes a file with the default options; the image is freed again. */
inspyr_status file_try(const char *path, inspyr_error *error);

/* Decodes every file of tests/data/image/expected.txt whose name begins and ends so, and compares the pixels
 * with what another program read in it. Returns how many there were. */
int expected_check(const char *prefix, const char *suffix);

/* Decodes bytes once for each allocation, which fails, until none does. Nothing may be left over. */
void starve_decoder(const void *bytes, size_t size, const inspyr_decode_options *options);

/* The same for an encoder. */
void starve_encoder(const inspyr_view *view, const inspyr_encode_options *options);

#endif
