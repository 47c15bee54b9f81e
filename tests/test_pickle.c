#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/pickle.h"
#include "support/archive.h"
#include "support/files.h"
#include "support/scarce.h"

#define PROTOCOL "\x80\x02"
#define ORDERED "ccollections\nOrderedDict\n)R"
#define A "X\x01\0\0\0a"
#define REBUILD "ctorch._utils\n_rebuild_tensor_v2\n"
#define STORAGE                                                                                                \
    "(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"                                                     \
    "0X\x03\0\0\0cpuK\x06tQ"
#define TENSOR REBUILD "(" STORAGE "K\0K\x06\x85K\x01\x85\x89" ORDERED "tR"

static const tensor_described two[] = {
    { "b.weight", "HalfStorage", "1", 12, 2, 2, { 2, 3 }, { 1, 2 } },
    { "a.count", "LongStorage", "0", 1, 0, 0, { 0 }, { 0 } },
};

/* From a block of exactly that size, which is gone afterwards: the names cannot be read. */
static inspyr_status read_with(pickle *p, const void *bytes, size_t size, scarce *s, int fails_at,
                               inspyr_error *error)
{
    inspyr_allocator allocator = scarce_allocator(s, fails_at);
    unsigned char *exact = malloc(size ? size : 1);
    inspyr_status status;

    assert_non_null(exact);
    memcpy(exact, bytes, size);
    status = pickle_read(p, exact, size, &allocator, error);
    free(exact);
    return status;
}

static void refuse(const void *bytes, size_t size, const char *reason)
{
    inspyr_error error = { 0 };
    pickle p;
    scarce s;

    if (read_with(&p, bytes, size, &s, -1, &error) != INSPYR_ERR_WEIGHTS)
        fail_msg("not refused: %s", reason);
    if (!strstr(error.message, reason))
        fail_msg("\"%s\" instead of \"%s\"", error.message, reason);
    assert_int_equal(s.balance, 0);
}

static void a_dictionary_of_tensors_is_read(void **state)
{
    made m = pickle_of(two, 2);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    pickle p;
    const pickle_tensor *b;

    (void)state;
    assert_int_equal(pickle_read(&p, m.bytes, m.size, &allocator, NULL), INSPYR_OK);
    assert_int_equal(p.count, 2);
    assert_memory_equal(p.named[0].name.bytes, "a.count", 7);
    assert_int_equal(p.named[0].tensor.dimensions, 0);
    assert_memory_equal(p.named[1].name.bytes, "b.weight", 8);
    b = &p.named[1].tensor;
    assert_int_equal(b->dimensions, 2);
    assert_int_equal(b->offset, 2);
    assert_int_equal(b->shape[1], 3);
    assert_int_equal(b->strides[1], 2);
    assert_int_equal(p.storages[b->storage].type, WEIGHTS_F16);
    assert_int_equal(p.storages[b->storage].count, 12);
    assert_memory_equal(p.storages[b->storage].key.bytes, "1", 1);
    pickle_free(&p);
    pickle_free(&p);
    assert_int_equal(s.balance, 0);
    free(m.bytes);
}

static void numbers_have_the_sign_and_size_they_are_written_with(void **state)
{
    static const int64_t numbers[] = { 0, 255, 256, -1, INT32_MIN, INT32_MAX, INT64_MIN, INT64_MAX };
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    tensor_described t = two[0];
    pickle p;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        made m;

        t.offset = numbers[i];
        m = pickle_of(&t, 1);
        assert_int_equal(pickle_read(&p, m.bytes, m.size, &allocator, NULL), INSPYR_OK);
        assert_true(p.named[0].tensor.offset == numbers[i]);
        pickle_free(&p);
        free(m.bytes);
    }
}

static void what_torch_writes_is_read(void **state)
{
    size_t size;
    unsigned char *bytes = file_read(&size, data_path("seeds/small.pkl"));
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    pickle p;

    (void)state;
    assert_int_equal(pickle_read(&p, bytes, size, &allocator, NULL), INSPYR_OK);
    assert_int_equal(p.count, 13);
    assert_int_equal(p.storage_count, 12);
    pickle_free(&p);
    free(bytes);
}

