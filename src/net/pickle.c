#include "net/pickle.h"

#include "base/memory.h"
#include "base/status.h"
#include "net/pickle_machine.h"

#define SIZE_LIMIT (16u << 20)
#define TENSORS_MAX 65536
#define TEXT_LIMIT 4096
#define DEPTH_MAX 8

static inspyr_status underflow(machine *m)
{
    return pickle_wrong(m, "nothing left on the stack");
}

/* The argument of an opcode; NULL if the pickle ends before. */
static const unsigned char *argument(machine *m, size_t size)
{
    const unsigned char *p = m->bytes + m->at;

    if (size > m->size - m->at)
        return NULL;
    m->at += size;
    return p;
}

static inspyr_status cut(machine *m)
{
    return pickle_wrong(m, "cut short in the middle of an opcode");
}

static uint64_t number_of(const unsigned char *p, size_t size)
{
    uint64_t number = 0;

    while (size--)
        number = number << 8 | p[size];
    return number;
}

static inspyr_status integer(machine *m, size_t size)
{
    const unsigned char *p = argument(m, size);
    value v = { .kind = VALUE_INTEGER };

    if (!p)
        return cut(m);
    v.number = size == 4 ? (int32_t)(uint32_t)number_of(p, 4) : (int64_t)number_of(p, size);
    return machine_push(m, v);
}

/* LONG1: two's complement in as many bytes as it needs, for counts beyond 2^31. */
static inspyr_status long_integer(machine *m)
{
    const unsigned char *size = argument(m, 1), *p = size ? argument(m, *size) : NULL;
    value v = { .kind = VALUE_INTEGER };

    if (!p)
        return cut(m);
    if (*size > 8)
        return pickle_wrong(m, "an integer of more than 64 bits");
    if (*size) {
        uint64_t sign = p[*size - 1] & 0x80 && *size < 8 ? ~(uint64_t)0 << 8 * *size : 0;

        v.number = (int64_t)(number_of(p, *size) | sign);
    }
    return machine_push(m, v);
}

static inspyr_status text(machine *m)
{
    const unsigned char *p = argument(m, 4);
    uint64_t size = p ? number_of(p, 4) : 0;
    value v = { .kind = VALUE_TEXT };

    if (!p)
        return cut(m);
    if (size > TEXT_LIMIT)
        return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl: a text of %llu bytes is longer than %d",
                      (unsigned long long)size, TEXT_LIMIT);
    v.index = (int32_t)m->at;
    v.size = (uint16_t)size;
    if (!argument(m, (size_t)size))
        return cut(m);
    return machine_push(m, v);
}

/* The argument is the index: torch.save counts, so any other index is there to fill memory. */
static inspyr_status memoize(machine *m, size_t size)
{
    const unsigned char *p = argument(m, size);
    const value *top = machine_pop(m, 1);

    if (!p)
        return cut(m);
    if (!top)
        return underflow(m);
    m->stack.count++;
    if (number_of(p, size) != (uint64_t)m->memo.count)
        return pickle_wrong(m, "values are remembered out of order");
    return pile_add(m, &m->memo, top, 1);
}

static inspyr_status recall(machine *m, size_t size)
{
    const unsigned char *p = argument(m, size);

    if (!p)
        return cut(m);
    if (number_of(p, size) >= (uint64_t)m->memo.count)
        return pickle_wrong(m, "recalls a value that was never remembered");
    return machine_push(m, ((const value *)m->memo.items)[number_of(p, size)]);
}

static inspyr_status mark(machine *m)
{
    if (m->mark_count == PICKLE_MARKS)
        return pickle_wrong(m, "nested too deeply");
    m->marks[m->mark_count++] = m->stack.count;
    return INSPYR_OK;
}

/* The values above the last mark, which goes with them; NULL if there is no mark. */
static const value *pop_marked(machine *m, int32_t *count)
{
    const value *values;

    if (!m->mark_count)
        return NULL;
    *count = m->stack.count - m->marks[m->mark_count - 1];
    values = machine_pop(m, *count);
    m->mark_count--;
    return values;
}

static inspyr_status tuple_of(machine *m, const value *values, int32_t count)
{
    value v = { .kind = VALUE_TUPLE, .index = m->cells.count };
    inspyr_status status;

    if (!values)
        return underflow(m);
    if (count > UINT16_MAX)
        return pickle_wrong(m, "a tuple of more than 65535 values");
    v.size = (uint16_t)count;
    for (int32_t i = 0; i < count; i++)
        if (values[i].kind == VALUE_TUPLE && values[i].depth >= v.depth)
            v.depth = (uint8_t)(values[i].depth + 1);
    if (v.depth > DEPTH_MAX)
        return pickle_wrong(m, "nested too deeply");
    status = pile_add(m, &m->cells, values, count);
    return status ? status : machine_push(m, v);
}

static inspyr_status new_dictionary(machine *m)
{
    inspyr_status status = pile_add(m, &m->dictionaries, &(dictionary){ 0 }, 1);

    return status ? status
                  : machine_push(m, (value){ .kind = VALUE_DICTIONARY, .index = m->dictionaries.count - 1 });
}

static inspyr_status set_items(machine *m, const value *pairs, int32_t count)
{
    const value *target;

    if (!pairs)
        return underflow(m);
    target = machine_pop(m, 1);
    if (!target)
        return underflow(m);
    m->stack.count++; /* it stays, and what was popped above it is still there */
    return machine_set(m, pairs, count, *target);
}

