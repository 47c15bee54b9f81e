/* bench_threads.c - one model and eight threads that call it, against one thread: cut-outs a second of each, in
 * one line, for bench_threads.py, which does the same from Python. usage: bench_threads PHOTO */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "base/clock.h"
#include "tests/bench/bench.h"

#define THREADS 8
#define SECONDS 4

static inspyr_model *model;
static inspyr_image *photo;
static atomic_bool over;
static atomic_int done;

static void *call(void *user)
{
    inspyr_view view;

    inspyr_image_view(photo, &view);
    while (!atomic_load(&over)) {
        inspyr_error error;
        inspyr_image *cutout;

        must(inspyr_remove_background(&cutout, model, &view, NULL, &error), &error);
        inspyr_image_free(cutout);
        atomic_fetch_add(&done, 1);
    }
    return user;
}

static double rate(int count)
{
    const struct timespec pause = { SECONDS, 0 };
    pthread_t threads[THREADS];
    double start = clock_ms();

    atomic_store(&over, false);
    atomic_store(&done, 0);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, call, NULL))
            exit(1);
    nanosleep(&pause, NULL);
    atomic_store(&over, true);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return 1000 * atomic_load(&done) / (clock_ms() - start);
}

int main(int argc, char **argv)
{
    static unsigned char bytes[32 << 20];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    inspyr_error error;
    double one, all;

    if (!file) {
        fprintf(stderr, "usage: bench_threads PHOTO\n");
        return 2;
    }
    must(inspyr_image_decode(&photo, bytes, fread(bytes, 1, sizeof bytes, file), NULL, &error), &error);
    fclose(file);
    must(inspyr_model_load(&model, NULL, NULL, &error), &error);
    (void)rate(THREADS);
    one = rate(1);
    all = rate(THREADS);
    printf("%.3f %.3f\n", one, all);
    inspyr_model_free(model);
    inspyr_image_free(photo);
    return 0;
}
