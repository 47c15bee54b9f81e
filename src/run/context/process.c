/* process.c - many pictures at once, for callers that wait for all of them. */
#include "base/status.h"
#include "run/context/context.h"

/* Until it is over, however it ends. NULL: it never began. */
static void wait_for(inspyr_job *job, inspyr_error *how)
{
    succeeded(how);
    if (job)
        how->status = inspyr_job_wait(job, -1, how);
}

/* Earlier jobs of the call make room. */
static void submit(inspyr_job **outs, size_t i, inspyr_context *c, const inspyr_bytes *picture,
                   const inspyr_request *request, size_t *waited, inspyr_error *error)
{
    inspyr_error ignored;

    while (inspyr_context_submit(&outs[i], c, picture->data, picture->size, request, error) ==
               INSPYR_ERR_OVERLOAD &&
           *waited < i)
        wait_for(outs[(*waited)++], &ignored);
}

static void keep_first(inspyr_error *first, const inspyr_error *one)
{
    if (!first->status && one->status)
        *first = *one;
}

inspyr_status inspyr_context_process(inspyr_job **outs, inspyr_context *context, const inspyr_bytes *pictures,
                                     size_t n, const inspyr_request *request, inspyr_error *error)
{
    inspyr_error first = { INSPYR_OK, "" }, one;
    size_t waited = 0;
    inspyr_status status;

    succeeded(error);
    if (!outs || !pictures || n < 1 || n > 4096)
        return failed(error, INSPYR_ERR_ARGUMENT, "outs and pictures are needed, and %zu of them: 1 to 4096",
                      n);
    memset(outs, 0, n * sizeof *outs);
    status = context_usable(context, error);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        submit(outs, i, context, &pictures[i], request, &waited, &one);
        keep_first(&first, &one);
    }
    for (size_t i = 0; i < n; i++) {
        wait_for(outs[i], &one);
        keep_first(&first, &one);
    }
    return first.status ? failed(error, first.status, "%s", first.message) : INSPYR_OK;
}
