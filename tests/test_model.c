#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/model.h"
#include "support/files.h"
#include "support/scarce.h"

#define TINY TEST_DATA "/net/tiny.safetensors"

static inspyr_model *loaded(const char *source, const inspyr_load_options *options)
{
    inspyr_model *m;
    inspyr_error error;

    if (inspyr_model_load(&m, source, options, &error))
        fail_msg("%s", error.message);
    return m;
}

static void the_built_in_model_loads_and_says_what_it_is(void **state)
{
    inspyr_model *m = loaded(NULL, NULL);
    inspyr_info info;

    (void)state;
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.name, "nano");
    assert_string_equal(info.architecture, "inspyrenet/mobilenet_v2_deeplab_v3");
    assert_int_equal(info.parameters, 2595089); /* SPEC.md section 5 */
    assert_int_equal(info.base_width, 384);
    assert_int_equal(info.base_height, 384);
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_READY);
    assert_string_equal(info.note, "");
    inspyr_model_free(m);
}

static void a_file_and_its_bytes_make_the_same_model(void **state)
{
    inspyr_load_options options;
    inspyr_model *a, *b;
    size_t size;
    void *bytes = file_read(&size, TINY);

    (void)state;
    inspyr_load_options_init(&options);
    options.bytes = bytes;
    options.bytes_size = size;
    a = loaded(TINY, NULL);
    b = loaded(NULL, &options);
    free(bytes); /* were needed during the call only */
    assert_int_equal(a->parameters, b->parameters);
    assert_string_equal(a->texts.name, b->texts.name);
    inspyr_model_free(a);
    inspyr_model_free(b);
    assert_int_equal(inspyr_model_load(&a, TINY, &options, NULL), INSPYR_ERR_ARGUMENT);
}

static void what_is_no_weight_file_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *path;
        inspyr_status status;
        const char *reason;
    } cases[] = {
        { "/no/such/file", INSPYR_ERR_FILE, "/no/such/file" },
        { TEST_DATA, INSPYR_ERR_FILE, TEST_DATA },
        { TEST_MODELS "/CARD.md", INSPYR_ERR_WEIGHTS, "nor a checkpoint" },
        { TEST_MODELS "/vectors/a_64x96.safetensors", INSPYR_ERR_WEIGHTS, "architecture" },
    };
    inspyr_error error;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        inspyr_model *m = (inspyr_model *)&error;

        assert_int_equal(inspyr_model_load(&m, cases[i].path, NULL, &error), cases[i].status);
        assert_null(m);
        if (!strstr(error.message, cases[i].reason))
            fail_msg("\"%s\" does not name %s", error.message, cases[i].reason);
    }
}

static void every_allocation_of_a_load_may_fail(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_load_options options;
        inspyr_model *m;
        inspyr_status status;

        inspyr_load_options_init(&options);
        options.allocator = &allocator;
        status = inspyr_model_load(&m, TINY, &options, NULL);
        inspyr_model_free(m);
        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
        assert_null(m);
    }
}

typedef struct countdown {
    int left;
    float last;
} countdown;

static int count_down(void *user, const inspyr_progress *progress)
{
    countdown *c = user;

    assert_int_equal(progress->state, INSPYR_STATE_LOADING);
    assert_true(progress->fraction >= c->last);
    c->last = progress->fraction;
    return c->left-- == 0;
}

static void a_load_can_be_cancelled_at_each_of_its_steps(void **state)
{
    int steps = 0;

    (void)state;
    for (;; steps++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, -1);
        countdown c = { steps, 0 };
        inspyr_load_options options;
        inspyr_model *m;
        inspyr_status status;

        inspyr_load_options_init(&options);
        options.allocator = &allocator;
        options.progress = count_down;
        options.progress_user = &c;
        status = inspyr_model_load(&m, TINY, &options, NULL);
        inspyr_model_free(m);
        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK) {
            assert_true(c.last == 1);
            break;
        }
        assert_int_equal(status, INSPYR_ERR_CANCELLED);
    }
    assert_true(steps >= 3);
}

static void a_device_that_is_not_there_is_an_error_or_a_note_as_asked(void **state)
{
    inspyr_load_options options;
    inspyr_error error;
    inspyr_model *m;

    (void)state;
    inspyr_load_options_init(&options);
    options.device = "cuda:0";
    options.device_need = INSPYR_NEED_REQUIRED;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, &error), INSPYR_ERR_DEVICE);
    assert_non_null(strstr(error.message, "cuda:0"));
    options.device_need = INSPYR_NEED_PREFERRED;
    m = loaded(TINY, &options);
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_DEGRADED);
    assert_non_null(strstr(m->texts.note, "cuda:0"));
    inspyr_model_free(m);
    options.device = "cpu";
    options.device_need = INSPYR_NEED_FORBIDDEN;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_ERR_DEVICE);
    options.device_need = (inspyr_need)9;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_ERR_ARGUMENT);
}

