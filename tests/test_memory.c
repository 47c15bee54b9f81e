#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/memory.h"
#include "support/scarce.h"

static void sizes_that_overflow_are_no_memory(void **state)
{
    inspyr_allocator c_library;
    size_t product;

    (void)state;
    assert_int_equal(memory_import(&c_library, NULL, NULL), INSPYR_OK);
    assert_null(memory_array(&c_library, SIZE_MAX / 2, 3));
    assert_null(memory_array(&c_library, (size_t)1 << 33, (size_t)1 << 33));
    assert_null(memory_take(&c_library, (size_t)PTRDIFF_MAX + 1));
    assert_null(memory_zeroed(&c_library, SIZE_MAX));
    assert_false(multiply(&product, SIZE_MAX, 2));
    assert_true(multiply(&product, 6, 7));
    assert_int_equal(product, 42);
}

static void an_allocator_is_never_asked_for_more_than_there_can_be(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_bytes bytes;

    (void)state;
    assert_null(memory_take(&allocator, (size_t)PTRDIFF_MAX + 1));
    assert_null(memory_array(&allocator, SIZE_MAX, 1));
    assert_int_equal(memory_bytes(&bytes, &allocator, PTRDIFF_MAX, NULL), INSPYR_ERR_MEMORY);
    assert_int_equal(atomic_load(&s.asked), 0);
}

static void every_block_is_aligned_even_an_empty_one(void **state)
{
    inspyr_allocator c_library;

    (void)state;
    assert_int_equal(memory_import(&c_library, NULL, NULL), INSPYR_OK);
    for (size_t size = 0; size < 200; size += 7) {
        void *memory = memory_take(&c_library, size);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % MEMORY_ALIGNMENT, 0);
        memory_give(&c_library, memory);
    }
    memory_give(&c_library, NULL);
}

static void zeroed_memory_is_zero(void **state)
{
    inspyr_allocator c_library;
    unsigned char zeros[1000] = { 0 };

    (void)state;
    assert_int_equal(memory_import(&c_library, NULL, NULL), INSPYR_OK);
    for (int i = 0; i < 3; i++) { /* the second time round the C library hands out a used block */
        unsigned char *memory = memory_zeroed(&c_library, sizeof zeros);

        assert_non_null(memory);
        assert_memory_equal(memory, zeros, sizeof zeros);
        memset(memory, 0xAA, sizeof zeros);
        memory_give(&c_library, memory);
    }
}

static void half_an_allocator_is_refused(void **state)
{
    scarce s;
    inspyr_allocator whole = scarce_allocator(&s, -1), theirs, ours;

    (void)state;
    assert_int_equal(memory_import(&ours, &whole, NULL), INSPYR_OK);
    theirs = whole;
    theirs.allocate = NULL;
    assert_int_equal(memory_import(&ours, &theirs, NULL), INSPYR_ERR_ARGUMENT);
    theirs = whole;
    theirs.release = NULL;
    assert_int_equal(memory_import(&ours, &theirs, NULL), INSPYR_ERR_ARGUMENT);
    theirs = whole;
    theirs.reserved = &s;
    assert_int_equal(memory_import(&ours, &theirs, NULL), INSPYR_ERR_ARGUMENT);
}

static void bytes_outlive_the_allocator_struct_they_were_made_with(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_bytes bytes;

    (void)state;
    assert_int_equal(memory_bytes(&bytes, &allocator, 100, NULL), INSPYR_OK);
    assert_int_equal(bytes.size, 100);
    assert_int_equal((uintptr_t)bytes.data % MEMORY_ALIGNMENT, 0);
    memset(bytes.data, 0xAA, bytes.size);
    memset(&allocator, 0, sizeof allocator);
    inspyr_bytes_free(&bytes);
    assert_int_equal(atomic_load(&s.balance), 0);
    assert_null(bytes.data);
    assert_int_equal(bytes.size, 0);
}

static void freeing_bytes_twice_or_never_made_is_harmless(void **state)
{
    inspyr_allocator c_library;
    inspyr_bytes bytes, borrowed = { "abc", 3, NULL, NULL };

    (void)state;
    assert_int_equal(memory_import(&c_library, NULL, NULL), INSPYR_OK);
    assert_int_equal(memory_bytes(&bytes, &c_library, 1, NULL), INSPYR_OK);
    inspyr_bytes_free(&bytes);
    inspyr_bytes_free(&bytes);
    inspyr_bytes_free(&borrowed);
    inspyr_bytes_free(NULL);
    assert_null(borrowed.data);
}

static void bytes_without_room_are_a_status_that_says_how_many(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, 0);
    inspyr_bytes bytes = { NULL, 0, NULL, NULL };
    inspyr_error error;

    (void)state;
    assert_int_equal(memory_bytes(&bytes, &allocator, 4711, &error), INSPYR_ERR_MEMORY);
    assert_non_null(strstr(error.message, "4711"));
    assert_int_equal(memory_bytes(&bytes, &allocator, SIZE_MAX, &error), INSPYR_ERR_MEMORY);
    assert_int_equal(atomic_load(&s.balance), 0);
    assert_null(bytes.data);
}

static void a_text_is_copied_whole_or_not_at_all(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, 1);
    char *copy = memory_text(&allocator, "chelsea");

    (void)state;
    assert_non_null(copy);
    assert_string_equal(copy, "chelsea");
    assert_null(memory_text(&allocator, "astronaut"));
    memory_give(&allocator, copy);
    assert_int_equal(atomic_load(&s.balance), 0);
    assert_int_equal(atomic_load(&s.misaligned), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_overflow_are_no_memory),
        cmocka_unit_test(an_allocator_is_never_asked_for_more_than_there_can_be),
        cmocka_unit_test(every_block_is_aligned_even_an_empty_one),
        cmocka_unit_test(zeroed_memory_is_zero),
        cmocka_unit_test(half_an_allocator_is_refused),
        cmocka_unit_test(bytes_outlive_the_allocator_struct_they_were_made_with),
        cmocka_unit_test(freeing_bytes_twice_or_never_made_is_harmless),
        cmocka_unit_test(bytes_without_room_are_a_status_that_says_how_many),
        cmocka_unit_test(a_text_is_copied_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
