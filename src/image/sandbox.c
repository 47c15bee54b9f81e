#include "image/sandbox.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/plugin.h"
#include "base/status.h"
#include "image/box_check.h"
#include "image/box_child.h"

#define DEFAULT_MEMORY (UINT64_C(2) << 30)
#define DEFAULT_DEADLINE_MS 10000
/* The program with its libraries, before it has read anything. */
#define LEAST_MEMORY (UINT64_C(64) << 20)

struct inspyr_sandbox {
    inspyr_allocator allocator;
    pthread_mutex_t mutex;
    box_child *idle; /* guarded by the mutex */
    pid_t owner;
    uint64_t flags;
    box_setup setup;
    char *program;
};

static void drop(inspyr_sandbox *sandbox, box_child *child)
{
    box_child_stop(child);
    memory_give(&sandbox->allocator, child);
}

/* A helper that has nothing to do; NULL: there is none. */
static box_child *take_idle(inspyr_sandbox *sandbox)
{
    for (;;) {
        box_child *child;

        pthread_mutex_lock(&sandbox->mutex);
        child = sandbox->idle;
        if (child)
            sandbox->idle = child->next;
        pthread_mutex_unlock(&sandbox->mutex);
        if (!child || box_child_lives(child))
            return child;
        drop(sandbox, child);
    }
}

static void keep(inspyr_sandbox *sandbox, box_child *child)
{
    pthread_mutex_lock(&sandbox->mutex);
    child->next = sandbox->idle;
    sandbox->idle = child;
    pthread_mutex_unlock(&sandbox->mutex);
}

static inspyr_status start(box_child **out, inspyr_sandbox *sandbox, inspyr_error *error)
{
    box_child *child = memory_zeroed(&sandbox->allocator, sizeof *child);
    inspyr_status status;

    *out = NULL;
    if (!child)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a decoder");
    status = box_child_start(child, sandbox->program, &sandbox->setup, error);
    if (status)
        memory_give(&sandbox->allocator, child);
    else
        *out = child;
    return status;
}

/* Hands the request to a helper. One that went while it was idle is replaced. */
static inspyr_status ask(box_child **out, inspyr_sandbox *sandbox, const box_request *request, int file,
                         inspyr_error *error)
{
    inspyr_status status;

    while ((*out = take_idle(sandbox))) {
        if (box_child_ask(*out, request, file))
            return INSPYR_OK;
        drop(sandbox, *out);
    }
    status = start(out, sandbox, error);
    if (status || box_child_ask(*out, request, file))
        return status;
    drop(sandbox, *out);
    return failed(error, INSPYR_ERR_THREAD, "the decoder's process is not there any more");
}

/* One try. *innocent: what failed may be the fault of a picture before this one. */
static inspyr_status try_once(inspyr_image **out, bool *innocent, inspyr_sandbox *sandbox,
                              const box_request *request, int file, const inspyr_decode_options *o,
                              const inspyr_allocator *allocator, double until, inspyr_error *error)
{
    box_child *child;
    box_answer answer;
    bool lies = false, late;
    int pixels;
    inspyr_status status = ask(&child, sandbox, request, file, error);

    *innocent = false;
    if (status)
        return status;
    status = box_child_answer(child, &answer, &pixels, until, error);
    late = status == INSPYR_ERR_LIMIT;
    if (!status) {
        status = box_check(out, &lies, &answer, pixels, o, allocator, error);
        if (pixels >= 0)
            close(pixels);
        if (!lies && !(sandbox->flags & INSPYR_SANDBOX_ONE_PICTURE)) {
            child->served = true;
            keep(sandbox, child);
            return status;
        }
    }
    *innocent = status && child->served && !late;
    drop(sandbox, child);
    return status;
}

static inspyr_status decode(inspyr_image **out, inspyr_sandbox *sandbox, const box_request *request, int file,
                            const inspyr_decode_options *o, const inspyr_allocator *allocator,
                            inspyr_error *error)
{
    double until = clock_ms() + (double)sandbox->setup.deadline_ms;
    bool innocent = true;
    inspyr_status status = INSPYR_OK;

    while (innocent) { /* each time with one helper less that has read pictures before */
        succeeded(error);
        status = try_once(out, &innocent, sandbox, request, file, o, allocator, until, error);
    }
    return status;
}

