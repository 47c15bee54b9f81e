#include "run/context/job_product.h"

#include "base/memory.h"

product *product_create(const inspyr_allocator *allocator)
{
    product *p = memory_zeroed(allocator, sizeof *p);

    if (!p)
        return NULL;
    p->allocator = *allocator;
    p->scale = 1;
    atomic_init(&p->references, 1);
    return p;
}

product *product_share(product *p)
{
    if (p)
        atomic_fetch_add(&p->references, 1);
    return p;
}

void product_drop(product *p)
{
    inspyr_allocator allocator;

    if (!p || atomic_fetch_sub(&p->references, 1) > 1)
        return;
    allocator = p->allocator;
    inspyr_image_free(p->image);
    inspyr_bytes_free(&p->bytes);
    memory_give(&allocator, p);
}
