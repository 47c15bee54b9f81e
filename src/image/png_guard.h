/* png_guard.h - calling libpng so that its errors come back as a status, with memory from our allocator.
 *
 * libpng leaves on an error with longjmp; see jpeg_guard.h. Layer 2 (image). Threads: single. */
#ifndef INSPYR_IMAGE_PNG_GUARD_H
#define INSPYR_IMAGE_PNG_GUARD_H

#include <setjmp.h>
#include <stdbool.h>

#include <png.h>

#include "image/codec.h"

typedef struct png_guard {
    jmp_buf jump;
    const inspyr_allocator *allocator;
    bool starved; /* an allocation failed: that is then the reason for the error */
    inspyr_status status;
    inspyr_error *error;
    codec_notes *notes; /* where warnings are told; may be NULL */
    png_structp png;    /* destroyed by the caller after png_guarded() */
    png_infop info;
} png_guard;

/* Makes png and info, to read; inside a guarded step. */
void png_guard_open(png_guard *guard);

/* Runs step(user); INSPYR_OK or what went wrong. usual: the status of libpng's own errors. */
inspyr_status png_guarded(png_guard *guard, inspyr_status usual, void (*step)(void *user), void *user);

_Noreturn void png_guard_leave(png_guard *guard, inspyr_status status, const char *text);

#endif
