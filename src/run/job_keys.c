#include "run/job_keys.h"

inspyr_status job_keys(inspyr_job *job, const source *s, inspyr_error *error)
{
    (void)s;
    (void)error;
    for (size_t i = 0; i < job->request.size_count; i++) {
        const part *p = &job->parts[i];
        memcpy(job->parts[i].key, &p, sizeof p);
    }
    for (size_t i = 0; i < job->count; i++) {
        const slot *p = &job->slots[i];
        memcpy(job->slots[i].key, &p, sizeof p);
    }
    return INSPYR_OK;
}
