/* jsonl.h - writing JSON, one line per object.
 *
 * Bytes that are not UTF-8 become U+FFFD, so that the text is valid whatever a file is called; numbers that
 * JSON cannot express (infinite, NaN) become null. key: NULL inside an array. */
#ifndef INSPYR_CLI_JSONL_H
#define INSPYR_CLI_JSONL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json {
    FILE *file;
    bool inside; /* something stands before in this object or array */
} json;

void json_object(json *j, const char *key);
void json_array(json *j, const char *key);
void json_end_object(json *j);
void json_end_array(json *j);

/* value: NULL gives null. */
void json_text(json *j, const char *key, const char *value);

/* A file name: text and, if that lost something, the bytes in hexadecimal under "<key>_hex". */
void json_name(json *j, const char *key, const char *name);

void json_number(json *j, const char *key, double value);
void json_milliseconds(json *j, const char *key, double value);
void json_integer(json *j, const char *key, int64_t value);
void json_boolean(json *j, const char *key, bool value);
void json_null(json *j, const char *key);

/* Ends the line and gives it to the reader. */
void json_line(json *j);

#endif
