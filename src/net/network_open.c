#include "base/status.h"
#include "net/network.h"

/* All sizes are the file's, so what does not fit is its mistake. */
static inspyr_status record(plan *p, const network_config *c, inspyr_error *error)
{
    inspyr_status status =
        network_record(p, c, (network_size){ .n = 1, .h = c->base_h, .w = c->base_w }, error);

    if (!status || status == INSPYR_ERR_MEMORY)
        return status;
    if (error)
        error->status = INSPYR_ERR_WEIGHTS;
    return INSPYR_ERR_WEIGHTS;
}

inspyr_status network_open(plan **out, network_config *config, const weights *w, const network_hints *hints,
                           const inspyr_allocator *allocator, inspyr_error *error)
{
    plan *p = NULL;
    inspyr_status status = network_configure(config, w, hints, error);

    *out = NULL;
    if (!status)
        status = plan_create(&p, allocator, error);
    if (!status)
        status = record(p, config, error);
    if (!status)
        status = weights_match(w, p, error);
    if (status)
        plan_free(p);
    else
        *out = p;
    return status;
}
