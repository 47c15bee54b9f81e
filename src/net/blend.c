/* blend.c - one saliency map from two passes: the small one says what the subject is, the large one where its
 * edges run. The large one's details enter where the map in the making changes from subject to background. */
#include "net/network.h"

/* One level: the details p within `window` pixels of an edge of d. */
static plan_id finer(plan *p, plan_id d, plan_id details, int32_t window, const char *name)
{
    plan_id edges = plan_transition(p, d, window);

    details = plan_multiply(p, plan_whole(details), plan_sampled(edges, PLAN_HALF_PIXEL));
    return plan_expand_add(p, d, details, name);
}

plan_id blend_record(plan *p, plan_id low, const network_pyramid *high)
{
    plan_id d;

    if (p->status)
        return -1;
    d = plan_resize(p, plan_sampled(low, PLAN_HALF_PIXEL), p->values[high->d3].h, p->values[high->d3].w);
    d = finer(p, d, high->p2, 5, NULL);
    d = finer(p, d, high->p1, 9, NULL);
    return finer(p, d, high->p0, 17, "blended");
}
