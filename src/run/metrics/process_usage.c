#include "run/metrics/process_usage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Both files are one line, well below this. */
#define LINE 1024

static bool read_line(char line[LINE], const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;

    if (file < 0)
        return false;
    size = read(file, line, LINE - 1);
    close(file);
    line[size > 0 ? size : 0] = '\0';
    return size > 0;
}

bool process_usage_read(process_usage *out)
{
    char line[LINE], *rest;
    uint64_t pages;
    long page = sysconf(_SC_PAGESIZE);

    if (page <= 0 || !read_line(line, "/proc/self/statm") || sscanf(line, "%*u %" SCNu64, &pages) != 1)
        return false;
    out->resident_bytes = pages * (uint64_t)page;
    /* Behind the name, which may hold anything: state, five numbers of processes and terminals, flags, minor
     * faults, those of children, major faults. */
    if (!read_line(line, "/proc/self/stat") || !(rest = strrchr(line, ')')))
        return false;
    return sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %" SCNu64, &out->major_faults) == 1;
}
