#include "image/jpeg_guard.h"

#include <jerror.h>

#include "base/status.h"

/* A valid file that this libjpeg cannot read is not a damaged one. */
static inspyr_status status_of(const jpeg_guard *guard, int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY:
        return INSPYR_ERR_MEMORY;
    case JERR_NO_BACKING_STORE: /* cinfo.mem->max_memory_to_use */
        return INSPYR_ERR_LIMIT;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return guard->status == INSPYR_ERR_IMAGE ? INSPYR_ERR_IMAGE_FORMAT : guard->status;
    default:
        return guard->status;
    }
}

static void leave_on_error(j_common_ptr cinfo)
{
    jpeg_guard *guard = (jpeg_guard *)cinfo->err;
    char text[JMSG_LENGTH_MAX];

    cinfo->err->format_message(cinfo, text);
    if (cinfo->err->msg_code == JERR_NO_BACKING_STORE)
        snprintf(text, sizeof text, "%s", "a progressive picture of this size takes too much memory");
    jpeg_guard_leave(guard, status_of(guard, cinfo->err->msg_code), text);
}

static void stay_silent(j_common_ptr cinfo)
{
    (void)cinfo;
}

static void tolerate(j_common_ptr cinfo, int level)
{
    jpeg_guard *guard = (jpeg_guard *)cinfo->err;

    if (level >= 0)
        return;
    if (++cinfo->err->num_warnings > CODEC_WARNINGS_MAX)
        jpeg_guard_leave(guard, guard->status, "too much of it is damaged");
    if (guard->notes && !guard->notes->warnings++) {
        char text[JMSG_LENGTH_MAX];

        cinfo->err->format_message(cinfo, text);
        snprintf(guard->notes->first, sizeof guard->notes->first, "JPEG: %.*s",
                 (int)sizeof guard->notes->first - 7, text);
    }
}

struct jpeg_error_mgr *jpeg_guard_start(jpeg_guard *guard, inspyr_status usual, inspyr_error *error)
{
    jpeg_std_error(&guard->manager);
    guard->manager.error_exit = leave_on_error;
    guard->manager.output_message = stay_silent;
    guard->manager.emit_message = tolerate;
    guard->status = usual;
    guard->error = error;
    guard->notes = NULL;
    return &guard->manager;
}

inspyr_status jpeg_guarded(jpeg_guard *guard, void (*step)(void *user), void *user)
{
    if (setjmp(guard->jump))
        return guard->status;
    step(user);
    return INSPYR_OK;
}

_Noreturn void jpeg_guard_leave(jpeg_guard *guard, inspyr_status status, const char *text)
{
    guard->status = failed(guard->error, status, "JPEG: %s", text);
    longjmp(guard->jump, 1);
}
