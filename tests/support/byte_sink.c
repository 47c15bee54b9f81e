#include "support/byte_sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int sink_take(void *user, const void *bytes, size_t size)
{
    sink *s = user;

    if (++s->calls == s->fails_at)
        return 1;
    s->bytes = realloc(s->bytes, s->size + size);
    assert_non_null(s->bytes);
    memcpy(s->bytes + s->size, bytes, size);
    s->size += size;
    return 0;
}
