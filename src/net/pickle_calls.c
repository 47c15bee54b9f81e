/* pickle_calls.c - what a pickle may name, call and build: records, and nothing of Python's. */
#include "base/status.h"
#include "base/text.h"
#include "net/pickle_machine.h"

#define GLOBAL_SHOWN 80 /* bytes of either half of a refused name */

static const struct {
    const char *module, *name;
} known[] = {
    [GLOBAL_DICTIONARY] = { "collections", "OrderedDict" },
    [GLOBAL_TENSOR] = { "torch._utils", "_rebuild_tensor_v2" },
    [GLOBAL_STORAGE + WEIGHTS_F32] = { "torch", "FloatStorage" },
    [GLOBAL_STORAGE + WEIGHTS_F16] = { "torch", "HalfStorage" },
    [GLOBAL_STORAGE + WEIGHTS_BF16] = { "torch", "BFloat16Storage" },
    [GLOBAL_STORAGE + WEIGHTS_I64] = { "torch", "LongStorage" },
};

/* Up to the end of a line, which goes too; no bytes if there is none. */
static pickle_text line(machine *m)
{
    const unsigned char *begin = m->bytes + m->at, *end = memchr(begin, '\n', m->size - m->at);

    if (!end)
        return (pickle_text){ 0 };
    m->at += (size_t)(end - begin) + 1;
    return (pickle_text){ (const char *)begin, (int32_t)(end - begin) };
}

static bool is(pickle_text text, const char *word)
{
    return (size_t)text.size == strlen(word) && !memcmp(text.bytes, word, strlen(word));
}

static inspyr_status refuse(machine *m, pickle_text module, pickle_text name)
{
    static const char suffix[] = "Storage";
    const int32_t tail = (int32_t)sizeof suffix - 1;

    if (module.size > GLOBAL_SHOWN)
        module.size = GLOBAL_SHOWN;
    if (name.size > GLOBAL_SHOWN)
        name.size = GLOBAL_SHOWN;
    if (!text_printable(module.bytes, (size_t)module.size) || !text_printable(name.bytes, (size_t)name.size))
        return failed(m->error, INSPYR_ERR_WEIGHTS,
                      "data.pkl asks for something unprintable, which no weight file needs: not loaded");
    if (is(module, "torch") && name.size > tail && !memcmp(name.bytes + name.size - tail, suffix, (size_t)tail))
        return failed(
            m->error, INSPYR_ERR_WEIGHTS,
            "data.pkl asks for torch.%.*s: only FloatStorage, HalfStorage, BFloat16Storage and LongStorage "
            "are read",
            (int)name.size, name.bytes);
    return failed(m->error, INSPYR_ERR_WEIGHTS,
                  "data.pkl asks for %.*s.%.*s, which no weight file needs: not loaded", (int)module.size,
                  module.bytes, (int)name.size, name.bytes);
}

inspyr_status machine_global(machine *m)
{
    pickle_text module = line(m), name = module.bytes ? line(m) : module;

    if (!name.bytes)
        return pickle_wrong(m, "cut short in the middle of a name");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is(module, known[i].module) && is(name, known[i].name))
            return machine_push(m, (value){ .kind = VALUE_GLOBAL, .index = (int32_t)i });
    return refuse(m, module, name);
}

static bool read_sides(int64_t *out, const machine *m, value tuple)
{
    const value *cells = machine_cells(m, tuple);

    for (int32_t i = 0; i < tuple.size; i++) {
        if (cells[i].kind != VALUE_INTEGER)
            return false;
        out[i] = cells[i].number;
    }
    return true;
}

/* (storage, offset, shape, strides, requires_grad, hooks) */
static inspyr_status rebuild_tensor(machine *m, value arguments)
{
    const value *a = machine_cells(m, arguments);
    pickle_tensor tensor = { 0 };
    inspyr_status status;

    if (arguments.size != 6 || a[0].kind != VALUE_STORAGE || a[1].kind != VALUE_INTEGER ||
        a[2].kind != VALUE_TUPLE || a[3].kind != VALUE_TUPLE || a[4].kind != VALUE_BOOL ||
        a[5].kind != VALUE_DICTIONARY)
        return pickle_wrong(m, "a tensor is not described as _rebuild_tensor_v2 wants it");
    if (((const dictionary *)m->dictionaries.items)[a[5].index].count)
        return pickle_wrong(m, "a tensor with hooks");
    if (a[2].size > WEIGHTS_DIMENSIONS)
        return pickle_wrong(m, "a tensor of more than 4 dimensions");
    if (a[3].size != a[2].size)
        return pickle_wrong(m, "a tensor whose shape and strides differ in number");
    tensor.storage = a[0].index;
    tensor.offset = a[1].number;
    tensor.dimensions = a[2].size;
    if (!read_sides(tensor.shape, m, a[2]) || !read_sides(tensor.strides, m, a[3]))
        return pickle_wrong(m, "a tensor whose shape or strides are no integers");
    status = pile_add(m, &m->tensors, &tensor, 1);
    return status ? status : machine_push(m, (value){ .kind = VALUE_TENSOR, .index = m->tensors.count - 1 });
}

