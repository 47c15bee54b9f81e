#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/net_values.h"

#define GARBAGE 0xEE
#define BEHIND 64 /* bytes after a map that stay garbage */

double unit_of(int32_t type)
{
    return type == NET_FLOAT ? 0x1p-24 : type == NET_HALF ? 0x1p-11 : 0x1p-8;
}

static float rounded(float x, int32_t type)
{
    return type == NET_FLOAT ? x : net_widened(net_narrowed(x, type), type);
}

tensor values_make(int32_t n, int32_t h, int32_t w, int32_t c, int32_t type, float most, chance *random)
{
    tensor t = { n, h, w, c, NULL };
    size_t count = tensor_count(&t);

    t.at = malloc(count * sizeof(float));
    assert_non_null(t.at);
    memset(t.at, GARBAGE, count * sizeof(float));
    for (size_t i = 0; random && i < count; i++)
        t.at[i] = rounded(chance_number(random, -most, most), type);
    return t;
}

void values_free(tensor *t)
{
    free(t->at);
    t->at = NULL;
}

double values_largest(const tensor *t)
{
    double most = 0;

    for (size_t i = 0; i < tensor_count(t); i++)
        most = fmax(most, fabs((double)t->at[i]));
    return most;
}

static size_t map_bytes(const net_map *m)
{
    return (size_t)net_pixels(m) * (size_t)m->step * (m->type == NET_FLOAT ? 4 : 2);
}

net_map map_of(const tensor *t, int32_t type, int32_t beyond)
{
    net_map m = { NULL, type, t->n, t->h, t->w, t->c, t->c + beyond };
    size_t bytes = map_bytes(&m) + BEHIND;

    m.data = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(m.data);
    memset(m.data, GARBAGE, bytes);
    for (int64_t i = 0; i < net_pixels(&m); i++)
        for (int32_t c = 0; c < m.c; c++)
            net_put(&m, i, c, t->at[i * m.c + c]);
    return m;
}

void map_free(net_map *m)
{
    free(m->data);
    m->data = NULL;
}

static bool is_garbage(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != GARBAGE)
            return false;
    return true;
}

void map_is_near(const net_map *got, const tensor *want, double absolute, double relative, const char *what)
{
    size_t size = got->type == NET_FLOAT ? 4 : 2;
    const unsigned char *bytes = got->data;

    for (int64_t i = 0; i < net_pixels(got); i++) {
        for (int32_t c = 0; c < got->c; c++) {
            double wanted = (double)want->at[i * got->c + c], found = (double)net_number(got, i, c);

            if (!(fabs(found - wanted) <= absolute + relative * fabs(wanted)))
                fail_msg("%s, %d x %d x %d x %d, pixel %d, channel %d: %.9g, not %.9g", what, (int)got->n,
                         (int)got->h, (int)got->w, (int)got->c, (int)i, (int)c, found, wanted);
        }
        bytes += (size_t)got->c * size;
        if (!is_garbage(bytes, (size_t)(got->step - got->c) * size))
            fail_msg("%s writes beside pixel %d", what, (int)i);
        bytes += (size_t)(got->step - got->c) * size;
    }
    if (!is_garbage(bytes, BEHIND))
        fail_msg("%s writes behind the map", what);
}
