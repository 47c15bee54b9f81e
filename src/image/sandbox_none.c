/* sandbox_none.c - where no process can be locked up: other systems and processors, and builds without
 * sandboxes. */
#include "image/sandbox.h"

#include "base/status.h"
#include "inspyr_experimental.h"

inspyr_status inspyr_sandbox_open(inspyr_sandbox **out, const inspyr_sandbox_options *options,
                                  inspyr_error *error)
{
    (void)options;
    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    return failed(error, INSPYR_ERR_UNSUPPORTED,
                  "this build has no sandbox: one is for Linux on x86-64 and arm64");
}

void inspyr_sandbox_free(inspyr_sandbox *sandbox)
{
    (void)sandbox;
}

/* Nobody has a sandbox to call it with. */
inspyr_status sandbox_decode(inspyr_image **out, const void *bytes, size_t size, const inspyr_decode_options *o,
                             const inspyr_allocator *allocator, inspyr_error *error)
{
    (void)out;
    (void)bytes;
    (void)size;
    (void)o;
    (void)allocator;
    return failed(error, INSPYR_ERR_ARGUMENT, "no sandbox can be open in this build");
}

int inspyr_sandbox_serve(int socket)
{
    (void)socket;
    return 1;
}
