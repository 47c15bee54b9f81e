#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "effect/effect_table.h"
#include "support/effects.h"
#include "support/scarce.h"

/* Where an allocation is one effect's own, the others are drawn. */
static void no_missing_memory_is_missed_and_none_is_kept(void **state)
{
    const char *names[EFFECT_COUNT];
    const size_t n = EFFECT_COUNT;
    pixels p = noise(40, 30, INSPYR_RGB8, 3);

    (void)state;
    for (size_t i = 0; i < n; i++)
        names[i] = effect_table[i].name;
    for (int preview = 0; preview < 2; preview++)
        for (int nth = 0;; nth++) {
            scarce s;
            inspyr_allocator allocator = scarce_allocator(&s, nth);
            inspyr_effect_options options;
            inspyr_image *outs[EFFECT_COUNT];
            inspyr_status status;

            inspyr_effect_options_init(&options);
            options.allocator = &allocator;
            options.quality = preview ? INSPYR_QUALITY_PREVIEW : INSPYR_QUALITY_FULL;
            options.preview_side = preview ? 20 : 0;
            status = inspyr_apply_effects(outs, NULL, &p.view, NULL, names, n, &options, NULL);
            for (size_t i = 0; i < n; i++)
                inspyr_image_free(outs[i]);
            assert_int_equal(atomic_load(&s.balance), 0);
            assert_int_equal(atomic_load(&s.misaligned), 0);
            if (status == INSPYR_OK)
                break;
            assert_int_equal(status, INSPYR_ERR_MEMORY);
        }
    free(p.data);
}

/* An allocator that knows the most that was held at once. */
typedef struct tally {
    size_t held, most;
} tally;

static void *tally_allocate(void *user, size_t size, size_t alignment)
{
    tally *t = user;
    void *memory;

    (void)alignment;
    if (posix_memalign(&memory, 64, size + 64))
        return NULL;
    memcpy(memory, &size, sizeof size);
    t->held += size;
    t->most = t->held > t->most ? t->held : t->most;
    return (unsigned char *)memory + 64;
}

static void tally_release(void *user, void *memory)
{
    tally *t = user;
    size_t size;

    memcpy(&size, (unsigned char *)memory - 64, sizeof size);
    t->held -= size;
    free((unsigned char *)memory - 64);
}

/* What the header promises, and 1 % for tables and the ends of rows. */
static void memory_is_what_the_header_says(void **state)
{
    pixels p = noise(1600, 1200, INSPYR_RGB8, 3);
    const size_t size = 1600 * 1200;
    inspyr_effect effect;

    (void)state;
    inspyr_effect_init(&effect);
    for (size_t i = 0; !inspyr_effect_list(&effect, i, NULL); i++) {
        tally t = { 0 };
        inspyr_allocator allocator = { tally_allocate, tally_release, &t, NULL };
        inspyr_effect_options options;
        size_t promised = (4 + 4 + (size_t)effect.bytes_per_pixel) * size + (1 << 20);
        inspyr_image *out;

        inspyr_effect_options_init(&options);
        options.allocator = &allocator;
        out = drawn(effect.name, &p.view, &options);
        if (t.most > promised + promised / 100)
            fail_msg("%s: %zu bytes, promised were %zu", effect.name, t.most, promised);
        assert_true(t.held <= 4 * size + size / 25);
        inspyr_image_free(out);
    }
    free(p.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_missing_memory_is_missed_and_none_is_kept),
        cmocka_unit_test(memory_is_what_the_header_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
