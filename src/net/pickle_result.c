/* pickle_result.c - is what a pickle made a dictionary of tensors by name? */
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "net/pickle_machine.h"

static const item *items_of(const machine *m)
{
    return m->items.items;
}

static bool has_tensors(const machine *m, int32_t index)
{
    for (int32_t i = 0; i < m->items.count; i++)
        if (items_of(m)[i].dictionary == index && items_of(m)[i].value.kind == VALUE_TENSOR)
            return true;
    return false;
}

/* One entry is no tensor. If another one is a dictionary of them, this is what training leaves behind. */
static inspyr_status no_tensor(machine *m, int32_t top, const item *odd)
{
    int32_t searches = 8; /* of all entries, each */
    pickle_text name;

    for (int32_t i = 0; i < m->items.count && searches; i++) {
        const item *inner = &items_of(m)[i];

        if (inner->dictionary != top || inner->value.kind != VALUE_DICTIONARY || inner->key.kind != VALUE_TEXT)
            continue;
        name = machine_text(m, inner->key);
        searches--;
        if (inner->value.index != top && name.size <= PICKLE_NAME &&
            text_printable(name.bytes, (size_t)name.size) && has_tensors(m, inner->value.index))
            return failed(
                m->error, INSPYR_ERR_WEIGHTS,
                "a training checkpoint, not a dictionary of tensors: save its part \"%.*s\" alone, with torch",
                (int)name.size, name.bytes);
    }
    name = odd->key.kind == VALUE_TEXT ? machine_text(m, odd->key) : (pickle_text){ "", 0 };
    if (name.size > PICKLE_NAME || !text_printable(name.bytes, (size_t)name.size))
        name.size = 0;
    return failed(m->error, INSPYR_ERR_WEIGHTS, "not a dictionary of tensors by name: \"%.*s\" is no tensor",
                  (int)name.size, name.bytes);
}

static int by_name(const void *a, const void *b)
{
    const pickle_text first = ((const pickle_named *)a)->name, second = ((const pickle_named *)b)->name;
    int order =
        memcmp(first.bytes, second.bytes, (size_t)(first.size < second.size ? first.size : second.size));

    return order ? order : (first.size > second.size) - (first.size < second.size);
}

static inspyr_status fill(machine *m, int32_t top, pickle *out)
{
    const pickle_tensor *tensors = m->tensors.items;

    for (int32_t i = 0; i < m->items.count; i++) {
        const item *entry = &items_of(m)[i];
        pickle_named *named = &out->named[out->count];

        if (entry->dictionary != top)
            continue;
        if (entry->value.kind != VALUE_TENSOR || entry->key.kind != VALUE_TEXT)
            return no_tensor(m, top, entry);
        named->name = machine_text(m, entry->key);
        if (!named->name.size || named->name.size > PICKLE_NAME ||
            !text_printable(named->name.bytes, (size_t)named->name.size))
            return failed(m->error, INSPYR_ERR_WEIGHTS, "a tensor's name is empty, too long or not printable");
        named->tensor = tensors[entry->value.index];
        out->count++;
    }
    return INSPYR_OK;
}

inspyr_status machine_result(machine *m, value result, pickle *out)
{
    inspyr_status status;
    int32_t count;

    if (result.kind != VALUE_DICTIONARY)
        return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl holds %s, not a dictionary of tensors by name",
                      result.kind == VALUE_TENSOR ? "a single tensor" : "something else");
    count = ((const dictionary *)m->dictionaries.items)[result.index].count;
    if (!count)
        return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl holds an empty dictionary");
    if (count > m->tensors.limit) /* of names: many may share a tensor */
        return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl: %d tensors are more than %d", (int)count,
                      (int)m->tensors.limit);
    out->named = memory_array(&m->allocator, (size_t)count, sizeof *out->named);
    if (!out->named)
        return failed(m->error, INSPYR_ERR_MEMORY, "no room for %d names", (int)count);
    status = fill(m, result.index, out);
    if (status)
        return status;
    qsort(out->named, (size_t)out->count, sizeof *out->named, by_name);
    for (int32_t i = 1; i < out->count; i++)
        if (!by_name(&out->named[i - 1], &out->named[i]))
            return failed(m->error, INSPYR_ERR_WEIGHTS, "%.*s: two tensors of this name",
                          (int)out->named[i].name.size, out->named[i].name.bytes);
    return INSPYR_OK;
}
