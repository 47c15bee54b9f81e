#include "shim/cuda/net_check.h"

#define NUMBERS_MOST INT32_MAX /* of pixels, and of groups of eight channels */
#define WINDOW_MOST 255        /* of a transition, of a pool */

/* A map with numbers in it, whose pixels and groups an int32_t counts. */
static bool sound(const net_map *m)
{
    return m->data && m->type >= NET_FLOAT && m->type <= NET_BF16 && m->n > 0 && m->h > 0 && m->w > 0 &&
           m->c > 0 && m->step >= m->c && (int64_t)m->h * m->w <= NUMBERS_MOST / m->n &&
           net_parts(m->c, 8) <= NUMBERS_MOST / net_pixels(m);
}

static bool same_grid(const net_map *a, const net_map *b)
{
    return a->n == b->n && a->h == b->h && a->w == b->w;
}

static bool same_size(const net_map *a, const net_map *b)
{
    return same_grid(a, b) && a->c == b->c;
}

static bool sampled(const net_map *m, const net_map *grid, int32_t sampling)
{
    return sound(m) && m->n == grid->n && sampling >= NET_AS_IS && sampling <= NET_CORNERS &&
           (sampling != NET_AS_IS || same_grid(m, grid));
}

bool check_picture(const net_picture *job)
{
    return sound(&job->out) && job->data && (job->bytes == 3 || job->bytes == 4) && job->out.c >= 3 &&
           job->out.c <= 8;
}

bool check_resize(const net_resize *job)
{
    int64_t channels = 0;

    if (!sound(&job->out) || job->count < 1 || job->count > NET_INPUTS)
        return false;
    for (int32_t i = 0; i < job->count; i++) {
        if (!sampled(&job->in[i], &job->out, job->sampling[i]))
            return false;
        channels += job->in[i].c;
    }
    return channels == job->out.c && net_resize_elements(job) <= NUMBERS_MOST;
}

bool check_norm(const net_norm *job)
{
    return sound(&job->in) && sound(&job->out) && same_size(&job->in, &job->out) && job->weight && job->bias &&
           job->in.c <= NET_NORM_MOST &&
           (!job->add.data || (sound(&job->add) && same_size(&job->add, &job->in))) &&
           (!job->sum.data || (sound(&job->sum) && same_size(&job->sum, &job->in)));
}

bool check_window(const net_window *job)
{
    return sound(&job->in) && sound(&job->out) && same_grid(&job->in, &job->out) &&
           job->in.c == 3 * (int64_t)job->out.c && job->table && job->bias && job->heads > 0 &&
           job->out.c % job->heads == 0 && job->window > 0 && job->window <= NET_ANY_SIDE && job->shift >= 0 &&
           job->shift < job->window;
}

bool check_sica_maps(const net_sica_maps *job)
{
    return sound(&job->out) && sampled(&job->saliency, &job->out, NET_HALF_PIXEL) &&
           job->out.c == (job->laplacian.data ? 5 : 3) &&
           (!job->laplacian.data || sampled(&job->laplacian, &job->out, NET_HALF_PIXEL));
}

bool check_context(const net_context *job)
{
    int64_t channels = 0;

    if (!sound(&job->maps) || !sound(&job->out) || job->maps.c > NET_CONTEXT_MAPS ||
        job->out.c > NET_CONTEXT_MOST || job->out.h != 1 || job->out.w != job->maps.c ||
        job->out.n != job->maps.n || job->count < 1 || job->count > NET_INPUTS - 1 || job->h < 1 ||
        job->w < 1 || (int64_t)job->h * job->w > NUMBERS_MOST / job->out.c || !job->scratch)
        return false;
    for (int32_t i = 0; i < job->count; i++) {
        if (!sound(&job->features[i]) || job->features[i].n != job->out.n)
            return false;
        channels += job->features[i].c;
    }
    return channels == job->out.c;
}

bool check_attend(const net_attend *job)
{
    const net_map *q = &job->query, *k = &job->keys, *v = &job->values;

    return sound(q) && sound(k) && sound(&job->out) && same_grid(q, &job->out) && k->n == q->n && k->h == 1 &&
           k->w <= NET_KEYS && k->c == q->c && q->c <= NET_ATTEND_CHANNELS &&
           job->out.c <= NET_ATTEND_CHANNELS &&
           (v->data ? sound(v) && v->n == q->n && v->h == 1 && v->w == k->w && v->c == job->out.c
                    : job->out.c == k->w);
}

bool check_axial(const net_axial *job)
{
    const net_map *s = &job->stacked;

    return sound(s) && sound(&job->t) && sound(&job->out) && same_size(&job->t, &job->out) &&
           same_grid(s, &job->out) && s->type != NET_FLOAT && job->qk > 0 &&
           s->c == 2 * (2 * (int64_t)job->qk + job->out.c) && job->scratch &&
           net_pixels(s) / s->n <= NUMBERS_MOST / s->c;
}

bool check_expand(const net_expand *job)
{
    return sound(&job->coarse) && sound(&job->out) && sampled(&job->residual, &job->out, NET_CORNERS) &&
           job->coarse.n == job->out.n && job->coarse.h > 1 && job->coarse.w > 1 &&
           job->out.h == 2 * (int64_t)job->coarse.h && job->out.w == 2 * (int64_t)job->coarse.w;
}

/* Each window holds a pixel. */
bool check_pool(const net_pool *job)
{
    return sound(&job->in) && sound(&job->out) && job->in.n == job->out.n && job->in.c == job->out.c &&
           job->kernel > 0 && job->kernel <= WINDOW_MOST && job->stride > 0 && job->pad >= 0 &&
           job->pad < job->kernel && (job->out.h - 1) * (int64_t)job->stride - job->pad < job->in.h &&
           (job->out.w - 1) * (int64_t)job->stride - job->pad < job->in.w;
}

bool check_pair(const net_pair *job)
{
    return sound(&job->a) && sound(&job->out) && same_size(&job->a, &job->out) &&
           sampled(&job->b, &job->out, job->sampling) && job->b.c == job->out.c;
}

bool check_merge(const net_simple *job)
{
    return sound(&job->in) && sound(&job->out) && job->in.n == job->out.n &&
           job->out.c == 4 * (int64_t)job->in.c && job->out.h == net_parts(job->in.h, 2) &&
           job->out.w == net_parts(job->in.w, 2) && net_merge_elements(job) <= NUMBERS_MOST;
}

bool check_mean(const net_simple *job)
{
    return sound(&job->in) && sound(&job->out) && job->scratch && job->out.n == job->in.n && job->out.h == 1 &&
           job->out.w == 1 && job->out.c == job->in.c;
}

bool check_softmax(const net_simple *job)
{
    return sound(&job->in) && sound(&job->out) && same_size(&job->in, &job->out);
}

bool check_transition(const net_simple *job)
{
    return check_softmax(job) && job->in.c == 1 && job->window % 2 == 1 && job->window > 0 &&
           job->window <= WINDOW_MOST;
}

bool check_extremes(const net_extremes *job)
{
    return sound(&job->logits) && job->out && job->scratch;
}

bool check_matte(const net_matte *job)
{
    return sound(&job->logits) && job->index >= 0 && job->index < job->logits.n && job->width > 0 &&
           job->height > 0 && job->width <= NUMBERS_MOST / job->height &&
           (!job->picture || job->picture_bytes == 3 || job->picture_bytes == 4) &&
           (job->rgba ? job->picture != NULL : job->alpha != NULL);
}
