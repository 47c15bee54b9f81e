#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/pictures.h"
#include "support/scarce.h"

static void expect(inspyr_model *m, const inspyr_warmup_options *o, const char *word)
{
    inspyr_error error;

    assert_int_equal(inspyr_model_warmup(m, o, &error), INSPYR_ERR_ARGUMENT);
    if (!strstr(error.message, word))
        fail_msg("\"%s\" does not name %s", error.message, word);
    assert_null(strchr(error.message, '\n'));
}

static void a_size_out_of_range_is_refused_and_the_range_named(void **state)
{
    static const int32_t wrong[] = { 16, 31, 4097, 4112, 32768, -32 };
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_warmup_options o;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        inspyr_warmup_options_init(&o);
        o.network_width = wrong[i];
        expect(m, &o, "width");
        expect(m, &o, ": 32 to 4096 pixels");
        o.network_height = wrong[i];
        o.network_width = 64;
        expect(m, &o, "height");
    }
    inspyr_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_out_of_range_is_refused_and_the_range_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
