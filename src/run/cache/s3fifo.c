#include "run/cache/s3fifo.h"

#define ASKED_MOST 3
/* Asked for so often, an entry of the small queue goes to the main one. */
#define ASKED_TWICE 2

static void push(s3_queue *q, s3_node *node)
{
    node->older = q->newest;
    node->newer = NULL;
    if (q->newest)
        q->newest->newer = node;
    else
        q->oldest = node;
    q->newest = node;
    q->bytes += node->cost;
}

static void take(s3_queue *q, s3_node *node)
{
    if (node->newer)
        node->newer->older = node->older;
    else
        q->newest = node->older;
    if (node->older)
        node->older->newer = node->newer;
    else
        q->oldest = node->newer;
    q->bytes -= node->cost;
}

static s3_ghost *ghost_at(s3_fifo *s, size_t index)
{
    return &s->ghosts[(s->first + index) % S3_GHOSTS];
}

static void forget_oldest(s3_fifo *s)
{
    s->ghost_bytes -= ghost_at(s, 0)->cost;
    s->first = (s->first + 1) % S3_GHOSTS;
    s->ghost_count--;
}

/* Ghosts stand for as many bytes as the main queue has, as in the paper. */
static void trim_ghosts(s3_fifo *s)
{
    while (s->ghost_count && s->ghost_bytes > s->limit - s->limit / 10)
        forget_oldest(s);
}

static void remember(s3_fifo *s, const s3_node *node)
{
    if (s->ghost_count == S3_GHOSTS)
        forget_oldest(s);
    *ghost_at(s, s->ghost_count++) = (s3_ghost){ node->mark, node->cost };
    s->ghost_bytes += node->cost;
    trim_ghosts(s);
}

/* Was it a ghost? Then it is none any more. */
static bool recall(s3_fifo *s, uint64_t mark)
{
    size_t i = 0;

    while (i < s->ghost_count && ghost_at(s, i)->mark != mark)
        i++;
    if (i == s->ghost_count)
        return false;
    s->ghost_bytes -= ghost_at(s, i)->cost;
    for (; i + 1 < s->ghost_count; i++)
        *ghost_at(s, i) = *ghost_at(s, i + 1);
    s->ghost_count--;
    return true;
}

void s3_begin(s3_fifo *s, size_t limit)
{
    s->limit = limit;
    s->small = s->main = (s3_queue){ NULL, NULL, 0 };
    s->first = s->ghost_count = s->ghost_bytes = 0;
}

size_t s3_bytes(const s3_fifo *s)
{
    return s->small.bytes + s->main.bytes;
}

void s3_hit(s3_node *node)
{
    if (node->asked < ASKED_MOST)
        node->asked++;
}

void s3_insert(s3_fifo *s, s3_node *node)
{
    node->asked = 0;
    node->main = recall(s, node->mark);
    push(node->main ? &s->main : &s->small, node);
}

s3_node *s3_evict(s3_fifo *s)
{
    for (;;) {
        bool small = s->small.oldest && (s->small.bytes >= s->limit / 10 || !s->main.oldest);
        s3_node *node = small ? s->small.oldest : s->main.oldest;

        if (!node)
            return NULL;
        take(small ? &s->small : &s->main, node);
        if (small && node->asked >= ASKED_TWICE) {
            node->asked = 0;
            node->main = true;
            push(&s->main, node);
        } else if (!small && node->asked) {
            node->asked--;
            push(&s->main, node);
        } else {
            if (small)
                remember(s, node);
            return node;
        }
    }
}

void s3_remove(s3_fifo *s, s3_node *node)
{
    take(node->main ? &s->main : &s->small, node);
}

void s3_resize(s3_fifo *s, size_t limit)
{
    s->limit = limit;
    trim_ghosts(s);
}
