#include "eval.h"

#include <stdio.h>
#include <string.h>

#include "jsonl.h"
#include "say.h"

typedef struct set_mean {
    const char *name;
    size_t pictures, failed;
    inspyr_alpha_measures mean;
} set_mean;

/* Of the pairs from `first` on that share a set; returns the one behind them. */
static size_t mean_of(set_mean *out, const eval_list *list, size_t first)
{
    inspyr_alpha_measures *m = &out->mean;
    size_t end = first;

    memset(out, 0, sizeof *out);
    out->name = list->at[first].set;
    for (; end < list->count && list->at[end].set == out->name; end++) {
        const inspyr_alpha_measures *one = &list->at[end].nearness;

        if (list->at[end].error.status) {
            out->failed++;
            continue;
        }
        out->pictures++;
        m->sad += one->sad;
        m->mse += one->mse;
        m->gradient += one->gradient;
        m->connectivity += one->connectivity;
    }
    if (out->pictures) {
        double n = (double)out->pictures;

        m->sad /= n;
        m->mse /= n;
        m->gradient /= n;
        m->connectivity /= n;
    }
    return end;
}

static void print_table(const eval_list *list, const char *model_name, const char *model_version)
{
    set_mean s;

    printf("model %s %s\n%-22s%9s  %8s  %8s  %8s  %12s\n", model_name, model_version, "set", "pictures", "SAD",
           "MSE", "gradient", "connectivity");
    for (size_t first = 0; first < list->count;) {
        int width = 22;

        first = mean_of(&s, list, first);
        say_name(stdout, s.name);
        width -= (int)strlen(s.name);
        printf("%*s%9zu", width > 0 ? width : 1, "", s.pictures);
        if (s.pictures)
            printf("  %8.3f  %8.5f  %8.3f  %12.3f\n", s.mean.sad, s.mean.mse, s.mean.gradient,
                   s.mean.connectivity);
        else
            puts("  nothing could be measured");
    }
}

void eval_print_alpha(const eval_list *list, const char *model_name, const char *model_version, bool as_json)
{
    json j = { stdout, false };
    set_mean s;

    if (!as_json) {
        print_table(list, model_name, model_version);
        return;
    }
    json_object(&j, NULL);
    json_text(&j, "model", model_name);
    json_text(&j, "model_version", model_version);
    json_array(&j, "sets");
    for (size_t first = 0; first < list->count;) {
        first = mean_of(&s, list, first);
        json_object(&j, NULL);
        json_name(&j, "name", s.name);
        json_integer(&j, "pictures", (int64_t)s.pictures);
        json_integer(&j, "failed", (int64_t)s.failed);
        json_number(&j, "sad", s.mean.sad);
        json_number(&j, "mse", s.mean.mse);
        json_number(&j, "gradient", s.mean.gradient);
        json_number(&j, "connectivity", s.mean.connectivity);
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
    json_line(&j);
}
