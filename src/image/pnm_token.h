/* pnm_token.h - numbers and words of PNM headers and of PNM files written as text.
 *
 * Layer 2 (image). Threads: single. */
#ifndef INSPYR_IMAGE_PNM_TOKEN_H
#define INSPYR_IMAGE_PNM_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pnm_text {
    const unsigned char *at, *end;
} pnm_text;

static inline bool pnm_blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Skips blanks and comments, which reach from # to the end of the line. */
void pnm_skip(pnm_text *t);

/* A decimal number of at most `maximum` after blanks and comments; false where there is none. */
bool pnm_number(pnm_text *t, int32_t maximum, int32_t *out);

/* A word between blanks; false at the end. */
bool pnm_word(pnm_text *t, const unsigned char **word, size_t *length);

#endif