typedef struct program {
    const char *bytes;
    size_t size;
    const char *reason;
} program;

/* All but the last NUL of a literal. */
#define PROGRAM(literal, reason)                                                                               \
    {                                                                                                          \
        PROTOCOL literal, sizeof(PROTOCOL literal) - 1, reason                                                 \
    }
#define DICTIONARY(value, reason) PROGRAM(ORDERED A value "s.", reason)

static void anything_else_than_tensors_is_refused_by_name(void **state)
{
    static const program programs[] = {
        PROGRAM("cos\nsystem\nX\x04\0\0\0true\x85R.",
                "data.pkl asks for os.system, which no weight file needs"),
        PROGRAM("cposix\nsystem\nX\x04\0\0\0true\x85R.", "asks for posix.system"),
        PROGRAM("cbuiltins\neval\n.", "asks for builtins.eval"),
        PROGRAM("c__builtin__\ngetattr\n.", "asks for __builtin__.getattr"),
        PROGRAM("ctorch._utils\n_rebuild_parameter\n.", "asks for torch._utils._rebuild_parameter"),
        PROGRAM("ctorch\nDoubleStorage\n.", "asks for torch.DoubleStorage: only FloatStorage"),
        PROGRAM("ctorch.storage\nUntypedStorage\n.", "asks for torch.storage.UntypedStorage"),
        PROGRAM("ccollections\nOrderedDict.x\n.", "asks for collections.OrderedDict.x"),
        PROGRAM("c\n\n.", "asks for ., which"),
        PROGRAM("cos\n\x1b[2J\n.", "asks for something unprintable"),
        PROGRAM("cos\nsystem", "cut short in the middle of a name"),
        PROGRAM("\x93.", "opcode 0x93 at byte 2"),
        PROGRAM("i", "opcode 0x69"),
        PROGRAM("o", "opcode 0x6f"),
        PROGRAM("\x81", "opcode 0x81"),
        PROGRAM("P0\n", "opcode 0x50"),
        PROGRAM("2", "opcode 0x32"),
        PROGRAM("\x80\x02", "opcode 0x80"),
        PROGRAM("ccollections\nOrderedDict\nK\x01\x85R.", "calls something else"),
        PROGRAM("ccollections\nOrderedDict\n}R.", "calls something else"),
        PROGRAM("ctorch\nFloatStorage\n)R.", "calls something else"),
        PROGRAM(A ")R.", "calls something else"),
        PROGRAM(REBUILD ")R.", "not described as _rebuild_tensor_v2 wants"),
    };
    static const program bare[] = {
        { "", 0, "no pickle of protocol 2" },          { "\x80", 1, "no pickle of protocol 2" },
        { "\x80\x03.", 3, "no pickle of protocol 2" }, { "\x80\x04\x95", 3, "no pickle of protocol 2" },
        { "(dp0\n.", 6, "no pickle of protocol 2" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        refuse(programs[i].bytes, programs[i].size, programs[i].reason);
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        refuse(bare[i].bytes, bare[i].size, bare[i].reason);
}

static void a_stack_that_does_not_hold_what_is_asked_is_refused(void **state)
{
    static const program programs[] = {
        PROGRAM("", "cut short: no end"),
        PROGRAM(".", "ends with other than one value"),
        PROGRAM("}(.", "ends with other than one value"),
        PROGRAM("}.}", "something behind the end"),
        PROGRAM("R", "nothing left on the stack"),
        PROGRAM("Q", "nothing left on the stack"),
        PROGRAM("b", "nothing left on the stack"),
        PROGRAM("s", "nothing left on the stack"),
        PROGRAM(A A "s", "nothing left on the stack"),
        PROGRAM("u", "nothing left on the stack"),
        PROGRAM("(u", "nothing left on the stack"),
        PROGRAM("a", "nothing left on the stack"),
        PROGRAM("]a", "nothing left on the stack"),
        PROGRAM("]e", "nothing left on the stack"),
        PROGRAM("t", "nothing left on the stack"),
        PROGRAM("\x85", "nothing left on the stack"),
        PROGRAM("K\0\x86", "nothing left on the stack"),
        PROGRAM("K\0(K\0\x86", "nothing left on the stack"),
        PROGRAM("K\0(\x85", "nothing left on the stack"),
        PROGRAM("}(" A A "(s", "nothing left on the stack"),
        PROGRAM("q\0", "nothing left on the stack"),
        PROGRAM("K\0(q\0", "nothing left on the stack"),
        PROGRAM("K\0q", "cut short in the middle of an opcode"),
        PROGRAM("K", "cut short in the middle of an opcode"),
        PROGRAM("J\0\0\0", "cut short in the middle of an opcode"),
        PROGRAM("G\0\0\0\0\0\0\0", "cut short in the middle of an opcode"),
        PROGRAM("\x8A", "cut short in the middle of an opcode"),
        PROGRAM("\x8A\x02\0", "cut short in the middle of an opcode"),
        PROGRAM("\x8A\x09\0\0\0\0\0\0\0\0\0", "more than 64 bits"),
        PROGRAM("X\x02\0\0\0a", "cut short in the middle of an opcode"),
        PROGRAM("X\xFF\xFF\xFF\xFF", "a text of 4294967295 bytes is longer than 4096"),
        PROGRAM("K\0q\x01", "remembered out of order"),
        PROGRAM("K\0r\0\0\0\x7F", "remembered out of order"),
        PROGRAM("K\0q\0q\0", "remembered out of order"),
        PROGRAM("h\0", "never remembered"),
        PROGRAM("K\0q\0j\0\0\0\x01", "never remembered"),
        PROGRAM("K\0" A A "s", "no dictionary"),
        PROGRAM(")(" A A "u", "no dictionary"),
        PROGRAM("}(" A "u", "a key without a value"),
        PROGRAM("}})s", "a key that is no text"),
        PROGRAM("})b", "attributes to what is no dictionary"),
        PROGRAM("}}" A A "sb", "attributes other than _metadata"),
        PROGRAM(ORDERED "}" A A "sb", "attributes other than _metadata"),
        PROGRAM(ORDERED "}b", "attributes other than _metadata"),
        PROGRAM(ORDERED "}X\x09\0\0\0_metadata}s" A A "sb", "attributes other than _metadata"),
        PROGRAM(ORDERED "}X\x09\0\0\0_metadata}sb}X\x09\0\0\0_metadata}sb", "attributes other than"),
        PROGRAM("}K\0a", "appends to what is no list"),
        PROGRAM("((((((((((((((((((((((((((((((((((", "nested too deeply"),
        PROGRAM(")\x85\x85\x85\x85\x85\x85\x85\x85\x85", "nested too deeply"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        refuse(programs[i].bytes, programs[i].size, programs[i].reason);
}

static void a_tensor_described_otherwise_is_refused(void **state)
{
#define CALL(arguments) REBUILD "(" arguments "tR"
#define PERSISTENT(id) "(" id "tQ"
#define KIND "X\x07\0\0\0storage"
#define CLASS "ctorch\nFloatStorage\n"
#define ZERO                                                                                                   \
    "X\x01\0\0\0"                                                                                              \
    "0"
    static const char odd[] = "not described as _rebuild_tensor_v2 wants",
                      id[] = "not described as torch.save does";
    static const program programs[] = {
        DICTIONARY(CALL(STORAGE "K\0))\x89"), odd),
        DICTIONARY(CALL(STORAGE "K\0))\x89" ORDERED "}"), odd),
        DICTIONARY(CALL("K\0K\0))\x89" ORDERED), odd),
        DICTIONARY(CALL(STORAGE ")))\x89" ORDERED), odd),
        DICTIONARY(CALL(STORAGE "K\0K\0)\x89" ORDERED), odd),
        DICTIONARY(CALL(STORAGE "K\0))K\0" ORDERED), odd),
        DICTIONARY(CALL(STORAGE "K\0))\x89N"), odd),
        DICTIONARY(CALL(STORAGE "K\0))\x89" ORDERED "K\x01K\x01s"), "a tensor with hooks"),
        DICTIONARY(CALL(STORAGE "K\0(K\1K\1K\1K\1K\1t(K\1K\1K\1K\1K\1t\x89" ORDERED), "more than 4 dimensions"),
        DICTIONARY(CALL(STORAGE "K\0K\1K\1\x86K\1\x85\x89" ORDERED), "shape and strides differ"),
        DICTIONARY(CALL(STORAGE "K\0N\x85K\1\x85\x89" ORDERED), "no integers"),
        DICTIONARY(CALL(STORAGE "K\0K\1\x85" A "\x85\x89" ORDERED), "no integers"),
        DICTIONARY("K\0Q", id),
        DICTIONARY(PERSISTENT(KIND CLASS ZERO A), id),
        DICTIONARY(PERSISTENT(A CLASS ZERO A "K\1"), id),
        DICTIONARY(PERSISTENT(KIND "K\1" ZERO A "K\1"), id),
        DICTIONARY(PERSISTENT(KIND "ccollections\nOrderedDict\n" ZERO A "K\1"), id),
        DICTIONARY(PERSISTENT(KIND CLASS "K\0" A "K\1"), id),
        DICTIONARY(PERSISTENT(KIND CLASS ZERO "K\0K\1"), id),
        DICTIONARY(PERSISTENT(KIND CLASS ZERO A A), id),
        DICTIONARY(PERSISTENT(KIND CLASS "X\0\0\0\0" A "K\1"), "names no member"),
        DICTIONARY(PERSISTENT(KIND CLASS "X\x04\0\0\0../a" A "K\1"), "names no member"),
        DICTIONARY(PERSISTENT(KIND CLASS "X\x01\0\0\0\n" A "K\1"), "names no member"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        refuse(programs[i].bytes, programs[i].size, programs[i].reason);
}

static void what_is_no_dictionary_of_tensors_is_told(void **state)
{
    static const program programs[] = {
        PROGRAM("N.", "holds something else, not a dictionary"),
        PROGRAM(TENSOR ".", "holds a single tensor, not a dictionary"),
        PROGRAM(ORDERED ".", "holds an empty dictionary"),
        PROGRAM("}" A "K\1s.", "\"a\" is no tensor"),
        PROGRAM("}K\1K\1s.", "\"\" is no tensor"),
        PROGRAM("}K\1" TENSOR "s.", "\"\" is no tensor"),
        PROGRAM("}X\2\0\0\0\x1b[K\1s.", "\"\" is no tensor"),
        PROGRAM("}" A "}" A TENSOR "ss.",
                "a training checkpoint, not a dictionary of tensors: save its part \"a\""),
        PROGRAM("}(X\1\0\0\0bK\1X\5\0\0\0optim}" A "K\1s" A "}" A TENSOR "su.", "save its part \"a\" alone"),
        PROGRAM("}(" A "}" A "K\1sX\1\0\0\0bGAAAAAAAAX\1\0\0\0cNX\1\0\0\0d](K\1K\2eu.", "\"a\" is no tensor"),
        PROGRAM("}q\0" A "h\0s.", "\"a\" is no tensor"),
        PROGRAM("}(" A TENSOR A TENSOR "u.", "a: two tensors of this name"),
        PROGRAM("}X\0\0\0\0" TENSOR "s.", "name is empty"),
        PROGRAM("}X\1\0\0\0\n" TENSOR "s.", "not printable"),
        PROGRAM("}X\2\0\0\0\xC3(" TENSOR "s.", "not printable"),
    };
    size_t size;
    unsigned char *training = file_read(&size, data_path("seeds/training.pkl"));

    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        refuse(programs[i].bytes, programs[i].size, programs[i].reason);
    refuse(training, size, "\"epoch\" is no tensor");
    free(training);
}

/* The protocol, then `first`, then `again` many times, then `last`. */
static void refuse_bomb(program first, program again, int times, program last, const char *reason)
{
    made m = { 0 };

    MADE_TEXT(&m, PROTOCOL);
    made_add(&m, first.bytes, first.size);
    for (int n = 0; n < times; n++)
        made_add(&m, again.bytes, again.size);
    made_add(&m, last.bytes, last.size);
    refuse(m.bytes, m.size, reason);
    free(m.bytes);
}

static void nothing_grows_beyond_its_limit(void **state)
{
#define BYTES(literal) ((program){ literal, sizeof(literal) - 1, NULL })
    static const char ten[] = "NNNNNNNNNN";
    const program none = BYTES("");
    made m = { 0 };

    (void)state;
    refuse_bomb(none, BYTES("N"), 262145, none, "more than 262144 values at once");
    refuse_bomb(none, BYTES("}"), 262145, none, "more than 262144 dictionaries");
    refuse_bomb(BYTES("}"), BYTES(A "Ns"), 262145, none, "more than 262144 entries");
    refuse_bomb(BYTES("]("), BYTES("(NNNNNNNNNNNNNNNNNNNNt"), 104858, none,
                "more than 2097152 values in tuples");
    refuse_bomb(BYTES("("), (program){ ten, 10, NULL }, 6554, BYTES("t."), "a tuple of more than 65535 values");
    refuse_bomb(BYTES("}(" A TENSOR "q\0"), BYTES(A "h\0"), 65536, BYTES("u."),
                "65537 tensors are more than 65536");
    refuse_bomb(BYTES("}("), BYTES(STORAGE), 65537, none, "more than 65536 storages");
    MADE_TEXT(&m, PROTOCOL "N");
    for (uint32_t n = 0; n < 1048577; n++) {
        MADE_TEXT(&m, "r");
        made_number(&m, n, 4);
    }
    refuse(m.bytes, m.size, "more than 1048576 values to remember");
    m.size = 0;
    MADE_TEXT(&m, PROTOCOL);
    for (int n = 0; n < (16 << 20); n++)
        MADE_TEXT(&m, "N");
    refuse(m.bytes, m.size, "data.pkl of 16777218 bytes is larger");
    free(m.bytes);
}

static void a_pickle_cut_anywhere_is_refused(void **state)
{
    made m = pickle_of(two, 2);

    (void)state;
    for (size_t size = 0; size < m.size; size++)
        refuse(m.bytes, size, "");
    free(m.bytes);
}

static void each_allocation_may_fail(void **state)
{
    made m = pickle_of(two, 2);
    inspyr_status status = INSPYR_ERR_MEMORY;

    (void)state;
    for (int nth = 0; status; nth++) {
        inspyr_error error;
        pickle p;
        scarce s;

        status = read_with(&p, m.bytes, m.size, &s, nth, &error);
        assert_int_equal(status, nth < s.asked ? INSPYR_ERR_MEMORY : INSPYR_OK);
        pickle_free(&p);
        assert_int_equal(s.balance, 0);
        assert_true(nth < 10);
    }
    free(m.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dictionary_of_tensors_is_read),
        cmocka_unit_test(numbers_have_the_sign_and_size_they_are_written_with),
        cmocka_unit_test(what_torch_writes_is_read),
        cmocka_unit_test(anything_else_than_tensors_is_refused_by_name),
        cmocka_unit_test(a_stack_that_does_not_hold_what_is_asked_is_refused),
        cmocka_unit_test(a_tensor_described_otherwise_is_refused),
        cmocka_unit_test(what_is_no_dictionary_of_tensors_is_told),
        cmocka_unit_test(nothing_grows_beyond_its_limit),
        cmocka_unit_test(a_pickle_cut_anywhere_is_refused),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
