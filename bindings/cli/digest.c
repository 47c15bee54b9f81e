#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>

#define CHUNK ((size_t)1 << 20)

static bool read_through(int file, EVP_MD_CTX *md5, EVP_MD_CTX *sha256)
{
    unsigned char *chunk = malloc(CHUNK);
    off_t at = 0;
    ssize_t got = chunk ? 1 : -1;

    while (got > 0) {
        got = pread(file, chunk, CHUNK, at);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0 && (!EVP_DigestUpdate(md5, chunk, (size_t)got) ||
                             !EVP_DigestUpdate(sha256, chunk, (size_t)got))) {
            errno = EIO;
            got = -1;
        } else {
            at += got;
        }
    }
    free(chunk);
    return !got;
}

static bool finish(EVP_MD_CTX *context, char *out)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size;

    if (!EVP_DigestFinal_ex(context, bytes, &size))
        return false;
    for (unsigned i = 0; i < size; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
    return true;
}

bool digest_file(digests *out, int file)
{
    EVP_MD_CTX *md5 = EVP_MD_CTX_new(), *sha256 = EVP_MD_CTX_new();
    bool good = md5 && sha256 && EVP_DigestInit_ex(md5, EVP_md5(), NULL) &&
                EVP_DigestInit_ex(sha256, EVP_sha256(), NULL);

    errno = good ? 0 : ENOTSUP; /* MD5 may be forbidden by the system's policy */
    good = good && read_through(file, md5, sha256) && finish(md5, out->md5) && finish(sha256, out->sha256);
    EVP_MD_CTX_free(md5);
    EVP_MD_CTX_free(sha256);
    return good;
}

bool digest_path(digests *out, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC), why;
    bool good = file >= 0 && digest_file(out, file);

    why = errno;
    if (file >= 0)
        close(file);
    errno = why;
    return good;
}
