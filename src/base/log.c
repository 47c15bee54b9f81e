#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void log_line(const log_hook *hook, inspyr_log_level level, const char *format, ...)
{
    char line[400];
    va_list arguments;

    if (!hook->line)
        return;
    va_start(arguments, format);
    if (vsnprintf(line, sizeof line, format, arguments) >= 0) {
        for (char *p = line; *p; p++)
            if ((unsigned char)*p < ' ' || *p == 0x7F)
                *p = ' '; /* names from files end up here: no lines of their own, no escapes for a terminal */
        hook->line(hook->user, level, line);
    }
    va_end(arguments);
}
