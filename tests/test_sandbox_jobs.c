#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/boxes.h"
#include "support/jobs.h"

static void jobs_share_a_pass_with_their_like_and_with_nobody_across_a_sandbox(void **state)
{
    inspyr_sandbox *const boxes[] = { NULL, box_open(0, 0, 0), box_open(0, 0, 0) };
    inspyr_decode_options decode;
    inspyr_job *jobs[6];
    busy_context b;

    (void)state;
    busy_begin(&b, NULL); /* with a picture that is decoded without one */
    inspyr_decode_options_init(&decode);
    b.r.decode = &decode;
    for (int i = 0; i < 6; i++) {
        decode.sandbox = boxes[i / 2];
        jobs[i] = submitted(b.c, 100, &b.r);
    }
    busy_go_on(&b);
    for (int i = 0; i < 6; i++)
        expect_shade(jobs[i], 100);
    assert_int_equal(b.p.pictures, 3);
    busy_end(&b);
    inspyr_sandbox_free(boxes[1]);
    inspyr_sandbox_free(boxes[2]);
}

static void whoever_asks_for_a_sandbox_has_the_picture_that_was_decoded_there(void **state)
{
    inspyr_sandbox *const rogue = box_open(1, 0, 0); /* whose first answer is one pixel of shade 1 */
    inspyr_decode_options decode;
    inspyr_job *boxed, *other;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    inspyr_decode_options_init(&decode);
    b.r.decode = &decode;
    decode.sandbox = rogue;
    boxed = submitted(b.c, 7, &b.r);
    decode.sandbox = NULL;
    other = submitted(b.c, 7, &b.r);
    busy_go_on(&b);
    expect_shade(other, 7);
    expect_shade(boxed, 1);
    busy_end(&b);
    inspyr_sandbox_free(rogue);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_share_a_pass_with_their_like_and_with_nobody_across_a_sandbox),
        cmocka_unit_test(whoever_asks_for_a_sandbox_has_the_picture_that_was_decoded_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
