#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "support/pictures.h"

#define NAP_MS 4.0

/* An allocator for which every block takes its time, so that a clock sees in which part of a call it was taken.
 */
static void *allocate_slowly(void *user, size_t size, size_t alignment)
{
    void *memory;

    (void)alignment;
    if (*(int *)user)
        nanosleep(&(struct timespec){ 0, (long)(NAP_MS * 1e6) }, NULL);
    return posix_memalign(&memory, 64, size) ? NULL : memory;
}

static void release(void *user, void *memory)
{
    (void)user;
    free(memory);
}

static double outside_of_parts(const inspyr_report *r)
{
    return r->total_ms - r->prepare_ms - r->network_ms - r->matte_ms - r->foreground_ms - r->compose_ms;
}

static void call(inspyr_model *m, const inspyr_view *picture, inspyr_output output, uint64_t flags,
                 inspyr_report *report)
{
    inspyr_cutout_options o;

    inspyr_cutout_options_init(&o);
    inspyr_report_init(report);
    o.output = output;
    o.flags = flags;
    o.report = report;
    inspyr_image_free(cut_out(m, picture, &o));
}

static void call_matte(inspyr_model *m, const inspyr_view *picture, const inspyr_view *alpha, uint64_t flags,
                       inspyr_report *report)
{
    inspyr_matte_options o;

    inspyr_matte_options_init(&o);
    inspyr_report_init(report);
    o.flags = flags;
    o.reports = &report;
    assert_int_equal(inspyr_matte(m, picture, alpha, 1, &o, NULL), INSPYR_OK);
}

/* The best of several: between two parts the thread may be sent to wait. */
static void the_parts_of_a_call_make_up_the_whole(void **state)
{
    static const uint64_t flags[] = { 0, INSPYR_COMPAT };
    pixels p = noise(60, 50, INSPYR_RGB8, 3), alpha = noise(60, 50, INSPYR_GREY8, 1);
    int slow = 0;
    inspyr_allocator allocator = { allocate_slowly, release, &slow, NULL };
    inspyr_model *m = loaded(TINY, NULL, &allocator);

    (void)state;
    assert_int_equal(inspyr_model_warmup(m, NULL, NULL), INSPYR_OK);
    slow = 1;
    for (int kind = 0; kind < 8; kind++) {
        double least = 1e9;
        inspyr_report r;

        for (int i = 0; i < 10 && least > NAP_MS / 2; i++) {
            if (kind < 6)
                call(m, &p.view, (inspyr_output)(kind / 2), flags[kind % 2], &r);
            else
                call_matte(m, &p.view, &alpha.view, flags[kind % 2], &r);
            assert_true(outside_of_parts(&r) >= -1e-6);
            least = outside_of_parts(&r) < least ? outside_of_parts(&r) : least;
        }
        if (least > NAP_MS / 2)
            fail_msg("call %d: %g ms lie outside of its parts", kind, least);
        assert_true(r.matte_ms >= NAP_MS);
    }
    inspyr_model_free(m);
    free(alpha.data);
    free(p.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_a_call_make_up_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
