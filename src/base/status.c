#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

inspyr_status failed(inspyr_error *error, inspyr_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;

        error->status = status;
        va_start(arguments, format);
        if (vsnprintf(error->message, sizeof error->message, format, arguments) < 0)
            error->message[0] = '\0';
        va_end(arguments);
        for (char *p = error->message; *p; p++)
            if (*p == '\n' || *p == '\r')
                *p = ' '; /* names from files end up here; the header promises one line */
    }
    return status;
}

void succeeded(inspyr_error *error)
{
    if (error) {
        error->status = INSPYR_OK;
        error->message[0] = '\0';
    }
}

const char *inspyr_status_name(inspyr_status status)
{
    switch ((int)status) {
#define NAME(name, value, text)                                                                                \
    case value:                                                                                                \
        return #name;
        INSPYR_STATUS_LIST(NAME)
#undef NAME
    }
    return "UNKNOWN";
}

const char *inspyr_status_text(inspyr_status status)
{
    switch ((int)status) {
#define TEXT(name, value, text)                                                                                \
    case value:                                                                                                \
        return text;
        INSPYR_STATUS_LIST(TEXT)
#undef TEXT
    }
    return "unknown status";
}
