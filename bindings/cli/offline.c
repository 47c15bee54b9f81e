/* offline.c - stands in for digest.c and download.c in a build without libcurl and libcrypto. */
#include <errno.h>

#include "digest.h"
#include "download.h"
#include "say.h"

bool digest_file(digests *out, int file)
{
    (void)out;
    (void)file;
    errno = ENOTSUP;
    return false;
}

bool digest_path(digests *out, const char *path)
{
    (void)path;
    return digest_file(out, -1);
}

bool download_possible(void)
{
    return false;
}

inspyr_status download(partial *p, const download_limits *limits, inspyr_error *error)
{
    (void)limits;
    return refuse(error, INSPYR_ERR_UNSUPPORTED, "this build cannot download %s", p->url);
}
