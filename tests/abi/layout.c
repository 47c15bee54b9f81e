/* layout.c - where every field of every public struct lies, asserted when it is compiled.
 *
 * A line of a frozen struct never changes. In a sized struct lines are added at the end and only its SIZE
 * grows. Run, it proves that the list is complete and free of padding (each field begins where the one before
 * it ends) and prints the table that mirrors in other languages are compared with. Figures: 64-bit pointers. */
#include <stdio.h>

#include "inspyr_cache.h"
#include "inspyr_context.h"
#include "inspyr_experimental.h"
#include "inspyr_metrics.h"

typedef struct row {
    const char *type, *field; /* field NULL: the whole struct */
    size_t offset, size;
} row;

/* 0, and a compile error where the promise is broken. */
#define HOLDS(promise)                                                                                         \
    (0 * sizeof(struct {                                                                                       \
         _Static_assert(sizeof(void *) != 8 || (promise), #promise);                                           \
         int unused;                                                                                           \
     }))
/* clang-format off */
#define SIZE(type, bytes) { #type, NULL, 0, sizeof(type) + HOLDS(sizeof(type) == (bytes)) }
#define AT(type, field, bytes)                                                                                 \
    { #type, #field, offsetof(type, field) + HOLDS(offsetof(type, field) == (bytes)), sizeof(((type *)0)->field) }
/* clang-format on */

_Static_assert(sizeof(inspyr_status) == 4 && sizeof(inspyr_log_level) == 4 && sizeof(inspyr_format) == 4 &&
                   sizeof(inspyr_state) == 4 && sizeof(inspyr_stage) == 4 && sizeof(inspyr_file) == 4 &&
                   sizeof(inspyr_precision) == 4 && sizeof(inspyr_need) == 4 && sizeof(inspyr_output) == 4 &&
                   sizeof(inspyr_cache_use) == 4 && sizeof(inspyr_resize) == 4 &&
                   sizeof(inspyr_parameter_kind) == 4 && sizeof(inspyr_quality) == 4 &&
                   sizeof(inspyr_percentile) == 4 && sizeof(inspyr_priority) == 4 &&
                   sizeof(inspyr_origin) == 4 && sizeof(inspyr_job_state) == 4 &&
                   sizeof(inspyr_cache_time) == 4 && sizeof(inspyr_cache_pool) == 4,
               "every enum is 32 bits wide");

static const row rows[] = {
    /* frozen */
    SIZE(inspyr_error, 256),
    AT(inspyr_error, status, 0),
    AT(inspyr_error, message, 4),
    SIZE(inspyr_allocator, 32),
    AT(inspyr_allocator, allocate, 0),
    AT(inspyr_allocator, release, 8),
    AT(inspyr_allocator, user, 16),
    AT(inspyr_allocator, reserved, 24),
    SIZE(inspyr_view, 32),
    AT(inspyr_view, data, 0),
    AT(inspyr_view, stride, 8),
    AT(inspyr_view, width, 16),
    AT(inspyr_view, height, 20),
    AT(inspyr_view, format, 24),
    AT(inspyr_view, reserved, 28),
    SIZE(inspyr_bytes, 32),
    AT(inspyr_bytes, data, 0),
    AT(inspyr_bytes, size, 8),
    AT(inspyr_bytes, release, 16),
    AT(inspyr_bytes, owner, 24),
    /* sized */
    SIZE(inspyr_pool_options, 24),
    AT(inspyr_pool_options, struct_size, 0),
    AT(inspyr_pool_options, flags, 8),
    AT(inspyr_pool_options, allocator, 16),
    SIZE(inspyr_progress, 24),
    AT(inspyr_progress, struct_size, 0),
    AT(inspyr_progress, state, 8),
    AT(inspyr_progress, stage, 12),
    AT(inspyr_progress, fraction, 16),
    AT(inspyr_progress, reserved, 20),
    SIZE(inspyr_decode_options, 64),
    AT(inspyr_decode_options, struct_size, 0),
    AT(inspyr_decode_options, flags, 8),
    AT(inspyr_decode_options, allocator, 16),
    AT(inspyr_decode_options, max_bytes, 24),
    AT(inspyr_decode_options, max_pixels, 32),
    AT(inspyr_decode_options, max_side, 40),
    AT(inspyr_decode_options, format, 44),
    AT(inspyr_decode_options, report, 48),
    AT(inspyr_decode_options, sandbox, 56),
    SIZE(inspyr_sandbox_options, 48),
    AT(inspyr_sandbox_options, struct_size, 0),
    AT(inspyr_sandbox_options, flags, 8),
    AT(inspyr_sandbox_options, allocator, 16),
    AT(inspyr_sandbox_options, helper, 24),
    AT(inspyr_sandbox_options, max_memory, 32),
    AT(inspyr_sandbox_options, deadline_ms, 40),
    AT(inspyr_sandbox_options, reserved, 44),
    SIZE(inspyr_decode_report, 192),
    AT(inspyr_decode_report, struct_size, 0),
    AT(inspyr_decode_report, stored_width, 8),
    AT(inspyr_decode_report, stored_height, 12),
    AT(inspyr_decode_report, file, 16),
    AT(inspyr_decode_report, orientation, 20),
    AT(inspyr_decode_report, shrunk, 24),
    AT(inspyr_decode_report, warnings, 28),
    AT(inspyr_decode_report, warning, 32),
    SIZE(inspyr_probe, 32),
    AT(inspyr_probe, struct_size, 0),
    AT(inspyr_probe, width, 8),
    AT(inspyr_probe, height, 12),
    AT(inspyr_probe, file, 16),
    AT(inspyr_probe, orientation, 20),
    AT(inspyr_probe, has_alpha, 24),
    AT(inspyr_probe, bits, 28),
    SIZE(inspyr_device, 376),
    AT(inspyr_device, struct_size, 0),
    AT(inspyr_device, engine, 8),
    AT(inspyr_device, device, 24),
    AT(inspyr_device, name, 40),
    AT(inspyr_device, instructions, 136),
    AT(inspyr_device, precisions, 168),
    AT(inspyr_device, reason, 200),
    AT(inspyr_device, free_bytes, 360),
    AT(inspyr_device, total_bytes, 368),
    SIZE(inspyr_load_options, 152),
    AT(inspyr_load_options, struct_size, 0),
    AT(inspyr_load_options, flags, 8),
    AT(inspyr_load_options, device, 16),
    AT(inspyr_load_options, precision, 24),
    AT(inspyr_load_options, device_need, 28),
    AT(inspyr_load_options, pool, 32),
    AT(inspyr_load_options, allocator, 40),
    AT(inspyr_load_options, progress, 48),
    AT(inspyr_load_options, progress_user, 56),
    AT(inspyr_load_options, log, 64),
    AT(inspyr_load_options, log_user, 72),
    AT(inspyr_load_options, bytes, 80),
    AT(inspyr_load_options, bytes_size, 88),
    AT(inspyr_load_options, engine, 96),
    AT(inspyr_load_options, cache_dir, 104),
    AT(inspyr_load_options, base_width, 112),
    AT(inspyr_load_options, base_height, 116),
    AT(inspyr_load_options, blend_size, 120),
    AT(inspyr_load_options, device_timeout_ms, 124),
    AT(inspyr_load_options, device_memory, 128),
    AT(inspyr_load_options, device_reserve, 136),
    AT(inspyr_load_options, workspace_limit, 144),
    SIZE(inspyr_warmup_options, 48),
    AT(inspyr_warmup_options, struct_size, 0),
    AT(inspyr_warmup_options, flags, 8),
    AT(inspyr_warmup_options, network_width, 16),
    AT(inspyr_warmup_options, network_height, 20),
    AT(inspyr_warmup_options, batch, 24),
    AT(inspyr_warmup_options, concurrency, 28),
    AT(inspyr_warmup_options, progress, 32),
    AT(inspyr_warmup_options, progress_user, 40),
    SIZE(inspyr_info, 168),
    AT(inspyr_info, struct_size, 0),
    AT(inspyr_info, name, 8),
    AT(inspyr_info, version, 16),
    AT(inspyr_info, licence, 24),
    AT(inspyr_info, architecture, 32),
    AT(inspyr_info, engine, 40),
    AT(inspyr_info, device, 48),
    AT(inspyr_info, instructions, 56),
    AT(inspyr_info, precision, 64),
    AT(inspyr_info, note, 72),
    AT(inspyr_info, build, 80),
    AT(inspyr_info, parameters, 88),
    AT(inspyr_info, packed_bytes, 96),
    AT(inspyr_info, workspace_bytes, 104),
    AT(inspyr_info, base_width, 112),
    AT(inspyr_info, base_height, 116),
    AT(inspyr_info, size_multiple, 120),
    AT(inspyr_info, pool_width, 124),
    AT(inspyr_info, container, 128),
    AT(inspyr_info, read_ms, 136),
    AT(inspyr_info, pack_ms, 144),
    AT(inspyr_info, load_ms, 152),
    AT(inspyr_info, cache, 160),
    AT(inspyr_info, blend_size, 164),
    SIZE(inspyr_report, 120),
    AT(inspyr_report, struct_size, 0),
    AT(inspyr_report, prepare_ms, 8),
    AT(inspyr_report, network_ms, 16),
    AT(inspyr_report, matte_ms, 24),
    AT(inspyr_report, foreground_ms, 32),
    AT(inspyr_report, compose_ms, 40),
    AT(inspyr_report, total_ms, 48),
    AT(inspyr_report, result_bytes, 56),
    AT(inspyr_report, workspace_bytes, 64),
    AT(inspyr_report, logit_min, 72),
    AT(inspyr_report, logit_max, 76),
    AT(inspyr_report, coverage, 80),
    AT(inspyr_report, no_subject, 84),
    AT(inspyr_report, subject_x, 88),
    AT(inspyr_report, subject_y, 92),
    AT(inspyr_report, subject_width, 96),
    AT(inspyr_report, subject_height, 100),
    AT(inspyr_report, result_x, 104),
    AT(inspyr_report, result_y, 108),
    AT(inspyr_report, network_width, 112),
    AT(inspyr_report, network_height, 116),
    SIZE(inspyr_matte_options, 64),
    AT(inspyr_matte_options, struct_size, 0),
    AT(inspyr_matte_options, flags, 8),
    AT(inspyr_matte_options, network_width, 16),
    AT(inspyr_matte_options, network_height, 20),
    AT(inspyr_matte_options, progress, 24),
    AT(inspyr_matte_options, progress_user, 32),
    AT(inspyr_matte_options, reports, 40),
    AT(inspyr_matte_options, resize, 48),
    AT(inspyr_matte_options, short_side, 52),
    AT(inspyr_matte_options, profiles, 56),
    SIZE(inspyr_cutout_options, 96),
    AT(inspyr_cutout_options, struct_size, 0),
    AT(inspyr_cutout_options, flags, 8),
    AT(inspyr_cutout_options, output, 16),
    AT(inspyr_cutout_options, colour, 20),
    AT(inspyr_cutout_options, crop_margin, 24),
    AT(inspyr_cutout_options, network_width, 28),
    AT(inspyr_cutout_options, network_height, 32),
    AT(inspyr_cutout_options, reserved, 36),
    AT(inspyr_cutout_options, progress, 40),
    AT(inspyr_cutout_options, progress_user, 48),
    AT(inspyr_cutout_options, report, 56),
    AT(inspyr_cutout_options, resize, 64),
    AT(inspyr_cutout_options, short_side, 68),
    AT(inspyr_cutout_options, threshold, 72),
    AT(inspyr_cutout_options, blur_sigma, 76),
    AT(inspyr_cutout_options, background, 80),
    AT(inspyr_cutout_options, profile, 88),
    SIZE(inspyr_effect, 48),
    AT(inspyr_effect, struct_size, 0),
    AT(inspyr_effect, name, 8),
    AT(inspyr_effect, text, 16),
    AT(inspyr_effect, version, 24),
    AT(inspyr_effect, newest, 28),
    AT(inspyr_effect, bytes_per_pixel, 32),
    AT(inspyr_effect, parameters, 40),
    AT(inspyr_effect, reserved, 44),
    SIZE(inspyr_parameter, 72),
    AT(inspyr_parameter, struct_size, 0),
    AT(inspyr_parameter, name, 8),
    AT(inspyr_parameter, text, 16),
    AT(inspyr_parameter, unit, 24),
    AT(inspyr_parameter, words, 32),
    AT(inspyr_parameter, least, 40),
    AT(inspyr_parameter, most, 48),
    AT(inspyr_parameter, preset, 56),
    AT(inspyr_parameter, kind, 64),
    AT(inspyr_parameter, no_effect, 68),
    SIZE(inspyr_effect_set, 24),
    AT(inspyr_effect_set, struct_size, 0),
    AT(inspyr_effect_set, name, 8),
    AT(inspyr_effect_set, effects, 16),
    SIZE(inspyr_effect_values, 80),
    AT(inspyr_effect_values, struct_size, 0),
    AT(inspyr_effect_values, effect, 8),
    AT(inspyr_effect_values, version, 12),
    AT(inspyr_effect_values, values, 16),
    SIZE(inspyr_effect_result, 56),
    AT(inspyr_effect_result, struct_size, 0),
    AT(inspyr_effect_result, index, 8),
    AT(inspyr_effect_result, image, 16),
    AT(inspyr_effect_result, message, 24),
    AT(inspyr_effect_result, status, 32),
    AT(inspyr_effect_result, scale, 36),
    AT(inspyr_effect_result, device, 40),
    AT(inspyr_effect_result, note, 48),
    SIZE(inspyr_effect_options, 96),
    AT(inspyr_effect_options, struct_size, 0),
    AT(inspyr_effect_options, flags, 8),
    AT(inspyr_effect_options, pool, 16),
    AT(inspyr_effect_options, allocator, 24),
    AT(inspyr_effect_options, seed, 32),
    AT(inspyr_effect_options, quality, 40),
    AT(inspyr_effect_options, preview_side, 44),
    AT(inspyr_effect_options, result, 48),
    AT(inspyr_effect_options, result_user, 56),
    AT(inspyr_effect_options, progress, 64),
    AT(inspyr_effect_options, progress_user, 72),
    AT(inspyr_effect_options, device, 80),
    AT(inspyr_effect_options, device_need, 88),
    AT(inspyr_effect_options, reserved, 92),
    SIZE(inspyr_encode_options, 56),
    AT(inspyr_encode_options, struct_size, 0),
    AT(inspyr_encode_options, flags, 8),
    AT(inspyr_encode_options, allocator, 16),
    AT(inspyr_encode_options, file, 24),
    AT(inspyr_encode_options, quality, 28),
    AT(inspyr_encode_options, compression, 32),
    AT(inspyr_encode_options, reserved, 36),
    AT(inspyr_encode_options, pool, 40),
    AT(inspyr_encode_options, profile, 48),
#include "layout_cache.h"
#include "layout_context.h"
#include "layout_experimental.h"
#include "layout_metrics.h"
};

/* Does each field begin where the one before it ends, and the last one end with the struct? */
static int faults(void)
{
    const size_t n = sizeof rows / sizeof *rows;
    size_t end = 0;
    int count = 0;

    for (size_t i = 0, whole = 0; i < n; i++) {
        if (!rows[i].field) {
            whole = i;
            end = 0;
        } else if (rows[i].offset != end) {
            printf("%s: something unlisted lies before %s\n", rows[i].type, rows[i].field);
            count++;
        }
        end = rows[i].field ? rows[i].offset + rows[i].size : 0;
        if ((i + 1 == n || !rows[i + 1].field) && end != rows[whole].size) {
            printf("%s: something unlisted lies after %s\n", rows[i].type, rows[i].field);
            count++;
        }
    }
    return count;
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        printf("%s %s %zu %zu\n", rows[i].type, rows[i].field ? rows[i].field : "-", rows[i].offset,
               rows[i].size);
    return sizeof(void *) == 8 && faults() ? 1 : 0;
}
