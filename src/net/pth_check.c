#include <stdatomic.h>

#include "base/file.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/weights_store.h"
#include "net/zip.h"

typedef struct check {
    const weights *w;
    atomic_int damaged; /* the first part that is; part_count: none */
} check;

static void check_part(void *user, int32_t task, int32_t lane)
{
    check *c = user;
    const weights_part *part = &c->w->parts[task];
    int first = atomic_load(&c->damaged);

    (void)lane;
    if (task > first)
        return;
    if (zip_intact(part->data, part->size, part->crc)) {
        if (c->w->mapped)
            file_forget(part->data, part->size);
        return;
    }
    while (task < first && !atomic_compare_exchange_weak(&c->damaged, &first, task))
        ;
}

inspyr_status pth_check(const weights *w, inspyr_pool *pool, inspyr_error *error)
{
    check c = { .w = w };
    const weights_part *part;
    int damaged;

    atomic_init(&c.damaged, w->part_count);
    pool_run(pool, w->part_count, check_part, &c);
    damaged = atomic_load(&c.damaged);
    if (damaged == w->part_count)
        return INSPYR_OK;
    part = &w->parts[damaged];
    return failed(error, INSPYR_ERR_WEIGHTS, "%s is damaged (%.*s): download the file again",
                  w->tensors[part->tensor].name, (int)part->name_size, part->name);
}
