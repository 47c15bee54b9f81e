/* digest.h - checksums of files, by OpenSSL's libcrypto; a build without it has none. */
#ifndef INSPYR_CLI_DIGEST_H
#define INSPYR_CLI_DIGEST_H

#include <stdbool.h>

#define MD5_TEXT 33 /* in hexadecimal, with the NUL */
#define SHA256_TEXT 65

typedef struct digests {
    char md5[MD5_TEXT], sha256[SHA256_TEXT];
} digests;

/* Of an open file from its first byte on, wherever it stands. False and errno: ENOTSUP without libcrypto. */
bool digest_file(digests *out, int file);

bool digest_path(digests *out, const char *path);

#endif
