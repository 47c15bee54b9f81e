#include "run/context/life.h"

void life_begin(life *l, int32_t attempts)
{
    *l = (life){ .phase = LIFE_COLD, .attempts_first = attempts };
}

/* After a failure one attempt is enough: the load before has tried for long, and somebody waits. */
static life_action wanted(life *l)
{
    if (l->draining || (l->phase != LIFE_COLD && l->phase != LIFE_FAILED))
        return LIFE_NOTHING;
    l->attempts = l->phase == LIFE_FAILED ? 1 : l->attempts_first;
    l->attempt = 1;
    l->progress = 0;
    l->phase = LIFE_LOADING;
    return LIFE_LOAD;
}

static life_action load_ended(life *l, life_event event)
{
    if (l->phase != LIFE_LOADING)
        return LIFE_NOTHING;
    switch (event) {
    case LIFE_LOADED:
    case LIFE_LOADED_OTHERWISE:
        l->phase = LIFE_SERVING;
        l->degraded = event == LIFE_LOADED_OTHERWISE;
        l->progress = 1;
        return LIFE_SERVE;
    case LIFE_LOAD_FAILED:
        if (l->attempt < l->attempts) {
            l->attempt++;
            return LIFE_RETRY;
        }
        l->phase = LIFE_FAILED;
        return LIFE_ANSWER;
    case LIFE_LOAD_REFUSED:
        l->phase = LIFE_FAILED;
        return LIFE_ANSWER;
    default:
        l->phase = LIFE_COLD;
        return LIFE_ANSWER;
    }
}

static life_action while_serving(life *l, life_event event)
{
    if (l->phase != LIFE_SERVING)
        return LIFE_NOTHING;
    switch (event) {
    case LIFE_WARM_BEGINS:
        l->warming++;
        return LIFE_NOTHING;
    case LIFE_WARM_ENDS:
        l->warming -= l->warming > 0;
        return LIFE_NOTHING;
    case LIFE_FELL_BACK:
        l->degraded = true;
        return LIFE_NOTHING;
    case LIFE_DEVICE_LOST:
        l->phase = LIFE_LOST;
        l->warming = 0;
        return LIFE_ANSWER;
    default:
        if (l->warming || l->draining)
            return LIFE_NOTHING;
        l->phase = LIFE_COLD;
        l->degraded = false;
        return LIFE_RELEASE;
    }
}

life_action life_step(life *l, life_event event)
{
    switch (event) {
    case LIFE_WANTED:
        return wanted(l);
    case LIFE_LOADED:
    case LIFE_LOADED_OTHERWISE:
    case LIFE_LOAD_FAILED:
    case LIFE_LOAD_REFUSED:
    case LIFE_LOAD_CANCELLED:
        return load_ended(l, event);
    case LIFE_DRAINED:
        l->draining = true;
        return LIFE_NOTHING;
    default:
        return while_serving(l, event);
    }
}

void life_progress(life *l, float fraction)
{
    if (l->phase == LIFE_LOADING && fraction > l->progress && fraction <= 1)
        l->progress = fraction;
}

inspyr_state life_state(const life *l)
{
    if (l->draining)
        return INSPYR_STATE_DRAINING;
    switch (l->phase) {
    case LIFE_COLD:
        return INSPYR_STATE_COLD;
    case LIFE_LOADING:
        return INSPYR_STATE_LOADING;
    case LIFE_SERVING:
        return l->warming ? INSPYR_STATE_WARMING : l->degraded ? INSPYR_STATE_DEGRADED : INSPYR_STATE_READY;
    default:
        return INSPYR_STATE_FAILED;
    }
}
