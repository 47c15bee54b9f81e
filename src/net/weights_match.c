/* weights_match.c - is the file that of the plan? */
#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "net/quantised.h"
#include "net/weights_store.h"

#define TENSORS_OF_PART 6

/* One tensor that a part of a plan's weights asks for. */
typedef struct wish {
    char name[PLAN_NAME + 32];
    int32_t dimensions;
    int64_t shape[WEIGHTS_DIMENSIONS];
    bool tolerated; /* never used and not missed */
    bool dense;     /* the kernel of a convolution without groups, which may be one of I8 */
} wish;

static bool wish_named(wish *out, const char *prefix, const char *suffix)
{
    snprintf(out->name, sizeof out->name, "%s%s", prefix, suffix);
    return true;
}

/* Convolutions: the kernel, then the bias or the five tensors of the norm. */
static bool wish_of_conv(wish *out, const plan_weights *unit, const plan_part *part, int32_t nth)
{
    static const char *const norms[5] = { ".weight", ".bias", ".running_mean", ".running_var",
                                          ".num_batches_tracked" };
    const bool in_unit = unit->style == PLAN_STYLE_UNIT;
    char norm[PLAN_NAME + 4];

    if (nth == 0) {
        *out = (wish){ .dimensions = 4, .shape = { part->channels, unit->in, unit->kernel_h, unit->kernel_w } };
        if (unit->style == PLAN_STYLE_LINEAR)
            *out = (wish){ .dimensions = 2, .shape = { part->channels, unit->in } };
        out->dense = unit->groups == 1;
        return wish_named(out, part->name, in_unit ? ".conv.weight" : ".weight");
    }
    *out = (wish){ .dimensions = 1, .shape = { part->channels }, .tolerated = nth == 5 };
    if (!unit->norm)
        return nth == 1 && unit->bias && wish_named(out, part->name, in_unit ? ".conv.bias" : ".bias");
    snprintf(norm, sizeof norm, "%s%s", in_unit ? part->name : part->norm, in_unit ? ".bn" : "");
    return nth <= 5 && wish_named(out, norm, norms[nth - 1]);
}

static bool wish_of_window(wish *out, const plan_weights *unit, const plan_part *part, int32_t nth)
{
    const int64_t positions = (int64_t)unit->kernel_h * unit->kernel_w;

    switch (nth) {
    case 0:
        *out = (wish){ .dimensions = 2, .shape = { positions, unit->in } };
        return wish_named(out, part->name, ".relative_position_bias_table");
    case 1:
        *out = (wish){ .dimensions = 1, .shape = { part->channels } };
        return wish_named(out, part->name, ".qkv.bias");
    default: /* where each pair of tokens looks into the table: known without it */
        *out = (wish){ .tolerated = true };
        return nth == 2 && wish_named(out, part->name, ".relative_position_index");
    }
}

/* The nth wish, 0..TENSORS_OF_PART-1, of a part; false if there is none of that number. */
static bool wish_of(wish *out, const plan_weights *unit, const plan_part *part, int32_t nth)
{
    switch (unit->style) {
    case PLAN_STYLE_SCALARS:
        *out = (wish){ .dimensions = 1, .shape = { 1 } };
        return nth == 0 && wish_named(out, part->name, "");
    case PLAN_STYLE_VECTORS:
        *out = (wish){ .dimensions = 1, .shape = { part->channels } };
        return nth < 2 && wish_named(out, part->name, nth ? ".bias" : ".weight");
    case PLAN_STYLE_WINDOW:
        return wish_of_window(out, unit, part, nth);
    default:
        return wish_of_conv(out, unit, part, nth);
    }
}

/* Has an earlier part the same wish? Tensors may be used twice, with different scales. */
static bool wished_before(const plan *p, int32_t index, int32_t part, const wish *new)
{
    wish old;

    for (int32_t i = 0; i <= index; i++)
        for (int32_t j = 0; j < (i < index ? p->weights[i].count : part); j++) {
            const plan_part *earlier = &p->weights[i].parts[j];

            if (strncmp(earlier->name, new->name, strlen(earlier->name)) != 0)
                continue;
            for (int32_t n = 0; n < TENSORS_OF_PART && wish_of(&old, &p->weights[i], earlier, n); n++)
                if (!strcmp(old.name, new->name) && !memcmp(old.shape, new->shape, sizeof old.shape))
                    return true;
        }
    return false;
}

typedef enum fault { MISSING, MISSHAPEN, SURPLUS, FAULTS } fault;

/* Of each kind: how many, and the first few by name. */
typedef struct report {
    struct {
        int32_t count, named;
        char names[sizeof((inspyr_error *)0)->message];
    } of[FAULTS];
} report;

