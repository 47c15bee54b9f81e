/* Plug-ins that are not there, are none, or are of another version; and a model whose engine has one. */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/plugin.h"
#include "base/sanitized.h"
#include "net/tile_products.h"
#include "support/fixture.h"

#define TINY TEST_DATA "/net/tiny.safetensors"

static char *built; /* INSPYR_PLUGIN_PATH, as the build sets it */

/* A folder with a file of that plug-in's name: what `target` is, or a text. */
static void make_folder(char folder[64], const char *name, const char *target)
{
    char path[128];

    strcpy(folder, "/tmp/inspyr-plugin-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/libinspyr-%s.so", folder, name);
    if (target) {
        assert_int_equal(symlink(target, path), 0);
    } else {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs("no library at all", file);
        fclose(file);
    }
    setenv("INSPYR_PLUGIN_PATH", folder, 1);
}

static void remove_folder(const char *folder, const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/libinspyr-%s.so", folder, name);
    unlink(path);
    rmdir(folder);
    setenv("INSPYR_PLUGIN_PATH", built, 1);
}

static void is_refused(const char *name, uint32_t abi, const char *reason)
{
    const plugin_wanted wanted = { name, abi, sizeof(products_table), NULL };
    const void *table = name;
    inspyr_error error;

    assert_int_equal(plugin_find(&table, &wanted, &error), INSPYR_ERR_DEVICE);
    assert_null(table);
    if (!strstr(error.message, reason))
        fail_msg("\"%s\" says nothing of \"%s\"", error.message, reason);
}

static void one_that_is_not_there_is_not_installed(void **state)
{
    (void)state;
    is_refused("nobody", PRODUCTS_ABI, "not installed");
}

static void a_file_that_is_no_library_is_named(void **state)
{
    char folder[64];

    (void)state;
    make_folder(folder, "text", NULL);
    is_refused("text", PRODUCTS_ABI, folder);
    remove_folder(folder, "text");
}

static void a_library_of_somebody_else_is_no_plug_in(void **state)
{
    char folder[64];
    Dl_info library;

    (void)state;
    assert_true(dladdr(dlsym(RTLD_DEFAULT, "cosf"), &library));
    make_folder(folder, "foreign", library.dli_fname);
    is_refused("foreign", PRODUCTS_ABI, "no plug-in of this library");
    remove_folder(folder, "foreign");
}

static void another_version_is_refused(void **state)
{
    const plugin_wanted wanted = { "onednn", PRODUCTS_ABI, sizeof(products_table), NULL };
    const void *table;

    (void)state;
    is_refused("onednn", PRODUCTS_ABI + 1, "made for another version");
    assert_int_equal(plugin_find(&table, &wanted, NULL), INSPYR_OK);
}

static void relative_folders_are_passed_over(void **state)
{
    char folder[64], here[4096];

    (void)state;
    make_folder(folder, "text", NULL);
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder), 0);
    setenv("INSPYR_PLUGIN_PATH", ".::", 1);
    is_refused("text", PRODUCTS_ABI, "not installed");
    assert_int_equal(chdir(here), 0);
    remove_folder(folder, "text");
}

static void the_engine_can_be_asked_for(void **state)
{
    inspyr_load_options options;
    inspyr_model *m;
    inspyr_info info;
    pid_t child;
    int status;

    (void)state;
    inspyr_load_options_init(&options);
    options.engine = "onednn";
    options.device_need = INSPYR_NEED_REQUIRED;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_OK);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.engine, "onednn");
    assert_int_equal(inspyr_model_warmup(m, NULL, NULL), INSPYR_OK);
    child = fork();
    if (child == 0)
        _exit(inspyr_model_warmup(m, NULL, NULL) == INSPYR_ERR_FORKED ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    inspyr_model_free(m);
}

static void an_engine_that_does_not_load_is_an_error_or_a_note_as_asked(void **state)
{
    inspyr_load_options options;
    inspyr_error error;
    inspyr_model *m = NULL;
    inspyr_info info;
    char folder[64];

    (void)state;
    make_folder(folder, "onednn", NULL);
    inspyr_load_options_init(&options);
    options.engine = "onednn";
    options.device_need = INSPYR_NEED_REQUIRED;
    if (!inspyr_model_load(&m, TINY, &options, &error)) {
        inspyr_model_free(m);
        remove_folder(folder, "onednn");
        print_message("another one is installed\n");
        skip();
    }
    assert_int_equal(error.status, INSPYR_ERR_DEVICE);
    assert_non_null(strstr(error.message, folder));
    options.device_need = INSPYR_NEED_PREFERRED;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, &error), INSPYR_OK);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.engine, "plain");
    assert_non_null(strstr(info.note, folder));
    inspyr_model_free(m);
    remove_folder(folder, "onednn");
}

