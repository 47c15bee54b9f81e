#include "bar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ticks.h"

#define CELLS 30
#define MIB 1048576.0
#define REDRAW_MS 100 /* faster than this is flicker */

static struct {
    size_t total, before;
    bool on, drawn, bytes;
    double began, last;
} bar;

static void start(size_t total, size_t before, bool bytes, bool wanted)
{
    const char *terminal = getenv("TERM");

    memset(&bar, 0, sizeof bar);
    bar.total = total;
    bar.before = before;
    bar.bytes = bytes;
    bar.began = ticks_ms();
    bar.on = wanted && total > 1 && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    bar_step(before);
}

void bar_start(size_t total, bool wanted)
{
    start(total, 0, false, wanted);
}

void bar_start_bytes(size_t total, size_t before, bool wanted)
{
    start(total, before, true, wanted);
}

bool bar_shown(void)
{
    return bar.on;
}

static void put_left(double seconds)
{
    long s = (long)(seconds + 0.5);

    if (s >= 3600)
        fprintf(stderr, "%ld:%02ld:%02ld left", s / 3600, s / 60 % 60, s % 60);
    else
        fprintf(stderr, "%ld:%02ld left", s / 60, s % 60);
}

void bar_step(size_t done)
{
    double now = ticks_ms(), seconds = (now - bar.began) * 1e-3;
    size_t filled = bar.total ? CELLS * done / bar.total : 0;

    if (!bar.on || (bar.drawn && now - bar.last < REDRAW_MS && done < bar.total))
        return;
    bar.last = now;
    bar.drawn = true;
    fputs("\r\033[K[", stderr); /* home, and clear to the end of the line */
    for (size_t i = 0; i < CELLS; i++)
        putc(i < filled ? '=' : ' ', stderr);
    if (bar.bytes)
        fprintf(stderr, "] %.1f/%.1f MiB", (double)done / MIB, (double)bar.total / MIB);
    else
        fprintf(stderr, "] %zu/%zu", done, bar.total);
    if (done > bar.before && seconds > 0) {
        double speed = (double)(done - bar.before) / seconds;

        fprintf(stderr, bar.bytes ? "  %.1f MiB/s  " : "  %.2f pictures/s  ", bar.bytes ? speed / MIB : speed);
        put_left((double)(bar.total - done) / speed);
    }
    fflush(stderr);
}

void bar_hide(void)
{
    if (!bar.drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    bar.drawn = false;
}

void bar_end(void)
{
    bar_hide();
    bar.on = false;
}
