#include "support/pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/chance.h"

pixels noise(int32_t width, int32_t height, inspyr_format format, size_t bytes)
{
    chance c = { 1 };
    size_t size = (size_t)width * (size_t)height * bytes;
    pixels p = { malloc(size), { 0 } };

    assert_non_null(p.data);
    for (size_t i = 0; i < size; i++)
        p.data[i] = (unsigned char)chance_bits(&c);
    p.view = (inspyr_view){ p.data, (int64_t)((size_t)width * bytes), width, height, format, 0 };
    return p;
}

inspyr_model *loaded(const char *source, inspyr_pool *pool, const inspyr_allocator *allocator)
{
    inspyr_load_options options;
    inspyr_model *m;
    inspyr_error error;

    inspyr_load_options_init(&options);
    options.pool = pool;
    options.allocator = allocator;
    if (inspyr_model_load(&m, source, &options, &error))
        fail_msg("%s", error.message);
    return m;
}

inspyr_image *cut_out(inspyr_model *m, const inspyr_view *picture, const inspyr_cutout_options *options)
{
    inspyr_image *out;
    inspyr_error error;

    if (inspyr_remove_background(&out, m, picture, options, &error))
        fail_msg("%d x %d: %s", (int)picture->width, (int)picture->height, error.message);
    return out;
}
