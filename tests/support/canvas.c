#include "support/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"

#define GAP 12 /* keeps rows aligned for floats */
#define WATCH 0x5C

static size_t row_bytes(const canvas *c)
{
    return (size_t)c->view.width * format_bytes(c->view.format);
}

canvas canvas_make(int32_t width, int32_t height, inspyr_format format, int upwards)
{
    canvas c = { { NULL, 0, width, height, format, 0 }, NULL, 0 };
    size_t row = row_bytes(&c);
    size_t stride = (row + 3) / 4 * 4 + GAP;

    c.size = stride * (size_t)height;
    c.memory = malloc(c.size);
    assert_non_null(c.memory);
    memset(c.memory, WATCH, c.size);
    c.view.stride = upwards ? -(int64_t)stride : (int64_t)stride;
    c.view.data = upwards ? c.memory + stride * (size_t)(height - 1) : c.memory;
    for (int32_t y = 0; y < height; y++)
        memset(view_row(&c.view, y), 0xA5, row);
    return c;
}

void canvas_free(canvas *c)
{
    size_t row = row_bytes(c), stride = c->size / (size_t)c->view.height;

    for (size_t i = 0; i < c->size; i++)
        if (i % stride >= row)
            assert_int_equal(c->memory[i], WATCH);
    free(c->memory);
}

void canvas_fill(canvas *c, chance *random)
{
    for (int32_t y = 0; y < c->view.height; y++)
        for (size_t i = 0; i < row_bytes(c); i++)
            view_row(&c->view, y)[i] = (unsigned char)chance_bits(random);
}

void canvas_fill_matte(canvas *c, chance *random)
{
    int32_t x0 = chance_between(random, 0, c->view.width), y0 = chance_between(random, 0, c->view.height);
    int32_t radius = chance_between(random, 0, c->view.width + 4), slope = chance_between(random, 4, 200);

    for (int32_t y = 0; y < c->view.height; y++)
        for (int32_t x = 0; x < c->view.width; x++) {
            int32_t far = abs(x - x0) + abs(y - y0) - radius;
            int32_t a = 128 - far * slope + chance_between(random, -9, 9);

            view_row(&c->view, y)[x] = (unsigned char)(a < 0 ? 0 : a > 255 ? 255 : a);
        }
}

int canvas_same(const canvas *a, const canvas *b)
{
    for (int32_t y = 0; y < a->view.height; y++)
        if (memcmp(view_row(&a->view, y), view_row(&b->view, y), row_bytes(a)))
            return 0;
    return 1;
}
