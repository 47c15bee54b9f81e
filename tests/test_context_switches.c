/* What an operator switches off without a build or a change of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

static const struct {
    const char *name;
    uint64_t flag;
} switches[] = {
    { "INSPYR_NO_WARMUP", INSPYR_CONTEXT_NO_WARMUP }, { "INSPYR_NO_BATCHING", INSPYR_CONTEXT_NO_BATCHING },
    { "INSPYR_NO_CACHE", INSPYR_CONTEXT_NO_CACHE },   { "INSPYR_NO_ADAPTIVE", INSPYR_CONTEXT_NO_ADAPTIVE },
    { "INSPYR_NO_PRECISION", INSPYR_CONTEXT_EXACT },  { "INSPYR_NO_KERNELS", INSPYR_CONTEXT_PLAIN },
};

/* The flags in effect of a context that was opened while a variable had this value. */
static uint64_t flags_with(const char *name, const char *value)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_COLD);
    inspyr_context *c;
    uint64_t flags;
    playing p;

    playing_begin(&p);
    setenv(name, value, 1);
    c = playing_open(&p, &o);
    unsetenv(name);
    flags = c->options.flags;
    assert_int_equal(c->load.precision, flags & INSPYR_CONTEXT_EXACT ? INSPYR_PRECISION_EXACT : 0);
    assert_int_equal(c->load.engine && !strcmp(c->load.engine, "plain"), (flags & INSPYR_CONTEXT_PLAIN) != 0);
    assert_int_equal(c->options.max_batch == 1, (flags & INSPYR_CONTEXT_NO_BATCHING) != 0);
    inspyr_context_free(c);
    playing_end(&p);
    return flags;
}

static void every_variable_acts_as_its_flag_and_as_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        assert_int_equal(flags_with(switches[i].name, "1"), INSPYR_CONTEXT_COLD | switches[i].flag);
        assert_int_equal(flags_with(switches[i].name, "yes"), INSPYR_CONTEXT_COLD | switches[i].flag);
        assert_int_equal(flags_with(switches[i].name, "0"), INSPYR_CONTEXT_COLD);
        assert_int_equal(flags_with(switches[i].name, ""), INSPYR_CONTEXT_COLD);
    }
}

static void switches_of_the_environment_are_read_once(void **state)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_COLD);
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    setenv("INSPYR_NO_WARMUP", "1", 1);
    c = playing_open(&p, &o);
    unsetenv("INSPYR_NO_WARMUP");
    assert_int_equal(inspyr_context_warmup(c, NULL, 0, -1, NULL), INSPYR_OK);
    assert_int_equal(p.loads, 1);
    assert_int_equal(p.warmups, 0);
    inspyr_context_free(c);
    playing_end(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variable_acts_as_its_flag_and_as_no_other),
        cmocka_unit_test(switches_of_the_environment_are_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
