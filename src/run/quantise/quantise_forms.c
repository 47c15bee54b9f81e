/* quantise_forms.c - the file of a choice of units, and how large it is. */
#include <stdio.h>

#include "base/status.h"
#include "run/quantise/quantise.h"

/* Of a tensor's line in the header, with a long name. */
#define LINE 120

static void form_kernel(quantise_job *job, int32_t unit, int32_t part)
{
    const weights *w = job->source.w;
    const weights_tensor *kernel = quantised_kernel(w, &job->p->weights[unit], part);
    const quantised_unit *range = &job->ranges[unit];
    convert_form *form = &job->forms[kernel - weights_at(w, 0)];

    if (job->roundings[unit] != ROUND_INT8) { /* one of two units that share a tensor may want it so */
        *form = (convert_form){ .type = WEIGHTS_BF16 };
        return;
    }
    if (form->type == WEIGHTS_BF16 && kernel->type != WEIGHTS_BF16)
        return;
    form->type = WEIGHTS_I8;
    if (part || !range->ranged)
        return;
    form->range[0] = !form->ranged || range->low < form->range[0] ? range->low : form->range[0];
    form->range[1] = !form->ranged || range->high > form->range[1] ? range->high : form->range[1];
    form->ranged = true;
}

void quantise_forms(quantise_job *job, uint64_t *bytes, uint64_t *float32_bytes)
{
    const weights *w = job->source.w;

    *bytes = *float32_bytes = 0;
    for (int32_t i = 0; i < weights_count(w); i++)
        job->forms[i] = (convert_form){ .type = weights_at(w, i)->type };
    for (int32_t i = 0; i < job->p->weights_count; i++)
        for (int32_t part = 0; job->possible[i] && part < job->p->weights[i].count; part++)
            form_kernel(job, i, part);
    for (int32_t i = 0; i < weights_count(w); i++) {
        const weights_tensor *t = weights_at(w, i);
        const convert_form *form = &job->forms[i];

        if (!convert_keeps(t))
            continue;
        *float32_bytes += t->count * sizeof(float);
        *bytes += t->count * weights_width(form->type) + LINE;
        if (form->type == WEIGHTS_I8)
            *bytes +=
                ((size_t)t->shape[0] + (form->ranged ? 2 : 0)) * sizeof(float) + (form->ranged ? 2 : 1) * LINE;
    }
}

void quantise_entry(char out[QUANTISE_ENTRY], const quantise_job *job, const quantise_error *e)
{
    snprintf(out, QUANTISE_ENTRY,
             "{\"version\":%d,\"alpha_error\":%.6f,\"mask_error\":%.6f,\"iou_change\":%.6f,\"bound\":%.6f,"
             "\"pictures\":%d}",
             QUANTISED_VERSION, e->alpha, e->mask, e->iou, job->bound, (int)job->pictures);
}

static int add(void *user, const void *bytes, size_t size)
{
    text_add(user, bytes, size);
    return 0;
}

inspyr_status quantise_bytes(quantise_job *job, text *out, inspyr_error *error)
{
    const quantise_error none = { 0 };
    char entry[QUANTISE_ENTRY];
    inspyr_status status;

    quantise_entry(entry, job, &none);
    job->source.quantised = entry;
    job->source.forms = job->forms;
    status = convert_write(&job->source, add, out, &job->allocator, error);
    job->source.quantised = NULL;
    if (!status && out->failed)
        return failed(error, INSPYR_ERR_MEMORY, "no room for the new file");
    return status;
}
