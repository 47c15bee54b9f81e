/* jpeg_guard.h - calling libjpeg so that its errors come back as a status.
 *
 * libjpeg leaves on an error with longjmp. Everything that must survive that is in the caller's struct, which
 * is reached through a pointer, so that no local variable is at risk. Layer 2 (image). Threads: single. */
#ifndef INSPYR_IMAGE_JPEG_GUARD_H
#define INSPYR_IMAGE_JPEG_GUARD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "image/codec.h"

typedef struct jpeg_guard {
    struct jpeg_error_mgr manager; /* first: libjpeg hands back a pointer to it */
    jmp_buf jump;
    inspyr_status status;
    inspyr_error *error;
    codec_notes *notes; /* where warnings are told; may be NULL */
} jpeg_guard;

/* Sets up the error manager; goes into cinfo->err. Nothing is ever printed. */
struct jpeg_error_mgr *jpeg_guard_start(jpeg_guard *guard, inspyr_status usual, inspyr_error *error);

/* Runs step(user); INSPYR_OK or what went wrong. */
inspyr_status jpeg_guarded(jpeg_guard *guard, void (*step)(void *user), void *user);

/* Leaves the step with a failure of our own. */
_Noreturn void jpeg_guard_leave(jpeg_guard *guard, inspyr_status status, const char *text);

#endif
