/* text.h - texts from outside, before they reach a message or a terminal. Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_TEXT_H
#define INSPYR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8 without control characters (NUL, C0, DEL, C1)? */
bool text_printable(const char *bytes, size_t size);

#endif
