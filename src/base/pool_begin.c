#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"

inspyr_status pool_begin(inspyr_pool **out, inspyr_allocator *allocator, const inspyr_pool_options *options,
                         inspyr_error *error)
{
    inspyr_pool_options o;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_pool_options, allocator), options, error);
    if (!status)
        status = options_flags(o.flags, 0, error);
    return status ? status : memory_import(allocator, o.allocator, error);
}
