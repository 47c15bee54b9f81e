/* start_child.c - one run of bench_start.c. Linked with the C library alone, so that dlopen() brings in all
 * that the library needs, as in a program that never heard of it. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "start_figures.h"

static double clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

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

/* library, threads, moment of the start in milliseconds of the monotonic clock; the JPEG comes on standard
 * input. */
int main(int count, char **arguments)
{
    static unsigned char jpeg[1 << 20];
    size_t size = fread(jpeg, 1, sizeof jpeg, stdin);
    const char *path = count == 4 ? arguments[1] : "";
    int32_t width = count == 4 ? atoi(arguments[2]) : 1;
    double start = count == 4 ? atof(arguments[3]) : 0;
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
