/* bench_start.c - from nothing to the first matte, each time in a new process.
 *
 * Prints medians: dlopen() of the library and the memory it takes; and from just before fork() until the matte
 * of a 640 x 480 JPEG is there, with one thread and with two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"
#include "image/image.h"
#include "image/resize.h"
#include "start_figures.h"

#define RUNS 15

/* A JPEG of 640 x 480 from one of the demo's pictures. */
static inspyr_bytes make_jpeg(const char *path)
{
    static unsigned char file[1 << 20], pixels[640 * 480 * 3];
    const inspyr_view small = { pixels, 640 * 3, 640, 480, INSPYR_RGB8, 0 };
    inspyr_error error;
    inspyr_image *image;
    inspyr_encode_options options;
    inspyr_bytes jpeg;
    FILE *f = fopen(path, "rb");
    size_t size = f ? fread(file, 1, sizeof file, f) : 0;

    if (f)
        fclose(f);
    must(inspyr_image_decode(&image, file, size, NULL, &error), &error);
    must(resize_picture(&small, &image->view, RESIZE_OVER_GREY, NULL, &image->allocator, &error), &error);
    inspyr_encode_options_init(&options);
    options.file = INSPYR_FILE_JPEG;
    must(inspyr_image_encode(&jpeg, &small, &options, &error), &error);
    inspyr_image_free(image);
    return jpeg;
}

static double median_of(figures *all, size_t offset)
{
    double values[RUNS];

    for (int i = 0; i < RUNS; i++)
        memcpy(&values[i], (char *)&all[i] + offset, sizeof *values);
    return median(values, RUNS);
}

int main(void)
{
    char text[2][32];
    inspyr_bytes jpeg;

    jpeg = make_jpeg(BENCH_SOURCE "/demo/astronaut.png");
    for (int32_t width = 1; width <= 2; width++) {
        figures all[RUNS];

        for (int i = 0; i < RUNS; i++) {
            int in[2], out[2], status;
            double start;
            pid_t id;

            if (pipe(in) || pipe(out))
                return 1;
            snprintf(text[0], sizeof text[0], "%d", (int)width);
            start = clock_ms();
            snprintf(text[1], sizeof text[1], "%.6f", start);
            id = fork();
            if (!id) {
                dup2(in[0], STDIN_FILENO);
                dup2(out[1], STDOUT_FILENO);
                close(in[1]);
                execl(BENCH_CHILD, "start_child", BENCH_LIBRARY, text[0], text[1], (char *)NULL);
                _exit(1);
            }
            close(in[0]);
            if (write(in[1], jpeg.data, jpeg.size) != (ssize_t)jpeg.size)
                return 1;
            close(in[1]);
            close(out[1]);
            if (read(out[0], &all[i], sizeof all[i]) != sizeof all[i])
                return 1;
            close(out[0]);
            waitpid(id, &status, 0);
        }
        printf("%d thread%s: dlopen %.1f ms, %.1f MB; load %.1f ms; process start to first matte %.0f ms\n",
               (int)width, width > 1 ? "s" : "", median_of(all, offsetof(figures, dlopen_ms)),
               median_of(all, offsetof(figures, dlopen_mb)), median_of(all, offsetof(figures, load_ms)),
               median_of(all, offsetof(figures, first_ms)));
    }
    inspyr_bytes_free(&jpeg);
    return 0;
}
