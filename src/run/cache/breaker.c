#include "run/cache/breaker.h"

void breaker_begin(breaker *b, int32_t most, int64_t pause_ns)
{
    *b = (breaker){ .most = most, .pause_ns = pause_ns };
}

bool breaker_allows(breaker *b, int64_t now)
{
    if (!b->open)
        return true;
    if (b->trying || now - b->since < b->pause_ns)
        return false;
    b->trying = true;
    return true;
}

/* Calls that began before it opened come in late: their success counts, too, and their failure is no news. */
bool breaker_result(breaker *b, bool good, int64_t now)
{
    const bool open = b->open;

    b->failures = good ? 0 : b->failures < b->most ? b->failures + 1 : b->most;
    b->open = b->failures == b->most;
    if (b->open && (b->trying || !open))
        b->since = now;
    b->trying = false;
    return b->open != open;
}
