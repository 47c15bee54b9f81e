#include "net/known.h"

#include <stdio.h>

#include "base/md5.h"

#define LICENCE "MIT (Taehun Kim); trained on data sets of which some are for research only"

typedef struct known_file {
    const char *name;
    unsigned char md5[MD5_SIZE];
    int32_t base;
} known_file;

/* transparent-background 1.2.12: ckpt_base.pth and ckpt_fast.pth. The digests are those of its configuration.
 */
static const known_file files[] = {
    { "transparent-background base",
      { 0xd6, 0x92, 0xe3, 0xdd, 0x5f, 0xa1, 0xb9, 0x65, 0x8d, 0x94, 0x9d, 0x45, 0x2b, 0xeb, 0xf1, 0xcd },
      1024 },
    { "transparent-background fast",
      { 0x9e, 0xfd, 0xbf, 0xbc, 0xc4, 0x9b, 0x79, 0xef, 0x0f, 0x78, 0x91, 0xc8, 0x3d, 0x2f, 0xd5, 0x2f },
      384 },
};

void known_find(known_facts *out, const weights *w, const void *bytes, size_t size)
{
    unsigned char digest[MD5_SIZE];
    md5 m;

    memset(out, 0, sizeof *out);
    if (weights_metadata(w, "architecture"))
        return;
    md5_begin(&m);
    md5_add(&m, bytes, size);
    md5_end(digest, &m);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!memcmp(digest, files[i].md5, sizeof digest)) {
            snprintf(out->name, sizeof out->name, "%s", files[i].name);
            snprintf(out->licence, sizeof out->licence, "%s", LICENCE);
            out->base_w = out->base_h = files[i].base;
        }
}