static inspyr_status new_ordered(machine *m)
{
    inspyr_status status = pile_add(m, &m->dictionaries, &(dictionary){ .ordered = true }, 1);

    return status ? status
                  : machine_push(m, (value){ .kind = VALUE_DICTIONARY, .index = m->dictionaries.count - 1 });
}

inspyr_status machine_reduce(machine *m)
{
    const value *call = machine_pop(m, 2);

    if (!call)
        return pickle_wrong(m, "nothing left on the stack");
    if (call[0].kind == VALUE_GLOBAL && call[1].kind == VALUE_TUPLE) {
        if (call[0].index == GLOBAL_TENSOR)
            return rebuild_tensor(m, call[1]);
        if (call[0].index == GLOBAL_DICTIONARY && call[1].size == 0)
            return new_ordered(m);
    }
    return pickle_wrong(m, "calls something else than OrderedDict() and _rebuild_tensor_v2(...)");
}

/* ("storage", class, key, device, count); where the numbers were does not matter. */
inspyr_status machine_persistent(machine *m)
{
    const value *id = machine_pop(m, 1), *a;
    pickle_storage storage;
    inspyr_status status;

    if (!id)
        return pickle_wrong(m, "nothing left on the stack");
    a = id->kind == VALUE_TUPLE && id->size == 5 ? machine_cells(m, *id) : NULL;
    if (!a || !machine_is(m, a[0], "storage") || a[1].kind != VALUE_GLOBAL || a[1].index < GLOBAL_STORAGE ||
        a[2].kind != VALUE_TEXT || a[3].kind != VALUE_TEXT || a[4].kind != VALUE_INTEGER)
        return pickle_wrong(m, "a storage is not described as torch.save does it");
    storage.key = machine_text(m, a[2]);
    storage.type = (weights_type)(a[1].index - GLOBAL_STORAGE);
    storage.count = a[4].number;
    if (storage.key.size < 1 || storage.key.size > PICKLE_KEY ||
        !text_printable(storage.key.bytes, (size_t)storage.key.size) ||
        memchr(storage.key.bytes, '/', (size_t)storage.key.size))
        return pickle_wrong(m, "a storage whose key names no member of the archive");
    status = pile_add(m, &m->storages, &storage, 1);
    return status ? status : machine_push(m, (value){ .kind = VALUE_STORAGE, .index = m->storages.count - 1 });
}

inspyr_status machine_set(machine *m, const value *pairs, int32_t count, value target)
{
    dictionary *d;

    if (target.kind != VALUE_DICTIONARY)
        return pickle_wrong(m, "sets an entry of what is no dictionary");
    if (count % 2)
        return pickle_wrong(m, "a key without a value");
    d = (dictionary *)m->dictionaries.items + target.index;
    for (int32_t i = 0; i < count; i += 2) {
        item new = { target.index, pairs[i], pairs[i + 1] };
        inspyr_status status;

        if (new.key.kind != VALUE_TEXT &&new.key.kind != VALUE_INTEGER)
            return pickle_wrong(m, "a key that is no text");
        status = pile_add(m, &m->items, &new, 1);
        if (status)
            return status;
        if (!d->count++)
            d->first_key = new.key;
    }
    return INSPYR_OK;
}

/* A module's dictionary carries the versions of its parts as an attribute, which has no use here. */
inspyr_status machine_build(machine *m)
{
    const value *pair = machine_pop(m, 2);
    dictionary *all = m->dictionaries.items, *target, *attributes;

    if (!pair)
        return pickle_wrong(m, "nothing left on the stack");
    m->stack.count++;
    if (pair[0].kind != VALUE_DICTIONARY || pair[1].kind != VALUE_DICTIONARY)
        return pickle_wrong(m, "gives attributes to what is no dictionary");
    target = all + pair[0].index;
    attributes = all + pair[1].index;
    if (!target->ordered || target->built || attributes->ordered || attributes->count != 1 ||
        !machine_is(m, attributes->first_key, "_metadata"))
        return pickle_wrong(m, "attributes other than _metadata");
    target->built = true;
    return INSPYR_OK;
}
