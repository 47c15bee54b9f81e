#include "eval.h"

#include <stdio.h>
#include <string.h>

#include "jsonl.h"
#include "say.h"

/* What one row says: a set, or a sequence of it. */
typedef struct row {
    const char *name;
    size_t pictures, mba_pictures, sequences;
    inspyr_measures mean;
} row;

/* The pairs from `first` on that share its set and, if `by_sequence`, its sequence. */
static size_t run_length(const eval_list *list, size_t first, bool by_sequence)
{
    const eval_pair *p = &list->at[first];
    size_t end = first;

    while (end < list->count && list->at[end].set == p->set &&
           (!by_sequence || list->at[end].sequence == p->sequence))
        end++;
    return end - first;
}

static void flat_row(row *out, const char *name, const eval_pair *pairs, size_t count)
{
    eval_mean sum = { 0 };

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < count; i++)
        if (pairs[i].error.status == INSPYR_OK)
            eval_mean_add(&sum, &pairs[i].measures);
    out->name = name;
    out->pictures = sum.count;
    out->mba_pictures = sum.mba_count;
    eval_mean_of(&out->mean, &sum);
}

/* Frames of one sequence are near copies of each other: sequences count alike, however long they are. */
static void set_row(row *out, const eval_list *list, size_t first, size_t count)
{
    const eval_pair *pairs = &list->at[first];
    eval_mean sum = { 0 };
    row sequence;

    if (!pairs->sequence) {
        flat_row(out, pairs->set, pairs, count);
        return;
    }
    memset(out, 0, sizeof *out);
    out->name = pairs->set;
    for (size_t i = 0, length; i < count; i += length) {
        length = run_length(list, first + i, true);
        flat_row(&sequence, pairs[i].sequence, &pairs[i], length);
        out->pictures += sequence.pictures;
        out->mba_pictures += sequence.mba_pictures;
        if (!sequence.pictures)
            continue;
        eval_mean_add(&sum, &sequence.mean);
        out->sequences++;
    }
    eval_mean_of(&out->mean, &sum);
}

static void print_row(const row *r, const char *indent)
{
    const inspyr_measures *m = &r->mean;
    int width = 22 - (int)strlen(indent);

    fputs(indent, stdout);
    say_name(stdout, r->name);
    printf("%*s%9zu", (int)strlen(r->name) < width ? width - (int)strlen(r->name) : 1, "", r->pictures);
    if (!r->pictures) {
        puts("  nothing could be measured");
        return;
    }
    printf("  %8.4f  %8.4f  %9.4f  %6.4f  ", m->iou, m->mae, m->s_measure, eval_max_f(m));
    if (r->mba_pictures)
        printf("%6.4f\n", m->mba);
    else
        puts("     -");
}

void eval_print_table(const eval_list *list)
{
    row r;

    printf("%-22s%9s  %8s  %8s  %9s  %6s  %6s\n", "set", "pictures", "mean IoU", "MAE", "S-measure", "max F",
           "mBA");
    for (size_t first = 0, count; first < list->count; first += count) {
        count = run_length(list, first, false);
        set_row(&r, list, first, count);
        print_row(&r, "");
        for (size_t i = 0, length; i < count && list->at[first].sequence; i += length) {
            length = run_length(list, first + i, true);
            flat_row(&r, list->at[first + i].sequence, &list->at[first + i], length);
            print_row(&r, "  ");
        }
    }
}

static void json_row(json *j, const row *r)
{
    const inspyr_measures *m = &r->mean;

    json_name(j, "name", r->name);
    json_integer(j, "pictures", (int64_t)r->pictures);
    json_number(j, "mean_iou", m->iou);
    json_number(j, "mae", m->mae);
    json_number(j, "s_measure", m->s_measure);
    json_number(j, "max_f", eval_max_f(m));
    json_number(j, "mba", m->mba);
    json_integer(j, "mba_pictures", (int64_t)r->mba_pictures);
}

void eval_print_json(const eval_list *list, const char *model_name, const char *model_version)
{
    json j = { stdout, false };
    row r;

    json_object(&j, NULL);
    json_text(&j, "model", model_name);
    json_text(&j, "model_version", model_version);
    json_array(&j, "sets");
    for (size_t first = 0, count; first < list->count; first += count) {
        count = run_length(list, first, false);
        set_row(&r, list, first, count);
        json_object(&j, NULL);
        json_row(&j, &r);
        json_integer(&j, "failed", (int64_t)(count - r.pictures));
        if (list->at[first].sequence) {
            json_array(&j, "sequences");
            for (size_t i = 0, length; i < count; i += length) {
                length = run_length(list, first + i, true);
                flat_row(&r, list->at[first + i].sequence, &list->at[first + i], length);
                json_object(&j, NULL);
                json_row(&j, &r);
                json_end_object(&j);
            }
            json_end_array(&j);
        }
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
    json_line(&j);
}
