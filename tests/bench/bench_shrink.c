/* bench_shrink.c - reading a picture of 24 megapixels whole, and shrunk while it is read, each in a process of
 * its own: the least milliseconds of RUNS, and the most memory beyond that of a process which reads nothing. */
#define _DEFAULT_SOURCE /* wait4() */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench.h"

#define RUNS 5
#define WIDTH 6000
#define HEIGHT 4000

/* Smooth, with some noise, as photographs are. */
static unsigned char *draw(void)
{
    unsigned char *pixels = malloc((size_t)WIDTH * HEIGHT * 3), *p = pixels;
    uint32_t noise = 1;

    for (int y = 0; pixels && y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++, p += 3) {
            noise = noise * 1664525u + 1013904223u;
            p[0] = (unsigned char)((x / 24 + (noise >> 29)) & 255);
            p[1] = (unsigned char)((y / 16 + (noise >> 28 & 7)) & 255);
            p[2] = (unsigned char)(((x + y) / 40 + (noise >> 27 & 7)) & 255);
        }
    return pixels;
}

/* In a child. pixels: of the result at most; 0: the picture is not read. */
static double read_apart(const inspyr_bytes *file, uint64_t pixels, long *kb)
{
    struct rusage usage;
    double least = 1e9;
    int ends[2];
    pid_t child;

    if (pipe(ends) || (child = fork()) < 0)
        exit(1);
    if (!child) {
        for (int i = 0; pixels && i < RUNS; i++) {
            double start = clock_ms();
            inspyr_decode_options options;
            inspyr_image *image;
            inspyr_error error;

            inspyr_decode_options_init(&options);
            options.max_bytes = UINT64_MAX;
            options.max_pixels = pixels;
            options.flags = INSPYR_DECODE_SHRINK;
            must(inspyr_image_decode(&image, file->data, file->size, &options, &error), &error);
            least = clock_ms() - start < least ? clock_ms() - start : least;
            inspyr_image_free(image);
        }
        _exit(write(ends[1], &least, sizeof least) != (ssize_t)sizeof least);
    }
    if (read(ends[0], &least, sizeof least) != (ssize_t)sizeof least || wait4(child, NULL, 0, &usage) != child)
        exit(1);
    close(ends[0]);
    close(ends[1]);
    *kb = usage.ru_maxrss;
    return least;
}

static void bench(const char *name, const inspyr_view *view, inspyr_file format)
{
    static const uint64_t sizes[] = { 24000000, 12000000, 4000000, 600000 };
    inspyr_encode_options options;
    inspyr_bytes file;
    inspyr_error error;
    long nothing, kb;

    inspyr_encode_options_init(&options);
    options.file = format;
    must(inspyr_image_encode(&file, view, &options, &error), &error);
    malloc_trim(0); /* what the encoder gave back must not be a child's for nothing */
    read_apart(&file, 0, &nothing);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double ms = read_apart(&file, sizes[i], &kb);

        printf("%-5s %5.1f MP to %5.1f MP %8.1f ms %8.1f MB\n", name, WIDTH * HEIGHT / 1e6,
               (double)sizes[i] / 1e6, ms, (double)(kb - nothing) / 1024);
        fflush(stdout);
    }
    inspyr_bytes_free(&file);
}

int main(void)
{
    inspyr_view view = { draw(), (int64_t)WIDTH * 3, WIDTH, HEIGHT, INSPYR_RGB8, 0 };

    if (!view.data)
        return 1;
    bench("JPEG", &view, INSPYR_FILE_JPEG);
    bench("PNG", &view, INSPYR_FILE_PNG);
    bench("WebP", &view, INSPYR_FILE_WEBP);
    bench("PAM", &view, INSPYR_FILE_PAM);
    free(view.data);
    return 0;
}
