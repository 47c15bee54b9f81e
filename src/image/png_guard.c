#include "image/png_guard.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"

static png_voidp take(png_structp png, png_alloc_size_t size)
{
    png_guard *guard = png_get_mem_ptr(png);
    void *memory = memory_take(guard->allocator, size);

    if (!memory)
        guard->starved = true;
    return memory;
}

static void give(png_structp png, png_voidp memory)
{
    png_guard *guard = png_get_mem_ptr(png);

    memory_give(guard->allocator, memory);
}

static void leave_on_error(png_structp png, png_const_charp text)
{
    png_guard *guard = png_get_error_ptr(png);

    png_guard_leave(guard, guard->status, text);
}

static void tolerate(png_structp png, png_const_charp text)
{
    png_guard *guard = png_get_error_ptr(png);

    if (!guard->notes)
        return;
    if (!guard->notes->warnings++)
        snprintf(guard->notes->first, sizeof guard->notes->first, "PNG: %s", text);
    if (guard->notes->warnings > CODEC_WARNINGS_MAX)
        png_guard_leave(guard, guard->status, "too much of it is damaged");
}

void png_guard_open(png_guard *g)
{
    g->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, g, leave_on_error, tolerate, g, take, give);
    if (g->png)
        g->info = png_create_info_struct(g->png);
    if (!g->info)
        png_guard_leave(g, g->starved ? INSPYR_ERR_MEMORY : INSPYR_ERR_INTERNAL, "libpng does not start");
}

inspyr_status png_guarded(png_guard *guard, inspyr_status usual, void (*step)(void *user), void *user)
{
    guard->status = usual;
    if (setjmp(guard->jump))
        return guard->status;
    step(user);
    return INSPYR_OK;
}

_Noreturn void png_guard_leave(png_guard *guard, inspyr_status status, const char *text)
{
    guard->status = failed(guard->error, guard->starved ? INSPYR_ERR_MEMORY : status, "PNG: %s", text);
    longjmp(guard->jump, 1);
}
