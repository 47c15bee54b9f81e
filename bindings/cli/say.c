#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "bar.h"

static const char *command; /* written once, before there are threads */

void say_command(const char *name)
{
    command = name;
}

void say_name(FILE *file, const char *name)
{
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        putc(*p < 0x20 || *p == 0x7f ? '?' : *p, file);
}

void say_problem(const char *name, const char *text)
{
    bar_hide();
    fputs("inspyr: ", stderr);
    if (name) {
        say_name(stderr, strcmp(name, "-") ? name : "standard input");
        fputs(": ", stderr);
    }
    say_name(stderr, text);
    putc('\n', stderr);
}

void say_wrong(const char *format, ...)
{
    char text[600];
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    say_problem(NULL, text);
    if (command)
        fprintf(stderr, "Try 'inspyr help %s'.\n", command);
    else
        fputs("Try 'inspyr --help'.\n", stderr);
}

bool say_flush(void)
{
    if (!fflush(stdout) && !ferror(stdout))
        return true;
    say_problem("standard output", strerror(errno));
    return false;
}

inspyr_status refuse(inspyr_error *error, inspyr_status status, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return status;
    error->status = status;
    va_start(arguments, format);
    if (vsnprintf(error->message, sizeof error->message, format, arguments) < 0)
        error->message[0] = '\0';
    va_end(arguments);
    return status;
}
