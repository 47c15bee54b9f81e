/* A process and libtorch: mapped only when asked for, and never twice. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/pictures.h"

static bool maps(const char *word)
{
    FILE *file = fopen("/proc/self/maps", "r");
    char line[4096];
    bool found = false;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        found = found || strstr(line, word);
    fclose(file);
    return found;
}

static void cut_out_something(inspyr_model *m)
{
    pixels picture = noise(40, 24, INSPYR_RGB8, 3);

    inspyr_image_free(cut_out(m, &picture.view, NULL));
    free(picture.data);
}

static inspyr_status load_torch(inspyr_model **out, inspyr_error *error)
{
    inspyr_load_options o;

    inspyr_load_options_init(&o);
    o.engine = "torch";
    o.device_need = INSPYR_NEED_REQUIRED;
    return inspyr_model_load(out, TINY, &o, error);
}

static void a_program_that_does_not_ask_for_libtorch_never_maps_it(void **state)
{
    inspyr_model *m = loaded(TINY, NULL, NULL);

    (void)state;
    cut_out_something(m);
    inspyr_model_free(m);
    assert_false(maps("libtorch"));
    assert_false(maps("libc10"));
}

/* In a child, because what is opened stays open. */
static void beside_another_libtorch_it_is_refused_by_name(void **state)
{
    int status;
    pid_t child = fork();

    (void)state;
    if (!child) {
        inspyr_model *m;
        inspyr_error error;

        alarm(60);
        if (!dlopen(TEST_FOREIGN "/libc10.so", RTLD_NOW) || load_torch(&m, &error) != INSPYR_ERR_DEVICE)
            _exit(1);
        if (!strstr(error.message, "another libtorch") || !strstr(error.message, "/libc10.so"))
            _exit(2);
        _exit(maps("libtorch_cpu") ? 3 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_model_of_the_engine_torch_cuts_out_and_a_forked_child_gets_an_error(void **state)
{
    inspyr_model *m;
    inspyr_info info;
    inspyr_error error;
    int status;
    pid_t child;

    (void)state;
    if (load_torch(&m, &error))
        fail_msg("%s", error.message);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.engine, "torch");
    assert_string_equal(info.device, "cpu");
    cut_out_something(m);
    assert_true(maps("libtorch"));
    child = fork();
    if (!child) {
        pixels picture = noise(40, 24, INSPYR_RGB8, 3);
        inspyr_image *out;

        alarm(20);
        _exit(inspyr_remove_background(&out, m, &picture.view, NULL, NULL) != INSPYR_ERR_FORKED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    inspyr_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_does_not_ask_for_libtorch_never_maps_it),
        cmocka_unit_test(beside_another_libtorch_it_is_refused_by_name),
        cmocka_unit_test(a_model_of_the_engine_torch_cuts_out_and_a_forked_child_gets_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