inspyr_status sandbox_decode(inspyr_image **out, const void *bytes, size_t size, const inspyr_decode_options *o,
                             const inspyr_allocator *allocator, inspyr_error *error)
{
    const file_part part = { bytes, size };
    box_request request;
    inspyr_status status;
    int file;

    if (o->sandbox->owner != getpid())
        return failed(error, INSPYR_ERR_FORKED, "the sandbox belongs to the parent process");
    if (o->flags & INSPYR_DECODE_HEIF) /* its decoders start threads and load plug-ins */
        return failed(error, INSPYR_ERR_UNSUPPORTED, "HEIC and AVIF cannot be read in a sandbox");
    file = box_room(0);
    if (file < 0 || !box_fill(file, &part, 1)) {
        status = failed(error, INSPYR_ERR_MEMORY, "no room for a file of %zu bytes: %s", size, strerror(errno));
        if (file >= 0)
            close(file);
        return status;
    }
    memset(&request, 0, sizeof request);
    request.magic = BOX_MAGIC;
    request.size = size;
    request.options = *o;
    request.options.allocator = NULL;
    request.options.report = NULL;
    request.options.sandbox = NULL;
    status = decode(out, o->sandbox, &request, file, o, allocator, error);
    close(file);
    return status;
}

static inspyr_status import(inspyr_sandbox_options *o, inspyr_allocator *allocator,
                            const inspyr_sandbox_options *theirs, inspyr_error *error)
{
    inspyr_status status =
        options_import(o, sizeof *o, OPTIONS_FIRST(inspyr_sandbox_options, reserved), theirs, error);

    if (status || (status = options_flags(o->flags, INSPYR_SANDBOX_ONE_PICTURE, error)) ||
        (status = memory_import(allocator, o->allocator, error)))
        return status;
    if (o->reserved)
        return failed(error, INSPYR_ERR_ARGUMENT, "the reserved field is not zero");
    if (o->deadline_ms < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "deadline_ms is %d", (int)o->deadline_ms);
    if (o->max_memory && o->max_memory < LEAST_MEMORY)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "max_memory is %llu; a decoder needs %llu before it has read "
                      "anything",
                      (unsigned long long)o->max_memory, (unsigned long long)LEAST_MEMORY);
    if (o->helper && o->helper[0] != '/')
        return failed(error, INSPYR_ERR_ARGUMENT, "%.150s is no absolute path", o->helper);
    return INSPYR_OK;
}

static inspyr_status fill(inspyr_sandbox *sandbox, const inspyr_sandbox_options *o, inspyr_error *error)
{
    char found[PLUGIN_PATH_MAX];
    box_child *first;
    inspyr_status status = INSPYR_OK;

    if (!o->helper)
        status = plugin_program(found, "inspyr-decode", error);
    if (status)
        return status;
    sandbox->program = memory_text(&sandbox->allocator, o->helper ? o->helper : found);
    if (!sandbox->program)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a sandbox");
    sandbox->flags = o->flags;
    sandbox->setup.magic = BOX_MAGIC;
    sandbox->setup.version = BOX_VERSION;
    sandbox->setup.request_size = sizeof(box_request);
    sandbox->setup.answer_size = sizeof(box_answer);
    sandbox->setup.max_memory = o->max_memory ? o->max_memory : DEFAULT_MEMORY;
    sandbox->setup.deadline_ms = o->deadline_ms ? o->deadline_ms : DEFAULT_DEADLINE_MS;
    status = start(&first, sandbox, error);
    if (status == INSPYR_OK)
        keep(sandbox, first);
    return status;
}

inspyr_status inspyr_sandbox_open(inspyr_sandbox **out, const inspyr_sandbox_options *options,
                                  inspyr_error *error)
{
    inspyr_sandbox_options o;
    inspyr_allocator allocator;
    inspyr_sandbox *sandbox;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = import(&o, &allocator, options, error);
    if (status)
        return status;
    sandbox = memory_zeroed(&allocator, sizeof *sandbox);
    if (!sandbox)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a sandbox");
    sandbox->allocator = allocator;
    sandbox->owner = getpid();
    pthread_mutex_init(&sandbox->mutex, NULL);
    status = fill(sandbox, &o, error);
    if (status == INSPYR_OK)
        *out = sandbox;
    else
        inspyr_sandbox_free(sandbox);
    return status;
}

void inspyr_sandbox_free(inspyr_sandbox *sandbox)
{
    inspyr_allocator allocator;
    box_child *child;

    if (!sandbox)
        return;
    allocator = sandbox->allocator;
    while ((child = sandbox->idle)) {
        sandbox->idle = child->next;
        if (sandbox->owner == getpid())
            box_child_stop(child);
        else
            box_child_forget(child);
        memory_give(&allocator, child);
    }
    if (sandbox->owner == getpid()) /* in a forked child, somebody may hold it for ever */
        pthread_mutex_destroy(&sandbox->mutex);
    memory_give(&allocator, sandbox->program);
    memory_give(&allocator, sandbox);
}
