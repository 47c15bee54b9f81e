/* torch_guard.h - where exceptions end: every function of the plug-in's table runs its body in guarded().
 *
 * Plug-in (shim/torch). Threads: any. */
#ifndef INSPYR_TORCH_TORCH_GUARD_H
#define INSPYR_TORCH_TORCH_GUARD_H

#include <c10/util/Exception.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>

#include "inspyr.h"

__attribute__((format(printf, 3, 4))) inline inspyr_status refused(inspyr_error *error, inspyr_status status,
                                                                   const char *format, ...)
{
    if (error) {
        va_list arguments;

        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        for (char *end = strchr(error->message, '\n'); end; end = nullptr)
            *end = '\0'; /* libtorch goes on with stacks and advice */
    }
    return status;
}

/* libtorch has no type for an error after which a GPU's context is lost: these are CUDA's own texts. */
inline bool is_sticky(const char *what)
{
    static const char *const texts[] = { "illegal memory access",      "device-side assert",
                                         "unspecified launch failure", "misaligned address",
                                         "illegal instruction",        "uncorrectable ECC",
                                         "launch timed out",           "hardware stack error" };

    for (const char *text : texts)
        if (strstr(what, text))
            return true;
    return false;
}

inline bool is_memory(const char *what)
{
    return strstr(what, "can't allocate memory") || strstr(what, "not enough memory") ||
           strstr(what, "out of memory") || strstr(what, "CUBLAS_STATUS_ALLOC_FAILED");
}

/* failed: told the text of a sticky error. */
template <typename Body, typename Failed>
inspyr_status guarded(inspyr_error *error, Failed failed, const Body &body)
{
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return refused(error, INSPYR_ERR_MEMORY, "libtorch has no memory");
    } catch (const c10::Error &e) {
        const char *what = e.what_without_backtrace();

        if (is_memory(what))
            return refused(error, strstr(what, "CUDA") ? INSPYR_ERR_DEVICE_MEMORY : INSPYR_ERR_MEMORY,
                           "libtorch: %.200s", what);
        if (is_sticky(what)) {
            failed(what);
            return refused(error, INSPYR_ERR_DEVICE, "the device is lost: %.200s", what);
        }
        return refused(error, INSPYR_ERR_INTERNAL, "libtorch: %.220s", what);
    } catch (const std::exception &e) {
        return refused(error, INSPYR_ERR_INTERNAL, "libtorch: %.220s", e.what());
    } catch (...) {
        return refused(error, INSPYR_ERR_INTERNAL, "libtorch threw something that is no exception");
    }
}

#endif
