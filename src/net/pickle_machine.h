/* pickle_machine.h - the state that the opcodes of a pickle work on. Only pickle*.c include it.
 *
 * Layer 3 (net). Threads: single. */
#ifndef INSPYR_NET_PICKLE_MACHINE_H
#define INSPYR_NET_PICKLE_MACHINE_H

#include "net/pickle.h"

#define PICKLE_MARKS 32 /* open at once; torch.save has four */

typedef enum value_kind {
    VALUE_OTHER, /* None, a float, a list: it can be told apart from a tensor, which is enough */
    VALUE_BOOL,
    VALUE_INTEGER,
    VALUE_TEXT,
    VALUE_GLOBAL,
    VALUE_TUPLE,
    VALUE_DICTIONARY,
    VALUE_STORAGE,
    VALUE_TENSOR,
} value_kind;

typedef enum global_name {
    GLOBAL_DICTIONARY,
    GLOBAL_TENSOR,
    GLOBAL_STORAGE, /* and those behind it: one for each weights_type */
} global_name;

typedef struct value {
    uint8_t kind;
    uint8_t depth;  /* of tuples in tuples */
    uint16_t size;  /* TUPLE: its cells; TEXT: its bytes */
    int32_t index;  /* GLOBAL: which; TUPLE: first cell; TEXT: place in the pickle; the rest: in their array */
    int64_t number; /* INTEGER, BOOL */
} value;

typedef struct item {
    int32_t dictionary;
    value key, value;
} item;

typedef struct dictionary {
    int32_t count;
    value first_key;
    bool ordered, built;
} dictionary;

/* An array that grows by doubling up to a limit; `items` is named so that a message can say what of. */
typedef struct pile {
    void *items;
    int32_t count, room, limit;
    size_t item_size;
    const char *what;
} pile;

typedef struct machine {
    inspyr_allocator allocator;
    const unsigned char *bytes;
    size_t size, at;
    pile stack, memo, cells, items, dictionaries, storages, tensors;
    int32_t marks[PICKLE_MARKS], mark_count; /* heights of the stack */
    inspyr_error *error;
} machine;

/* "data.pkl: " and what is wrong at the opcode in hand. */
inspyr_status pickle_wrong(machine *m, const char *reason);

/* Appends `count` copied items. */
inspyr_status pile_add(machine *m, pile *p, const void *items, int32_t count);

/* The top `count` values of the stack, taken off it; NULL if fewer lie above the last mark. Good until the next
 * push. */
const value *machine_pop(machine *m, int32_t count);
inspyr_status machine_push(machine *m, value v);

/* NULL for the empty tuple. */
const value *machine_cells(const machine *m, value tuple);
pickle_text machine_text(const machine *m, value text);
bool machine_is(const machine *m, value v, const char *text);

/* Opcodes that name, call and build. */
inspyr_status machine_global(machine *m);
inspyr_status machine_reduce(machine *m);
inspyr_status machine_persistent(machine *m);
inspyr_status machine_set(machine *m, const value *pairs, int32_t count, value target);
inspyr_status machine_build(machine *m);

/* Turns the value that the pickle ended with into names and tensors. */
inspyr_status machine_result(machine *m, value result, pickle *out);

#endif
