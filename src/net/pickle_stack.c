#include "base/memory.h"
#include "base/status.h"
#include "net/pickle_machine.h"

inspyr_status pickle_wrong(machine *m, const char *reason)
{
    return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl, before byte %zu: %s", m->at, reason);
}

inspyr_status pile_add(machine *m, pile *p, const void *items, int32_t count)
{
    if (count > p->limit - p->count)
        return failed(m->error, INSPYR_ERR_WEIGHTS, "data.pkl: more than %d %s", (int)p->limit, p->what);
    if (p->count + count > p->room) {
        int32_t room = p->room < 64 ? 64 : p->room;
        void *larger;

        while (room < p->count + count)
            room = room > p->limit / 2 ? p->limit : 2 * room;
        larger = memory_array(&m->allocator, (size_t)room, p->item_size);
        if (!larger)
            return failed(m->error, INSPYR_ERR_MEMORY, "no room for %d %s", (int)room, p->what);
        if (p->items)
            memcpy(larger, p->items, (size_t)p->count * p->item_size);
        memory_give(&m->allocator, p->items);
        p->items = larger;
        p->room = room;
    }
    if (count)
        memcpy((unsigned char *)p->items + (size_t)p->count * p->item_size, items,
               (size_t)count * p->item_size);
    p->count += count;
    return INSPYR_OK;
}

const value *machine_pop(machine *m, int32_t count)
{
    int32_t floor = m->mark_count ? m->marks[m->mark_count - 1] : 0;

    if (!m->stack.items || count > m->stack.count - floor)
        return NULL;
    m->stack.count -= count;
    return (const value *)m->stack.items + m->stack.count;
}

inspyr_status machine_push(machine *m, value v)
{
    return pile_add(m, &m->stack, &v, 1);
}

const value *machine_cells(const machine *m, value tuple)
{
    return tuple.size ? (const value *)m->cells.items + tuple.index : NULL;
}

pickle_text machine_text(const machine *m, value text)
{
    return (pickle_text){ (const char *)m->bytes + text.index, text.size };
}

bool machine_is(const machine *m, value v, const char *text)
{
    return v.kind == VALUE_TEXT && v.size == strlen(text) && !memcmp(m->bytes + v.index, text, v.size);
}
