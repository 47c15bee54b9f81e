#include "support/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"

inspyr_allocator fixture_allocator(void)
{
    inspyr_allocator allocator;

    assert_int_equal(memory_import(&allocator, NULL, NULL), INSPYR_OK);
    return allocator;
}

bool fixture_open(fixture *f, const char *path)
{
    inspyr_allocator allocator = fixture_allocator();
    inspyr_error error;
    FILE *file = fopen(path, "rb");
    long size;

    if (!file)
        return false;
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    assert_true(size > 0);
    rewind(file);
    f->bytes = malloc((size_t)size);
    assert_non_null(f->bytes);
    assert_int_equal(fread(f->bytes, 1, (size_t)size, file), size);
    fclose(file);
    if (weights_open(&f->tensors, f->bytes, (size_t)size, &allocator, &error))
        fail_msg("%s: %s", path, error.message);
    return true;
}

void fixture_close(fixture *f)
{
    weights_free(f->tensors);
    free(f->bytes);
}

static float *with_channels_last(const float *from, const int32_t shape[4])
{
    size_t plane = (size_t)shape[1] * (size_t)shape[2], c = (size_t)shape[3];
    float *to = malloc((size_t)shape[0] * plane * c * sizeof *to);

    assert_non_null(to);
    for (size_t n = 0; n < (size_t)shape[0]; n++)
        for (size_t k = 0; k < c; k++)
            for (size_t i = 0; i < plane; i++)
                to[(n * plane + i) * c + k] = from[(n * c + k) * plane + i];
    return to;
}

float *fixture_numbers(const fixture *f, int32_t shape[4], const char *format, ...)
{
    int32_t nchw[4] = { 1, 1, 1, 1 };
    const weights_tensor *t;
    va_list arguments;
    char name[128];
    float *stored, *numbers;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    t = weights_find(f->tensors, name);
    if (!t)
        return NULL;
    for (int32_t i = 0; i < t->dimensions; i++)
        nchw[4 - t->dimensions + i] = (int32_t)t->shape[i];
    stored = malloc(t->count * sizeof *stored);
    assert_non_null(stored);
    weights_widen(stored, t);
    numbers = with_channels_last(stored, (int32_t[4]){ nchw[0], nchw[2], nchw[3], nchw[1] });
    free(stored);
    if (shape)
        memcpy(shape, (int32_t[4]){ nchw[0], nchw[2], nchw[3], nchw[1] }, 4 * sizeof *shape);
    return numbers;
}
