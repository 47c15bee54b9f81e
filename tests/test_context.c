#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "inspyr_context.h"
#include "support/pictures.h"

static inspyr_context *opened(const inspyr_context_options *options)
{
    inspyr_context *c;
    inspyr_error error;

    if (inspyr_context_open(&c, options, &error))
        fail_msg("%s", error.message);
    return c;
}

static void a_job_gives_the_bytes_of_the_synchronous_calls(void **state)
{
    pixels p = noise(61, 47, INSPYR_RGB8, 3);
    inspyr_model *m = loaded(NULL, NULL, NULL);
    inspyr_image *expected = cut_out(m, &p.view, NULL);
    inspyr_context *c = opened(NULL);
    inspyr_job_result result;
    inspyr_job *job;
    inspyr_view a, b;

    (void)state;
    assert_int_equal(inspyr_context_submit_view(&job, c, &p.view, NULL, NULL), INSPYR_OK);
    assert_int_equal(inspyr_job_wait(job, -1, NULL), INSPYR_OK);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_result_get(job, 0, &result, NULL), INSPYR_OK);
    inspyr_image_view(expected, &a);
    inspyr_image_view(result.image, &b);
    assert_int_equal(a.width, b.width);
    assert_int_equal(a.format, b.format);
    for (int32_t y = 0; y < a.height; y++)
        assert_memory_equal((char *)a.data + y * a.stride, (char *)b.data + y * b.stride, (size_t)a.width * 4);
    inspyr_job_free(job);
    inspyr_context_free(c);
    inspyr_image_free(expected);
    inspyr_model_free(m);
    free(p.data);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_gives_the_bytes_of_the_synchronous_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
