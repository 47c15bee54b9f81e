/* json_reader.h - the pieces of JSON's grammar, shared by the json files. Nobody else includes it.
 *
 * Each function reads one piece at the cursor, never beyond the end, and notes the first problem.
 * Layer 3 (net). Threads: single. */
#ifndef INSPYR_NET_JSON_READER_H
#define INSPYR_NET_JSON_READER_H

#include "net/json.h"

typedef struct json_reader {
    const char *at, *end;
    const char *problem; /* static text; NULL: none */
    bool unique;         /* look for keys that come twice */
} json_reader;

/* Returns false. */
bool json_wrong(json_reader *r, const char *problem);

/* Is the next byte `c`? Then steps over it. */
bool json_take(json_reader *r, char c);

/* One code point of a text, of which at least one byte is left; 0 after a problem. */
uint32_t json_read_code(json_reader *r);

/* With both quotes. */
bool json_read_text(json_reader *r);

bool json_read_number(json_reader *r);

/* Are these two texts the same, whichever way they are escaped? Both begin behind the quote. */
bool json_same_text(const char *a, const char *b, const char *end);

#endif
