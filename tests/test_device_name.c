#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/device_name.h"

static void a_gpu_has_a_number_and_nothing_else_has(void **state)
{
    static const char *const none[] = { "",          "cpu",     "cuda:",   "cuda:-1",  "cuda: 1",
                                        "cuda:1 ",   "cuda:1x", "cuda:+1", "cuda:0x1", "CUDA",
                                        "cuda:1000", "cudax",   "cuda1",   "cuda:0001" };

    (void)state;
    assert_int_equal(device_ordinal("cuda"), 0);
    assert_int_equal(device_ordinal("cuda:0"), 0);
    assert_int_equal(device_ordinal("cuda:7"), 7);
    assert_int_equal(device_ordinal("cuda:999"), 999);
    assert_int_equal(device_ordinal(NULL), -1);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(device_ordinal(none[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gpu_has_a_number_and_nothing_else_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
