/* job.c - what the owner of a job can do with it. */
#include <math.h>
#include <unistd.h>

#include "base/options.h"
#include "base/status.h"
#include "run/context/deliver.h"

static inspyr_status usable(const inspyr_job *job, inspyr_error *error)
{
    if (!job)
        return failed(error, INSPYR_ERR_ARGUMENT, "job is NULL");
    if (job->context->process != getpid())
        return failed(error, INSPYR_ERR_FORKED, "the job belongs to process %ld", (long)job->context->process);
    return INSPYR_OK;
}

static bool called_here(const inspyr_job *job)
{
    return job->calling && pthread_equal(job->caller, pthread_self());
}

/* A callback may ask for what it was told already. */
static bool ended(const inspyr_job *job)
{
    return job->over && ((job->over_told && !job->calling) || called_here(job));
}

inspyr_status inspyr_job_wait(inspyr_job *job, int64_t timeout_ms, inspyr_error *error)
{
    inspyr_context *c;
    inspyr_status status;
    double until;

    succeeded(error);
    status = usable(job, error);
    if (status)
        return status;
    c = job->context;
    context_lock(c);
    until = timeout_ms < 0 ? INFINITY : context_now(c) + (double)timeout_ms;
    while (!ended(job)) {
        double now = context_now(c);

        if (!job->over && now >= job->deadline)
            job_end(job, INSPYR_ERR_DEADLINE, "the deadline has passed");
        else if (now >= until)
            break;
        else
            context_wait(c, &job->changed, until < job->deadline || job->over ? until : job->deadline);
    }
    if (!ended(job))
        status = failed(error, INSPYR_ERR_TIMEOUT, "the job goes on after %lld ms", (long long)timeout_ms);
    else if (job->failure.status)
        status = failed(error, job->failure.status, "%s", job->failure.message);
    context_unlock(c);
    return status;
}

inspyr_status inspyr_job_poll(const inspyr_job *job, inspyr_job_status *out, inspyr_error *error)
{
    inspyr_job *j = (inspyr_job *)(uintptr_t)job;
    inspyr_job_status s = { 0 };
    inspyr_status status;
    double now;

    succeeded(error);
    status = usable(job, error);
    if (status)
        return status;
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    context_lock(j->context);
    now = j->over ? j->ended : context_now(j->context);
    s.state = j->over ? INSPYR_JOB_DONE : j->waiting ? INSPYR_JOB_QUEUED : INSPYR_JOB_RUNNING;
    s.status = j->over ? j->failure.status : INSPYR_OK;
    s.progress = job_progress(j);
    s.results_ready = (int32_t)j->delivered;
    s.result_count = j->count;
    s.queued_s = ((j->waiting ? now : j->started) - j->entered) * 1e-3;
    s.run_s = j->waiting ? 0 : (now - j->started) * 1e-3;
    context_unlock(j->context);
    return options_export(out, OPTIONS_FIRST(inspyr_job_status, run_s), &s, sizeof s, error);
}

inspyr_status inspyr_job_result_get(const inspyr_job *job, size_t index, inspyr_job_result *out,
                                    inspyr_error *error)
{
    inspyr_job_result r;
    inspyr_status status;
    bool there;

    succeeded(error);
    status = usable(job, error);
    if (status)
        return status;
    if (!out || index >= job->count)
        return failed(error, INSPYR_ERR_ARGUMENT, "result %zu of %zu", index, job->count);
    context_lock(job->context);
    there = job->slots[index].delivered;
    if (there)
        job_result(job, index, &r);
    context_unlock(job->context);
    if (!there)
        return failed(error, INSPYR_ERR_NOT_READY, "result %zu is not there yet", index);
    return options_export(out, OPTIONS_FIRST(inspyr_job_result, scale), &r, sizeof r, error);
}

void inspyr_job_cancel(inspyr_job *job)
{
    if (!job || usable(job, NULL))
        return;
    context_lock(job->context);
    job_end(job, INSPYR_ERR_CANCELLED, "the job was cancelled");
    context_unlock(job->context);
}

/* In a forked child it may be half changed, and stays. */
void inspyr_job_free(inspyr_job *job)
{
    inspyr_context *c;

    if (!job || usable(job, NULL))
        return;
    c = job->context;
    context_lock(c);
    job->released = true;
    job_end(job, INSPYR_ERR_CANCELLED, "the job was freed");
    while (job->calling && !called_here(job))
        context_wait(c, &job->changed, INFINITY);
    job_drop(job);
    context_unlock(c);
}