/* What a 3 x 3 kernel of ones makes of ones. */
static void multiplies(void)
{
    static const plugin_wanted wanted = { "onednn", PRODUCTS_ABI, sizeof(products_table), "dnnl_version" };
    static float source[3][18][16], kernel[16 * 16 * 9], result[16][16];
    const float bias[16] = { 0, 1 };
    const products_shape shape = {
        .rows = 1, .columns = 16, .in = 16, .out = 16, .kernel_h = 3, .kernel_w = 3, .stride = 1, .dilation = 1
    };
    const inspyr_allocator allocator = fixture_allocator();
    char text[PRODUCTS_TEXT];
    const products_table *products;
    const void *table;
    product_tile *made;
    product_lane *lane;
    inspyr_error error;
    void *packed, *scratch;

    for (size_t i = 0; i < sizeof source / sizeof(float); i++)
        ((float *)source)[i] = 1;
    for (size_t i = 0; i < sizeof kernel / sizeof *kernel; i++)
        kernel[i] = 1;
    if (plugin_find(&table, &wanted, &error))
        fail_msg("%s", error.message);
    products = table;
    if (products->open(text, &error))
        fail_msg("%s", error.message);
    assert_int_equal(products->create(&made, &allocator, &shape, NULL, &error), INSPYR_OK);
    packed = aligned_alloc(64, products->weight_bytes(made));
    scratch = aligned_alloc(64, (products->scratch_bytes(made) + 64) / 64 * 64);
    assert_int_equal(products->pack(made, kernel, packed), INSPYR_OK);
    assert_int_equal(products->lane(&lane, made, packed, bias), INSPYR_OK);
    assert_int_equal(products->execute(lane, source, result, scratch), INSPYR_OK);
    assert_float_equal(result[15][0], 144, 0);
    assert_float_equal(result[0][1], 145, 0);
    products->free_lane(lane);
    products->free(made);
    free(packed);
    free(scratch);
}

/* In a process of its own, since nothing is unloaded. The other one is of another generation;
 * INSPYR_OTHER_ONEDNN names it. */
static void works_beside(int flags)
{
    const char *other = getenv("INSPYR_OTHER_ONEDNN");
    pid_t child;
    int status;

    if (!other || !*other) {
        print_message("INSPYR_OTHER_ONEDNN names no other oneDNN\n");
        skip();
    }
    child = fork();
    if (child == 0) {
        void *file = dlopen(other, RTLD_NOW | flags);
        int (*engine)(void **, int, size_t);
        void *made;

        if (!file)
            _exit(2);
        *(void **)&engine = dlsym(file, "dnnl_engine_create");
        if (engine(&made, 1, 0))
            _exit(3);
        multiplies();
        _exit(engine(&made, 1, 0) ? 4 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_tile_of_ones_is_counted(void **state)
{
    (void)state;
    multiplies();
}

static void it_works_beside_another_oneDNN(void **state)
{
    (void)state;
    works_beside(RTLD_LOCAL);
}

static void it_works_below_another_oneDNN_that_is_everybodys(void **state)
{
    (void)state;
    if (SANITIZED)
        skip();
    works_beside(RTLD_GLOBAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_works_beside_another_oneDNN), /* first: before this process has one */
        cmocka_unit_test(it_works_below_another_oneDNN_that_is_everybodys),
        cmocka_unit_test(a_tile_of_ones_is_counted),
        cmocka_unit_test(one_that_is_not_there_is_not_installed),
        cmocka_unit_test(a_file_that_is_no_library_is_named),
        cmocka_unit_test(a_library_of_somebody_else_is_no_plug_in),
        cmocka_unit_test(another_version_is_refused),
        cmocka_unit_test(relative_folders_are_passed_over),
        cmocka_unit_test(an_engine_that_does_not_load_is_an_error_or_a_note_as_asked),
        cmocka_unit_test(the_engine_can_be_asked_for),
    };
    const char *folder = getenv("INSPYR_PLUGIN_PATH");

    if (!folder) {
        print_message("skipped: INSPYR_PLUGIN_PATH does not say where the plug-in is\n");
        return 77;
    }
    built = strdup(folder);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
