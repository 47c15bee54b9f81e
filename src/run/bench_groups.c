#include "run/bench_groups.h"

#include <stdio.h>
#include <string.h>

/* What a layer of a Swin block does; NULL: it is none. */
static const char *swin_part(const plan_node *n, const char *name)
{
    if (n->op == PLAN_OP_WINDOW)
        return "window";
    if (n->op == PLAN_OP_NORM)
        return "norm";
    if (strstr(name, ".attn.qkv"))
        return "qkv";
    if (strstr(name, ".attn.proj"))
        return "proj";
    if (strstr(name, ".mlp."))
        return "mlp";
    return strstr(name, ".downsample") ? "downsample" : NULL;
}

/* backbone.layers.2.blocks.7.mlp.fc1 -> "stage 2 mlp"; backbone.layer3.0.conv1 -> "backbone.layer3";
 * context4.branch1.conv0 -> "context4". */
static void group_name(char out[32], const plan_node *n, const char *name)
{
    static const char stages[] = "backbone.layers.";
    const char *part = NULL;
    size_t length = strcspn(name, ".");

    if (!strncmp(name, stages, sizeof stages - 1))
        part = swin_part(n, name);
    if (part) {
        snprintf(out, 32, "stage %c %s", name[sizeof stages - 1], part);
        return;
    }
    if (!strncmp(name, "backbone.", 9))
        length += 1 + strcspn(name + length + 1, ".");
    snprintf(out, 32, "%.*s", (int)length, name);
}

/* The group of that name, made if there is room. */
static int32_t group_of(inspyr_bench_result *result, const char *name)
{
    int32_t g = 0;

    while (g < result->groups && strcmp(result->group[g], name) != 0)
        g++;
    if (g == INSPYR_BENCH_GROUPS)
        return g - 1;
    if (g == result->groups) {
        memcpy(result->group[g], name, sizeof result->group[g]);
        result->groups++;
    }
    return g;
}

void bench_groups(inspyr_bench_result *result, const plan *p, const double *milliseconds)
{
    char name[32] = "input"; /* a node without weights belongs to the one before it */

    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];
        int32_t g;

        if (n->weights >= 0)
            group_name(name, n, p->weights[n->weights].parts[0].name);
        g = group_of(result, name);
        result->group_ms[g] += milliseconds[j];
        result->group_operations[g] += 2 * plan_cost(p, n);
    }
}