/* Lists are not kept: their values only have to go. */
static inspyr_status append(machine *m, const value *values)
{
    const value *list = values ? machine_pop(m, 1) : NULL;

    if (!list)
        return underflow(m);
    m->stack.count++;
    return list->kind == VALUE_OTHER ? INSPYR_OK : pickle_wrong(m, "appends to what is no list");
}

static inspyr_status unknown_opcode(machine *m, unsigned char opcode)
{
    return failed(m->error, INSPYR_ERR_WEIGHTS,
                  "data.pkl: opcode 0x%02x at byte %zu, which no weight file needs", opcode, m->at - 1);
}

static inspyr_status step(machine *m, unsigned char opcode)
{
    const value other = { .kind = VALUE_OTHER };
    const value *values;
    int32_t count = 0;

    switch (opcode) {
    case 'c':
        return machine_global(m);
    case 'q':
        return memoize(m, 1);
    case 'r':
        return memoize(m, 4);
    case 'h':
        return recall(m, 1);
    case 'j':
        return recall(m, 4);
    case '(':
        return mark(m);
    case ')':
        return tuple_of(m, &other, 0);
    case 't':
        values = pop_marked(m, &count);
        return tuple_of(m, values, count);
    case 0x85:
    case 0x86:
    case 0x87:
        return tuple_of(m, machine_pop(m, opcode - 0x84), opcode - 0x84);
    case 'K':
        return integer(m, 1);
    case 'M':
        return integer(m, 2);
    case 'J':
        return integer(m, 4);
    case 0x8A:
        return long_integer(m);
    case 'X':
        return text(m);
    case 0x88:
    case 0x89:
        return machine_push(m, (value){ .kind = VALUE_BOOL, .number = opcode == 0x88 });
    case '}':
        return new_dictionary(m);
    case 's':
        return set_items(m, machine_pop(m, 2), 2);
    case 'u':
        values = pop_marked(m, &count);
        return set_items(m, values, count);
    case 'R':
        return machine_reduce(m);
    case 'Q':
        return machine_persistent(m);
    case 'b':
        return machine_build(m);
    case 'G': /* from here on: learning rates and the like, so that a training checkpoint can be named */
        return argument(m, 8) ? machine_push(m, other) : cut(m);
    case 'N':
    case ']':
        return machine_push(m, other);
    case 'a':
        return append(m, machine_pop(m, 1));
    case 'e':
        return append(m, pop_marked(m, &count));
    default:
        return unknown_opcode(m, opcode);
    }
}

static inspyr_status run(machine *m, value *result)
{
    inspyr_status status = INSPYR_OK;

    if (m->size < 2 || m->bytes[0] != 0x80 || m->bytes[1] != 2)
        return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl is no pickle of protocol 2");
    m->at = 2;
    while (status == INSPYR_OK && m->at < m->size) {
        unsigned char opcode = m->bytes[m->at++];

        if (opcode != '.') {
            status = step(m, opcode);
            continue;
        }
        if (m->at != m->size)
            return pickle_wrong(m, "something behind the end");
        if (m->mark_count || m->stack.count != 1)
            return pickle_wrong(m, "ends with other than one value");
        *result = *(const value *)m->stack.items;
        return INSPYR_OK;
    }
    return status ? status : pickle_wrong(m, "cut short: no end");
}

inspyr_status pickle_read(pickle *out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                          inspyr_error *error)
{
    machine m = {
        .allocator = *allocator,
        .bytes = bytes,
        .size = size,
        .stack = { .limit = 4 * TENSORS_MAX, .item_size = sizeof(value), .what = "values at once" },
        .memo = { .limit = 16 * TENSORS_MAX, .item_size = sizeof(value), .what = "values to remember" },
        .cells = { .limit = 32 * TENSORS_MAX, .item_size = sizeof(value), .what = "values in tuples" },
        .items = { .limit = 4 * TENSORS_MAX, .item_size = sizeof(item), .what = "entries" },
        .dictionaries = { .limit = 4 * TENSORS_MAX, .item_size = sizeof(dictionary), .what = "dictionaries" },
        .storages = { .limit = TENSORS_MAX, .item_size = sizeof(pickle_storage), .what = "storages" },
        .tensors = { .limit = TENSORS_MAX, .item_size = sizeof(pickle_tensor), .what = "tensors" },
        .error = error,
    };
    pile *const piles[] = { &m.stack, &m.memo, &m.cells, &m.items, &m.dictionaries, &m.tensors, &m.storages };
    inspyr_status status;
    value result = { 0 };

    *out = (pickle){ .allocator = *allocator };
    if (size > SIZE_LIMIT)
        return failed(error, INSPYR_ERR_WEIGHTS, "data.pkl of %zu bytes is larger than %u", size, SIZE_LIMIT);
    status = run(&m, &result);
    if (status == INSPYR_OK)
        status = machine_result(&m, result, out);
    if (status == INSPYR_OK) {
        out->storages = m.storages.items;
        out->storage_count = m.storages.count;
        m.storages.items = NULL;
    }
    for (size_t i = 0; i < sizeof piles / sizeof *piles; i++)
        memory_give(&m.allocator, piles[i]->items);
    if (status)
        pickle_free(out);
    return status;
}

void pickle_free(pickle *p)
{
    if (p->named)
        memory_give(&p->allocator, p->named);
    if (p->storages)
        memory_give(&p->allocator, p->storages);
    *p = (pickle){ 0 };
}
