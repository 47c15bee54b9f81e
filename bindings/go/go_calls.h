/* go_calls.h - the calls of the library in a form that Go may make.
 *
 * Go's memory may be handed to C as an argument, but not inside a struct that is handed over by its address,
 * nor may a handle of Go pose as a pointer. So pixels come in views by value, and reports, profiles and handles
 * beside the options; here they are put where the library looks for them. progress, log, result: handles of Go,
 * 0 for none. */
#ifndef INSPYR_GO_CALLS_H
#define INSPYR_GO_CALLS_H

#include <inspyr.h>
#include <stdlib.h>

/* Of a profile or a file; none of size 0. A view without data is no picture, either. */
typedef struct go_bytes {
    const void *data;
    size_t size;
} go_bytes;

/* An inspyr_progress_fn whose user is a call of Go's. */
int go_on_progress(void *user, const inspyr_progress *progress);

inspyr_status go_load(inspyr_model **out, const char *source, inspyr_load_options *options, go_bytes file,
                      uintptr_t progress, uintptr_t log, inspyr_error *error);

inspyr_status go_warmup(inspyr_model *model, inspyr_warmup_options *options, uintptr_t progress,
                        inspyr_error *error);

/* A file of no bytes, which has no address in Go, is no picture. */
inspyr_status go_decode(inspyr_image **out, const void *bytes, size_t size, inspyr_decode_options *options,
                        inspyr_decode_report *report, inspyr_error *error);

inspyr_status go_probe(inspyr_probe *out, const void *bytes, size_t size, inspyr_error *error);

/* The pixels of an image as RGBA, top row first, without gaps between rows. */
void go_spread(uint8_t *rgba, const inspyr_view *view);

/* One picture. */
inspyr_status go_matte(inspyr_model *model, inspyr_view picture, inspyr_view alpha,
                       inspyr_matte_options *options, inspyr_report *report, go_bytes profile,
                       uintptr_t progress, inspyr_error *error);

/* n pictures whose views lie in C's memory; reports: an array, or NULL. */
inspyr_status go_mattes(inspyr_model *model, const inspyr_view *pictures, const inspyr_view *alphas, size_t n,
                        inspyr_matte_options *options, inspyr_report *reports, uintptr_t progress,
                        inspyr_error *error);

inspyr_status go_cutout(inspyr_image **out, inspyr_model *model, inspyr_view picture, inspyr_view background,
                        inspyr_cutout_options *options, inspyr_report *report, go_bytes profile,
                        uintptr_t progress, inspyr_error *error);

inspyr_status go_effects(inspyr_image **outs, inspyr_status *statuses, inspyr_view picture, inspyr_view alpha,
                         const char *const *effects, size_t n, inspyr_effect_options *options,
                         uintptr_t progress, uintptr_t result, inspyr_error *error);

inspyr_status go_encode(inspyr_bytes *out, inspyr_view view, inspyr_encode_options *options, go_bytes profile,
                        inspyr_error *error);

/* ---- Memory that is counted ------------------------------------------------------------------------------ */

typedef struct go_memory go_memory;

/* limit: bytes, 0 for none. NULL when out of memory. */
go_memory *go_memory_open(uint64_t limit);
const inspyr_allocator *go_memory_allocator(go_memory *memory);
void go_memory_count(go_memory *memory, uint64_t *bytes, uint64_t *peak, uint64_t *blocks);
void go_memory_free(go_memory *memory);

#endif
