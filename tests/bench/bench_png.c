/* bench_png.c - PNG files of pictures like the effects' and of a large cut-out: time, and size against zlib 6.
 *
 * usage: bench_png cutout.png [large.png]; RGBA files, the first of 1280 x 960 for the figures in docs. Each
 * picture is encoded by one thread, then by a pool of two; the four of the first file also at once, two threads
 * taking two each. zlib 6: libpng with all its filters. Medians of RUNS. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/clock.h"
#include "base/file.h"
#include "bench.h"
#include "image/image.h"
#include "inspyr.h"

#define RUNS 9
#define KINDS 4

static void count_bytes(png_structp png, png_bytep bytes, size_t size)
{
    (void)bytes;
    *(size_t *)png_get_io_ptr(png) += size;
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static size_t zlib_size(const inspyr_view *v)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    size_t size = 0;

    png_set_write_fn(png, &size, count_bytes, flush_nothing);
    png_set_compression_level(png, 6);
    png_set_IHDR(png, info, (png_uint_32)v->width, (png_uint_32)v->height, 8, PNG_COLOR_TYPE_RGBA,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int32_t y = 0; y < v->height; y++)
        png_write_row(png, view_row(v, y));
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return size;
}

static inspyr_image *load(const char *path)
{
    inspyr_decode_options options;
    inspyr_error error;
    inspyr_image *image;
    mapped_file file;

    inspyr_decode_options_init(&options);
    options.format = INSPYR_RGBA8;
    must(file_map(&file, path, 1 << 30, &error), &error);
    must(inspyr_image_decode(&image, file.bytes, file.size, &options, &error), &error);
    file_unmap(&file);
    return image;
}

static float noise(uint32_t *seed)
{
    float sum = 0;

    for (int i = 0; i < 4; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        sum += (float)(*seed >> 8) / (1 << 24) - 0.5f;
    }
    return sum;
}

/* 1: grey with grain of four levels; 2: seven colours; 3: black and white dots of 2 x 2, errors diffused. */
static void draw(const inspyr_view *v, int kind)
{
    static const unsigned char colours[7][3] = { { 0, 0, 0 },      { 138, 43, 226 }, { 0, 191, 255 },
                                                 { 255, 20, 147 }, { 50, 205, 50 },  { 0, 255, 127 },
                                                 { 255, 69, 0 } };
    float *errors = calloc((size_t)v->width + 2, sizeof *errors), ahead = 0, corner = 0;
    uint32_t seed = 1;

    if (!errors)
        exit(1);
    for (int32_t y = 0; y < v->height; y++, ahead = corner = 0)
        for (int32_t x = 0; x < v->width; x++) {
            unsigned char *p = view_row(v, y) + 4 * x;
            float luma = 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2], grey;

            if (kind == 1) {
                grey = fminf(fmaxf(luma + 7 * noise(&seed), 0), 255);
                memset(p, (int)grey, 3);
            } else if (kind == 2) {
                int level[3];

                for (int c = 0; c < 3; c++) {
                    float strong = luma + 3 * (p[c] - luma);

                    level[c] = strong < 64 ? 0 : strong < 192 ? 1 : 2;
                }
                memcpy(p, colours[(9 * level[0] + 3 * level[1] + level[2]) * 5 % 7], 3);
            } else if (x % 2 || y % 2) {
                memcpy(p, x % 2 ? p - 4 : p - v->stride, 3);
            } else {
                float want = 255 * powf(luma / 255, 0.45f) + ahead + errors[x + 1], error;

                memset(p, want < 128 ? 0 : 255, 3);
                error = want - p[0];
                ahead = error * 7 / 16;
                errors[x + 1] = corner + error * 5 / 16;
                errors[x < 2 ? 0 : x - 1] += error * 3 / 16;
                corner = error / 16;
            }
        }
    free(errors);
}

static size_t encode(const inspyr_view *v, inspyr_pool *pool)
{
    inspyr_encode_options options;
    inspyr_error error;
    inspyr_bytes bytes;
    size_t size;

    inspyr_encode_options_init(&options);
    options.pool = pool;
    must(inspyr_image_encode(&bytes, v, &options, &error), &error);
    size = bytes.size;
    inspyr_bytes_free(&bytes);
    return size;
}

static void bench(const char *name, const inspyr_view *v, inspyr_pool *pool)
{
    double times[2][RUNS], began;
    size_t size = 0, zlib = zlib_size(v);

    for (int run = 0; run < RUNS; run++)
        for (int p = 0; p < 2; p++) {
            began = clock_ms();
            size = encode(v, p ? pool : NULL);
            times[p][run] = clock_ms() - began;
        }
    printf("%-22s %5.1f MP  %7.1f ms  %7.1f ms with 2  %9zu bytes, %.3f of zlib 6\n", name,
           1e-6 * v->width * v->height, median(times[0], RUNS), median(times[1], RUNS), size,
           (double)size / (double)zlib);
}

/* Colour with black and white, which take longest, on different threads. */
static void *encode_two(void *user)
{
    inspyr_view *const *two = user;

    encode(two[0], NULL);
    encode(two[1], NULL);
    return NULL;
}

static void bench_four(inspyr_view views[KINDS])
{
    inspyr_view *order[KINDS] = { &views[0], &views[2], &views[1], &views[3] };
    double times[RUNS];

    for (int run = 0; run < RUNS; run++) {
        double began = clock_ms();
        pthread_t other;

        if (pthread_create(&other, NULL, encode_two, order))
            exit(1);
        encode_two(order + 2);
        pthread_join(other, NULL);
        times[run] = clock_ms() - began;
    }
    printf("the four on two threads          %7.1f ms\n", median(times, RUNS));
}

int main(int count, char **arguments)
{
    static const char *names[KINDS] = { "colour", "grey with grain", "seven colours", "black and white dots" };
    inspyr_image *images[KINDS], *large;
    inspyr_view views[KINDS], view;
    inspyr_error error;
    inspyr_pool *pool;

    if (count < 2) {
        fprintf(stderr, "usage: bench_png cutout.png [large.png]\n");
        return 2;
    }
    must(inspyr_pool_open(&pool, 2, NULL, &error), &error);
    for (int k = 0; k < KINDS; k++) {
        images[k] = load(arguments[1]);
        views[k] = images[k]->view;
        if (k)
            draw(&views[k], k);
        bench(names[k], &views[k], pool);
    }
    bench_four(views);
    for (int k = 0; k < KINDS; k++)
        inspyr_image_free(images[k]);
    if (count > 2) {
        large = load(arguments[2]);
        inspyr_image_view(large, &view);
        bench("cut-out", &view, pool);
        inspyr_image_free(large);
    }
    inspyr_pool_free(pool);
    return 0;
}
