#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/pool.h"
#include "support/scarce.h"

#define TASKS 300
#define WIDEST 8

/* What one job saw. */
typedef struct record {
    atomic_int runs[TASKS];
    atomic_int busy[WIDEST]; /* tasks on a lane right now */
    atomic_int shared, outside;
    int32_t width;
} record;

static void note(void *user, int32_t task, int32_t lane)
{
    record *r = user;

    if (lane < 0 || lane >= r->width) {
        atomic_fetch_add(&r->outside, 1);
        return;
    }
    if (atomic_fetch_add(&r->busy[lane], 1))
        atomic_fetch_add(&r->shared, 1);
    if (task % 8 == 0)
        sched_yield(); /* so that others get in between even on one processor */
    atomic_fetch_add(&r->runs[task], 1);
    atomic_fetch_sub(&r->busy[lane], 1);
}

/* 0, or what was wrong with one job of `count` tasks. No assertion: it also runs on threads of the test. */
static const char *wrong_with_job(inspyr_pool *pool, int32_t count)
{
    record r;

    memset(&r, 0, sizeof r);
    r.width = inspyr_pool_width(pool);
    pool_run(pool, count, note, &r);
    for (int32_t i = 0; i < TASKS; i++)
        if (atomic_load(&r.runs[i]) != (i < count))
            return "a task did not run exactly once before pool_run() returned";
    if (atomic_load(&r.shared))
        return "two tasks shared a lane";
    return atomic_load(&r.outside) ? "a lane is outside 0..width-1" : NULL;
}

static inspyr_pool *opened(int32_t width)
{
    inspyr_pool *pool;

    assert_int_equal(inspyr_pool_open(&pool, width, NULL, NULL), INSPYR_OK);
    return pool;
}

static void each_task_runs_exactly_once_at_any_width(void **state)
{
    (void)state;
    for (int32_t width = 1; width <= WIDEST; width++) {
        inspyr_pool *pool = opened(width);

        assert_int_equal(inspyr_pool_width(pool), width);
        for (int32_t count = 0; count <= TASKS; count += count < 10 ? 1 : 58) {
            const char *wrong = wrong_with_job(pool, count);

            if (wrong)
                fail_msg("width %d, %d tasks: %s", (int)width, (int)count, wrong);
        }
        inspyr_pool_free(pool);
    }
}

typedef struct submitter {
    inspyr_pool *pool;
    const char *wrong;
} submitter;

static void *submit_often(void *user)
{
    submitter *s = user;

    for (int i = 0; i < 100 && !s->wrong; i++)
        s->wrong = wrong_with_job(s->pool, 1 + i * 7 % TASKS);
    return NULL;
}