static void note(report *r, fault kind, const char *item)
{
    char *names = r->of[kind].names;
    size_t used = strlen(names), room = sizeof r->of[kind].names - used;

    r->of[kind].count++;
    if (strlen(item) + 2 < room) {
        snprintf(names + used, room, "%s%s", used ? ", " : "", item);
        r->of[kind].named++;
    }
}

/* How much of the names fits, whole names if possible. */
static size_t names_within(const char *names, size_t room)
{
    size_t shown = strlen(names);

    if (shown <= room)
        return shown;
    for (shown = room; shown > 0 && strncmp(names + shown, ", ", 2) != 0; shown--)
        ;
    return shown ? shown : room;
}

static inspyr_status verdict(const report *r, inspyr_error *error)
{
    static const char *const labels[FAULTS] = { "missing", "misshapen", "surplus" };
    const size_t around = sizeof "; 2147483647 misshapen: , ...";
    char text[sizeof error->message] = "";
    size_t used = 0, kinds = 0;

    for (int kind = 0; kind < FAULTS; kind++)
        kinds += r->of[kind].count > 0;
    if (!kinds)
        return INSPYR_OK;
    for (int kind = 0; kind < FAULTS; kind++) {
        const char *names = r->of[kind].names;
        size_t shown;

        if (!r->of[kind].count)
            continue;
        shown = names_within(names, (sizeof text - used) / kinds-- - around);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d %s: %.*s%s", used ? "; " : "",
                                 (int)r->of[kind].count, labels[kind], (int)shown, names,
                                 names[shown] || r->of[kind].named < r->of[kind].count ? ", ..." : "");
    }
    return failed(error, INSPYR_ERR_WEIGHTS, "%s", text);
}

static size_t shape_text(char *out, size_t room, int32_t dimensions, const int64_t *shape)
{
    size_t used = (size_t)snprintf(out, room, "[");

    for (int32_t i = 0; i < dimensions; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%" PRId64, i ? "," : "", shape[i]);
    return used + (size_t)snprintf(out + used, room - used, "]");
}

static void note_shape(report *r, const wish *wanted, const weights_tensor *found)
{
    char item[sizeof wanted->name + 2 * WEIGHTS_DIMENSIONS * 21 + 24];
    size_t used = (size_t)snprintf(item, sizeof item, "%s ", wanted->name);

    used += shape_text(item + used, sizeof item - used, found->dimensions, found->shape);
    used += (size_t)snprintf(item + used, sizeof item - used, "%s not ",
                             found->type == WEIGHTS_I64                    ? " of integers"
                             : found->type == WEIGHTS_I8 && !wanted->dense ? " of bytes"
                                                                           : "");
    shape_text(item + used, sizeof item - used, wanted->dimensions, wanted->shape);
    note(r, MISSHAPEN, item);
}

static bool fits(const wish *wanted, const weights_tensor *found)
{
    return found->type != WEIGHTS_I64 && (found->type != WEIGHTS_I8 || wanted->dense) &&
           found->dimensions == wanted->dimensions && !memcmp(found->shape, wanted->shape, sizeof found->shape);
}

/* What a kernel of I8 has beside it: quantised_check() has looked into it. */
static void use_beside(bool *used, const weights *w, const weights_tensor *kernel, bool first)
{
    const weights_tensor *scale = weights_beside(w, kernel, QUANTISED_SCALE),
                         *range = weights_beside(w, kernel, QUANTISED_RANGE);

    if (scale)
        used[scale - w->tensors] = true;
    if (range && first)
        used[range - w->tensors] = true;
}

static void check_part(report *r, bool *used, const weights *w, const plan *p, int32_t index, int32_t part)
{
    const plan_weights *unit = &p->weights[index];
    wish wanted;

    for (int32_t nth = 0; nth < TENSORS_OF_PART && wish_of(&wanted, unit, &unit->parts[part], nth); nth++) {
        const weights_tensor *found = weights_find(w, wanted.name);

        if (found)
            used[found - w->tensors] = true;
        if (found && found->type == WEIGHTS_I8 && wanted.dense)
            use_beside(used, w, found, part == 0);
        if (wanted.tolerated || (found && fits(&wanted, found)) || wished_before(p, index, part, &wanted))
            continue;
        if (found)
            note_shape(r, &wanted, found);
        else
            note(r, MISSING, wanted.name);
    }
}

inspyr_status weights_match(const weights *w, const plan *p, inspyr_error *error)
{
    bool *used = memory_zeroed(&w->allocator, (size_t)w->count * sizeof *used);
    report r = { 0 };

    if (!used)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %d marks", (int)w->count);
    for (int32_t i = 0; i < p->weights_count; i++)
        for (int32_t part = 0; part < p->weights[i].count; part++)
            check_part(&r, used, w, p, i, part);
    for (int32_t i = 0; i < w->count; i++)
        if (!used[i])
            note(&r, SURPLUS, w->tensors[i].name);
    memory_give(&w->allocator, used);
    return verdict(&r, error);
}
