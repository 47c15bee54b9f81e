/* bench_start.c - from nothing to the first matte, each time in a new process.
 *
 * Prints medians: dlopen() of the library and the memory it takes; and from just before fork() until the matte
 * of a 640 x 480 JPEG is there, with one thread and with two. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "image/image.h"
#include "image/resize.h"

#define RUNS 15

typedef struct figures {
    double dlopen_ms, dlopen_mb, load_ms, first_ms;
} figures;

static double resident_mb(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f && fscanf(f, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);

    if (!found) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

static void must(inspyr_status status, const inspyr_error *error)
{
    if (status) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
}

/* The child: everything through the shared library, as a program that embeds it would. */
static int child(const char *path, const void *jpeg, size_t size, int32_t width, double start)
{
    figures f;
    inspyr_error error;
    inspyr_pool *pool = NULL;
    inspyr_load_options options;
    inspyr_model *model;
    inspyr_image *image;
    inspyr_view picture, alpha = { 0 };
    double memory = resident_mb(), before = clock_ms();
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    f.dlopen_ms = clock_ms() - before;
    f.dlopen_mb = resident_mb() - memory;
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    __typeof__(&inspyr_pool_open) pool_open;
    __typeof__(&inspyr_model_load) load;
    __typeof__(&inspyr_image_decode) decode;
    __typeof__(&inspyr_image_view) view;
    __typeof__(&inspyr_matte) matte;
    *(void **)&pool_open = symbol(library, "inspyr_pool_open");
    *(void **)&load = symbol(library, "inspyr_model_load");
    *(void **)&decode = symbol(library, "inspyr_image_decode");
    *(void **)&view = symbol(library, "inspyr_image_view");
    *(void **)&matte = symbol(library, "inspyr_matte");
    inspyr_load_options_init(&options);
    if (width > 1)
        must(pool_open(&pool, width, NULL, &error), &error);
    options.pool = pool;
    before = clock_ms();
    must(load(&model, NULL, &options, &error), &error);
    f.load_ms = clock_ms() - before;
    must(decode(&image, jpeg, size, NULL, &error), &error);
    view(image, &picture);
    alpha.width = picture.width;
    alpha.height = picture.height;
    alpha.stride = picture.width;
    alpha.format = INSPYR_GREY8;
    alpha.data = malloc((size_t)picture.width * (size_t)picture.height);
    must(matte(model, &picture, &alpha, 1, NULL, &error), &error);
    f.first_ms = clock_ms() - start;
    return write(STDOUT_FILENO, &f, sizeof f) == sizeof f ? 0 : 1;
}

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
    must(resize_picture(&small, &image->view, NULL, &image->allocator, &error), &error);
    inspyr_encode_options_init(&options);
    options.file = INSPYR_FILE_JPEG;
    must(inspyr_image_encode(&jpeg, &small, &options, &error), &error);
    inspyr_image_free(image);
    return jpeg;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(figures *all, size_t offset)
{
    double values[RUNS];

    for (int i = 0; i < RUNS; i++)
        memcpy(&values[i], (char *)&all[i] + offset, sizeof *values);
    qsort(values, RUNS, sizeof *values, by_size);
    return values[RUNS / 2];
}

int main(int count, char **arguments)
{
    char library[4096], text[3][32];
    static unsigned char stdin_jpeg[1 << 20];
    inspyr_bytes jpeg;

    if (count == 4) {
        size_t size = fread(stdin_jpeg, 1, sizeof stdin_jpeg, stdin);

        return child(arguments[1], stdin_jpeg, size, atoi(arguments[2]), atof(arguments[3]));
    }
    jpeg = make_jpeg(BENCH_SOURCE "/demo/astronaut.png");
    snprintf(library, sizeof library, "%s", BENCH_LIBRARY);
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
                execl("/proc/self/exe", "bench_start", library, text[0], text[1], (char *)NULL);
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
               (int)width, width > 1 ? "s" : "", median(all, offsetof(figures, dlopen_ms)),
               median(all, offsetof(figures, dlopen_mb)), median(all, offsetof(figures, load_ms)),
               median(all, offsetof(figures, first_ms)));
    }
    inspyr_bytes_free(&jpeg);
    return 0;
}