static void several_submitters_do_not_mix_their_jobs(void **state)
{
    submitter submitters[4];
    pthread_t threads[4];
    inspyr_pool *pool = opened(3);

    (void)state;
    for (int i = 0; i < 4; i++) {
        submitters[i] = (submitter){ pool, NULL };
        assert_int_equal(pthread_create(&threads[i], NULL, submit_often, &submitters[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    inspyr_pool_free(pool);
    for (int i = 0; i < 4; i++)
        if (submitters[i].wrong)
            fail_msg("%s", submitters[i].wrong);
}

static void note_order(void *user, int32_t task, int32_t lane)
{
    int32_t *next = user;

    assert_int_equal(lane, 0);
    assert_int_equal(task, (*next)++);
}

static void without_a_pool_tasks_run_in_order_here(void **state)
{
    int32_t next = 0;

    (void)state;
    pool_run(NULL, 5, note_order, &next);
    assert_int_equal(next, 5);
    assert_int_equal(inspyr_pool_width(NULL), 1);
    assert_false(pool_forked(NULL));
    inspyr_pool_free(NULL);
}

static void width_zero_is_what_this_process_may_use(void **state)
{
    inspyr_pool *pool = opened(0);

    (void)state;
    assert_in_range(inspyr_pool_width(pool), 1, 256);
    assert_true(inspyr_pool_width(pool) <= sysconf(_SC_NPROCESSORS_CONF));
    inspyr_pool_free(pool);
}

static void refused(int32_t width, const inspyr_pool_options *options, inspyr_status wanted)
{
    inspyr_pool *pool = (inspyr_pool *)&pool;
    inspyr_error error;

    assert_int_equal(inspyr_pool_open(&pool, width, options, &error), wanted);
    assert_int_equal(error.status, wanted);
    assert_null(pool);
}

static void what_a_pool_cannot_be_is_refused(void **state)
{
    inspyr_pool_options options;

    (void)state;
    refused(-1, NULL, INSPYR_ERR_ARGUMENT);
    refused(257, NULL, INSPYR_ERR_ARGUMENT);
    inspyr_pool_options_init(&options);
    options.flags = 1;
    refused(2, &options, INSPYR_ERR_UNSUPPORTED);
    memset(&options, 0, sizeof options);
    refused(2, &options, INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_pool_open(NULL, 2, NULL, NULL), INSPYR_ERR_ARGUMENT);
}

static void a_pool_without_memory_is_a_status_and_leaves_nothing(void **state)
{
    inspyr_pool_options options;
    inspyr_allocator allocator;
    inspyr_status status = INSPYR_ERR_MEMORY;
    scarce s;

    (void)state;
    inspyr_pool_options_init(&options);
    options.allocator = &allocator;
    for (int nth = 0; status; nth++) {
        inspyr_pool *pool;

        allocator = scarce_allocator(&s, nth);
        status = inspyr_pool_open(&pool, 4, &options, NULL);
        if (status)
            assert_int_equal(status, INSPYR_ERR_MEMORY);
        assert_true(status ? !pool && nth < 100 : nth > 0);
        inspyr_pool_free(pool);
        assert_int_equal(atomic_load(&s.balance), 0);
    }
}

static void a_forked_child_knows_the_pool_is_not_its_own_and_can_free_it(void **state)
{
    inspyr_pool *pool = opened(4);
    int status;
    pid_t child;

    (void)state;
    assert_false(pool_forked(pool));
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        bool forked = pool_forked(pool);

        alarm(20); /* a free that waits for threads of the parent would wait for ever */
        inspyr_pool_free(pool);
        _exit(forked ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_false(WIFSIGNALED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_null(wrong_with_job(pool, TASKS));
    inspyr_pool_free(pool);
}

typedef struct masks {
    pthread_t caller;
    atomic_int others, open;
} masks;

static void look_at_mask(void *user, int32_t task, int32_t lane)
{
    masks *m = user;
    sigset_t set;

    (void)task;
    (void)lane;
    if (!pthread_equal(m->caller, pthread_self())) {
        pthread_sigmask(SIG_BLOCK, NULL, &set);
        atomic_fetch_add(&m->others, 1);
        atomic_fetch_add(&m->open, !sigismember(&set, SIGINT) || !sigismember(&set, SIGUSR1));
    }
    nanosleep(&(struct timespec){ 0, 100000 }, NULL); /* leaves tasks for the others */
}

static void the_hosts_signals_do_not_reach_the_threads_of_a_pool(void **state)
{
    masks m = { .caller = pthread_self() };
    inspyr_pool *pool;
    sigset_t mine;

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    pthread_sigmask(SIG_BLOCK, NULL, &mine);
    assert_false(sigismember(&mine, SIGINT)); /* the caller's mask is as it was */
    pool_run(pool, 200, look_at_mask, &m);
    assert_true(m.others > 0);
    assert_int_equal(m.open, 0);
    inspyr_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_runs_exactly_once_at_any_width),
        cmocka_unit_test(several_submitters_do_not_mix_their_jobs),
        cmocka_unit_test(without_a_pool_tasks_run_in_order_here),
        cmocka_unit_test(width_zero_is_what_this_process_may_use),
        cmocka_unit_test(what_a_pool_cannot_be_is_refused),
        cmocka_unit_test(a_pool_without_memory_is_a_status_and_leaves_nothing),
        cmocka_unit_test(the_hosts_signals_do_not_reach_the_threads_of_a_pool),
        cmocka_unit_test(a_forked_child_knows_the_pool_is_not_its_own_and_can_free_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
