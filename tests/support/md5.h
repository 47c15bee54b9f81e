/* md5.h - the digest of RFC 1321, in which reference results of pictures are published. Threads: any. */
#ifndef INSPYR_TESTS_MD5_H
#define INSPYR_TESTS_MD5_H

#include <stddef.h>

#define MD5_TEXT 33 /* 32 hexadecimal digits and the end */

void md5_text(char out[MD5_TEXT], const void *bytes, size_t size);

#endif
