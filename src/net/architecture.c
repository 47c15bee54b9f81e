/* architecture.c - the `architecture` entry of a converted file: the source's, or one for a checkpoint that has
 * none. */
#include "base/status.h"
#include "net/json.h"
#include "net/model_convert.h"

/* Members whose input checkpoints do not describe are trained with the statistics of ImageNet. */
static void describe(text *out, const convert_source *s)
{
    text_format(out, "{\"family\":\"inspyrenet\",\"backbone\":\"%s\",\"base_size\":[%d,%d],",
                network_backbone_name(s->config.backbone), (int)s->config.base_h, (int)s->config.base_w);
    text_format(out, "\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225]");
    if (s->config.blend)
        text_format(out, ",\"blend\":%d", (int)s->config.blend);
    text_add(out, "}", 1);
}

/* The entry as it is, but for what the options say otherwise. */
static inspyr_status amend(text *out, const convert_source *s, const char *entry, inspyr_error *error)
{
    json root, key, value;
    inspyr_status status = json_open(&root, "architecture", entry, strlen(entry), error);
    const char *comma = "";

    if (status)
        return status;
    text_add(out, "{", 1);
    for (json_walk walk = json_members(root); json_next(&walk, &key, &value);) {
        if ((s->new_size && json_is(key, "base_size")) || (s->new_blend && json_is(key, "blend")))
            continue;
        text_add(out, comma, strlen(comma));
        text_add(out, key.text, key.size);
        text_add(out, ":", 1);
        text_add(out, value.text, value.size);
        comma = ",";
    }
    if (s->new_size)
        text_format(out, "%s\"base_size\":[%d,%d]", comma, (int)s->config.base_h, (int)s->config.base_w);
    if (s->new_blend && s->config.blend)
        text_format(out, "%s\"blend\":%d", *comma || s->new_size ? "," : "", (int)s->config.blend);
    text_add(out, "}", 1);
    return INSPYR_OK;
}

inspyr_status architecture_write(text *out, const convert_source *s, inspyr_error *error)
{
    const char *entry = weights_metadata(s->w, "architecture");

    if (!entry) {
        describe(out, s);
        return INSPYR_OK;
    }
    if (s->new_size || s->new_blend)
        return amend(out, s, entry, error);
    text_add(out, entry, strlen(entry));
    return INSPYR_OK;
}
