#include "run/context/adaptive.h"

#include <stdbool.h>

#include "base/status.h"

inspyr_status adaptive_begin(adaptive *a, const int32_t *delay_ms, size_t count, inspyr_error *error)
{
    *a = (adaptive){ .over_since_ms = -1, .below_since_ms = -1 };
    if (count > ADAPTIVE_LEVELS)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu levels of quality; %d are possible", count,
                      ADAPTIVE_LEVELS);
    for (size_t i = 0; i < count; i++) {
        if (delay_ms[i] <= (i ? delay_ms[i - 1] : 0))
            return failed(error, INSPYR_ERR_ARGUMENT,
                          "level %zu is entered after %d ms; delays must be positive and rise", i + 1,
                          (int)delay_ms[i]);
        a->delay_ms[i] = delay_ms[i];
    }
    a->count = (int32_t)count;
    return INSPYR_OK;
}

/* Has `now` been so for `ms`? since: -1 while it is not so. */
static bool lasted(int64_t *since, bool now, int64_t now_ms, int64_t ms)
{
    if (!now)
        *since = -1;
    else if (*since < 0)
        *since = now_ms;
    return now && now_ms - *since >= ms;
}

int32_t adaptive_saw(adaptive *a, int64_t delay_ms, int64_t now_ms)
{
    bool over = a->level < a->count && delay_ms > a->delay_ms[a->level];
    bool below = a->level > 0 && delay_ms < a->delay_ms[a->level - 1] / 2;
    bool enter = lasted(&a->over_since_ms, over, now_ms, ADAPTIVE_ENTER_MS);
    bool leave = lasted(&a->below_since_ms, below, now_ms, ADAPTIVE_LEAVE_MS);

    if (enter || leave) {
        a->level += enter ? 1 : -1;
        a->over_since_ms = a->below_since_ms = -1;
    }
    return a->level;
}
