#include "drawing.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "command.h"
#include "say.h"
#include "ticks.h"
#include "writing.h"

/* A second pop art of one picture is called popart_2. */
static void name_results(effect_list *list, size_t i, const char *name)
{
    size_t same = 1;

    for (size_t k = 0; k < i; k++)
        same += !strncmp(list->at[k].text, name, strlen(name)) && list->at[k].text[strlen(name)] == '@';
    if (same > 1)
        snprintf(list->at[i].kind, sizeof list->at[i].kind, "%s_%zu", name, same);
    else
        snprintf(list->at[i].kind, sizeof list->at[i].kind, "%s", name);
}

static bool add(effect_list *list, const char *text, size_t i, inspyr_error *error)
{
    inspyr_effect_values values;
    inspyr_effect effect;

    inspyr_effect_values_init(&values);
    inspyr_effect_init(&effect);
    if (inspyr_effect_parse(&values, NULL, text, i, error) ||
        inspyr_effect_print(list->at[i].text, &values, error) ||
        inspyr_effect_list(&effect, (size_t)values.effect, error))
        return false;
    name_results(list, i, effect.name);
    return true;
}

bool effects_parse(effect_list *list, const char *text)
{
    inspyr_error error;
    bool good = !inspyr_effect_parse(NULL, &list->count, text, 0, &error);

    if (good && list->count > EFFECTS_MAX) {
        say_wrong("--effects takes %d effects at most", EFFECTS_MAX);
        return false;
    }
    for (size_t i = 0; good && i < list->count; i++)
        good = add(list, text, i, &error);
    if (!good)
        say_wrong("--effects: %s", error.message);
    return good;
}

bool effects_parse_seed(effect_list *list, const char *text)
{
    return arguments_number("seed", text, 0, INT32_MAX, &list->seed);
}

bool effects_parse_preview(effect_list *list, const char *text)
{
    return arguments_number("preview", text, 1, INT32_MAX, &list->preview);
}

int effects_targets(effect_list *list, inputs *pictures, const target_rule *rule)
{
    int end = ENDS_WELL;

    for (size_t i = 0; !end && i < list->count; i++) {
        target_rule own = *rule;

        own.kind = list->at[i].kind;
        end = targets_make(&list->at[i].targets, pictures, &own);
    }
    return end;
}

void effects_free(effect_list *list, const inputs *pictures)
{
    for (size_t i = 0; i < list->count; i++)
        targets_free(list->at[i].targets, pictures);
    list->count = 0;
}

void effects_print_outputs(json *j, const effect_list *list, size_t input)
{
    json_array(j, "outputs");
    for (size_t i = 0; i < list->count; i++) {
        json_object(j, NULL);
        json_text(j, "effect", list->at[i].text);
        json_name(j, "output", list->at[i].targets[input]);
        json_end_object(j);
    }
    json_end_array(j);
}

/* The first failure is kept. */
static inspyr_status write_results(const effect_list *list, size_t input, inspyr_image *const *results,
                                   inspyr_status status, const inspyr_bytes *profile, const target_rule *rule,
                                   inspyr_pool *pool, inspyr_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        inspyr_error own;
        inspyr_view view;

        inspyr_image_view(results[i], &view);
        if (results[i] &&
            write_picture(list->at[i].targets[input], &view, profile, rule->file, rule->replace, pool, NULL,
                          &own) &&
            !status) {
            *error = own;
            status = own.status;
        }
    }
    return status;
}

inspyr_status effects_render(inspyr_image **results, const effect_list *list, const inspyr_view *picture,
                             inspyr_pool *pool, inspyr_error *error)
{
    const char *texts[EFFECTS_MAX];
    inspyr_effect_options options;

    for (size_t i = 0; i < list->count; i++)
        texts[i] = list->at[i].text;
    inspyr_effect_options_init(&options);
    options.pool = pool;
    options.seed = (uint64_t)list->seed;
    options.quality = list->preview ? INSPYR_QUALITY_PREVIEW : INSPYR_QUALITY_FULL;
    options.preview_side = list->preview;
    return inspyr_apply_effects(results, NULL, picture, NULL, texts, list->count, &options, error);
}

inspyr_status effects_draw(const effect_list *list, size_t input, const inspyr_view *picture,
                           const inspyr_bytes *profile, inspyr_pool *pool, const target_rule *rule,
                           double *draw_ms, double *encode_ms, inspyr_error *error)
{
    inspyr_image *results[EFFECTS_MAX];
    double began = ticks_ms(), drawn;
    inspyr_status status = effects_render(results, list, picture, pool, error);

    drawn = ticks_ms();
    status = write_results(list, input, results, status, profile, rule, pool, error);
    for (size_t i = 0; i < list->count; i++)
        inspyr_image_free(results[i]);
    *draw_ms = drawn - began;
    *encode_ms = ticks_ms() - drawn;
    return status;
}
