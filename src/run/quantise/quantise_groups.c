/* quantise_groups.c - convolutions that stand at the same place of alike blocks err alike. */
#include <stdio.h>

#include "run/quantise/quantise.h"

/* "backbone.layers.2.blocks.17.mlp.fc1" -> "backbone.layers.2.blocks.*.mlp.fc1": numbers of blocks become
 * stars, those of layers stay. All else goes by its first word, "context3" or "attention0". */
void quantise_group_name(char out[PLAN_NAME], const plan_weights *unit)
{
    const char *name = unit->parts[0].name, *end;
    size_t used = 0;
    bool layer = false;

    if (strncmp(name, "backbone.", 9) != 0) {
        snprintf(out, PLAN_NAME, "%.*s", (int)strcspn(name, "."), name);
        return;
    }
    for (; *name && used + 1 < PLAN_NAME; name = end + (*end == '.')) {
        size_t word = strcspn(name, ".");
        bool number = word && strspn(name, "0123456789") == word && !layer;

        end = name + word;
        layer = word == 6 && !memcmp(name, "layers", 6);
        used += (size_t)snprintf(out + used, PLAN_NAME - used, "%s%.*s", used ? "." : "",
                                 number ? 1 : (int)word, number ? "*" : name);
    }
}

int32_t quantise_groups(const quantise_job *job, int32_t *groups)
{
    int32_t count = 0;

    for (int32_t i = 0; i < job->p->weights_count; i++) {
        char mine[PLAN_NAME], other[PLAN_NAME];
        int32_t k = 0;

        groups[i] = -1;
        if (!job->possible[i])
            continue;
        quantise_group_name(mine, &job->p->weights[i]);
        for (; k < i && groups[i] < 0; k++)
            if (groups[k] >= 0) {
                quantise_group_name(other, &job->p->weights[k]);
                if (!strcmp(mine, other))
                    groups[i] = groups[k];
            }
        if (groups[i] < 0)
            groups[i] = count++;
    }
    return count;
}