static void what_this_version_does_not_know_is_refused(void **state)
{
    inspyr_load_options options;
    inspyr_model *m;

    (void)state;
    inspyr_load_options_init(&options);
    options.flags = UINT64_C(1) << 60;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_ERR_UNSUPPORTED);
    options.flags = 0;
    options.precision = (inspyr_precision)77;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_ERR_UNSUPPORTED);
    assert_int_equal(inspyr_model_load(NULL, TINY, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_model_info(NULL, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_model_state(NULL), INSPYR_STATE_COLD);
    inspyr_model_free(NULL);
}

static void a_model_without_a_pool_notices_a_fork_too(void **state)
{
    inspyr_model *m = loaded(TINY, NULL);
    pid_t child = fork();
    int ended;

    (void)state;
    if (!child) {
        inspyr_info info;

        inspyr_info_init(&info);
        _exit(inspyr_model_info(m, &info, NULL) != INSPYR_ERR_FORKED);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && !WEXITSTATUS(ended));
    inspyr_model_free(m);
}

static void a_handle_of_the_parent_is_refused_in_a_forked_child(void **state)
{
    inspyr_pool *pool;
    inspyr_load_options options;
    inspyr_model *m;
    pid_t child;
    int ended;

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 2, NULL, NULL), INSPYR_OK);
    inspyr_load_options_init(&options);
    options.pool = pool;
    m = loaded(TINY, &options);
    child = fork();
    if (!child) {
        inspyr_info info;
        inspyr_model *second;
        int bad = 0;

        alarm(20); /* a hang is a failure */
        inspyr_info_init(&info);
        bad |= inspyr_model_info(m, &info, NULL) != INSPYR_ERR_FORKED;
        bad |= model_usable(m, NULL) != INSPYR_ERR_FORKED;
        bad |= inspyr_model_load(&second, TINY, &options, NULL) !=
               INSPYR_ERR_FORKED; /* its pool is the parent's */
        inspyr_model_free(m);
        inspyr_pool_free(pool);
        _exit(bad);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
    inspyr_model_free(m);
    inspyr_pool_free(pool);
}

static void a_pass_of_a_size_used_before_allocates_nothing(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_load_options options;
    inspyr_model *m;
    model_pass *pass;
    int before;

    (void)state;
    inspyr_load_options_init(&options);
    options.allocator = &allocator;
    m = loaded(TINY, &options);
    assert_int_equal(model_pass_take(&pass, m, 2, (pass_size){ 48, 32, false }, NULL), INSPYR_OK);
    memset(pass->picture, 99, 2 * 48 * 32 * 3);
    model_pass_give(pass);
    before = s.asked;
    for (int i = 0; i < 3; i++) {
        engine_io io;

        assert_int_equal(model_pass_take(&pass, m, 2, (pass_size){ 48, 32, false }, NULL), INSPYR_OK);
        io = (engine_io){ .picture = pass->picture, .logits = pass->logits, .extremes = pass->extremes };
        assert_int_equal(m->engine->run(pass->run, &io, NULL), INSPYR_OK);
        model_pass_give(pass);
    }
    assert_int_equal(s.asked, before);
    inspyr_model_free(m);
    assert_int_equal(s.balance, 0);
}

static void idle_passes_are_bounded_and_the_oldest_goes_first(void **state)
{
    inspyr_model *m = loaded(TINY, NULL);
    model_pass *pass;
    int idle = 0;

    (void)state;
    for (int32_t i = 0; i < MODEL_PASSES_IDLE + 3; i++) {
        assert_int_equal(model_pass_take(&pass, m, 1, (pass_size){ 32 + 16 * i, 32, false }, NULL), INSPYR_OK);
        model_pass_give(pass);
    }
    for (pass = m->idle; pass; pass = pass->next, idle++)
        assert_int_equal(pass->w, 32 + 16 * (MODEL_PASSES_IDLE + 2 - idle));
    assert_int_equal(idle, MODEL_PASSES_IDLE);
    model_pass_drop_idle(m);
    assert_int_equal(m->pass_bytes, 0);
    inspyr_model_free(m);
}

static void large_idle_passes_are_given_up_earlier(void **state)
{
    inspyr_model *m = loaded(TINY, NULL);
    const size_t large = (size_t)200 << 20; /* as a pass of 1024 x 1024 of the built-in network */
    model_pass *pass;
    int idle = 0;

    (void)state;
    for (int32_t i = 0; i < 4; i++) {
        assert_int_equal(model_pass_take(&pass, m, 1, (pass_size){ 32 + 16 * i, 32, false }, NULL), INSPYR_OK);
        m->pass_bytes += large - pass->bytes;
        pass->bytes = large;
        model_pass_give(pass);
    }
    for (pass = m->idle; pass; pass = pass->next, idle++)
        assert_int_equal(pass->w, 32 + 16 * (3 - idle));
    assert_int_equal(idle, 2);
    assert_int_equal(m->pass_bytes, 2 * large);
    inspyr_model_free(m);
}

static void impossible_network_sizes_are_refused(void **state)
{
    static const int32_t sizes[][2] = {
        { 16, 32 }, { 33, 32 }, { 32, 40 }, { -32, 32 }, { 4112, 32 }, { 32, 4112 }, { 0x7ffffff0, 0x7ffffff0 }
    };
    inspyr_model *m = loaded(TINY, NULL);
    model_pass *pass;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(model_pass_take(&pass, m, 1, (pass_size){ sizes[i][0], sizes[i][1], false }, NULL),
                         INSPYR_ERR_ARGUMENT);
        assert_null(pass);
    }
    inspyr_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_model_loads_and_says_what_it_is),
        cmocka_unit_test(a_file_and_its_bytes_make_the_same_model),
        cmocka_unit_test(what_is_no_weight_file_is_refused_with_its_reason),
        cmocka_unit_test(every_allocation_of_a_load_may_fail),
        cmocka_unit_test(a_load_can_be_cancelled_at_each_of_its_steps),
        cmocka_unit_test(a_device_that_is_not_there_is_an_error_or_a_note_as_asked),
        cmocka_unit_test(what_this_version_does_not_know_is_refused),
        cmocka_unit_test(a_model_without_a_pool_notices_a_fork_too),
        cmocka_unit_test(a_handle_of_the_parent_is_refused_in_a_forked_child),
        cmocka_unit_test(a_pass_of_a_size_used_before_allocates_nothing),
        cmocka_unit_test(idle_passes_are_bounded_and_the_oldest_goes_first),
        cmocka_unit_test(large_idle_passes_are_given_up_earlier),
        cmocka_unit_test(impossible_network_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
