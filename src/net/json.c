#include "net/json.h"

#include "base/status.h"
#include "net/json_reader.h"

static bool read_value(json_reader *r, int depth, json *value);

bool json_wrong(json_reader *r, const char *problem)
{
    if (!r->problem)
        r->problem = problem;
    return false;
}

bool json_take(json_reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static void skip_space(json_reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool read_word(json_reader *r, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size) != 0)
        return json_wrong(r, "no value");
    r->at += size;
    return true;
}

/* A key and its colon. */
static bool read_key(json_reader *r, json *key)
{
    key->text = r->at;
    if (r->at == r->end || *r->at != '"')
        return json_wrong(r, "no key in quotes");
    if (!json_read_text(r))
        return false;
    key->kind = JSON_TEXT;
    key->size = (size_t)(r->at - key->text);
    skip_space(r);
    return json_take(r, ':') ? true : json_wrong(r, "no colon behind a key");
}

static bool unlike(json_reader *r, const char **keys, size_t count, json key)
{
    if (count == JSON_KEYS)
        return json_wrong(r, "too many keys in an object");
    for (size_t i = 0; i < count; i++)
        if (json_same_text(keys[i], key.text + 1, r->end))
            return json_wrong(r, "a key for the second time");
    keys[count] = key.text + 1;
    return true;
}

static bool read_container(json_reader *r, int depth, bool object)
{
    const char *keys[JSON_KEYS];
    const char close = object ? '}' : ']';
    json key, value;

    if (depth == JSON_DEPTH)
        return json_wrong(r, "too many levels");
    r->at++;
    skip_space(r);
    if (json_take(r, close))
        return true;
    for (size_t count = 0;; count++) {
        skip_space(r);
        if (object && (!read_key(r, &key) || (r->unique && !unlike(r, keys, count, key))))
            return false;
        skip_space(r);
        if (!read_value(r, depth + 1, &value))
            return false;
        skip_space(r);
        if (json_take(r, close))
            return true;
        if (!json_take(r, ','))
            return json_wrong(r, object ? "no comma or brace" : "no comma or bracket");
    }
}

static json_kind kind_of(char c)
{
    switch (c) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_LIST;
    case '"':
        return JSON_TEXT;
    case 't':
    case 'f':
        return JSON_BOOL;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

static bool read_kind(json_reader *r, int depth, json_kind kind)
{
    switch (kind) {
    case JSON_OBJECT:
    case JSON_LIST:
        return read_container(r, depth, kind == JSON_OBJECT);
    case JSON_TEXT:
        return json_read_text(r);
    case JSON_BOOL:
        return read_word(r, *r->at == 't' ? "true" : "false");
    case JSON_NULL:
        return read_word(r, "null");
    default:
        return json_read_number(r);
    }
}

static bool read_value(json_reader *r, int depth, json *value)
{
    *value = (json){ .text = r->at };
    if (r->at == r->end)
        return json_wrong(r, "the end instead of a value");
    value->kind = kind_of(*r->at);
    if (!read_kind(r, depth, value->kind))
        return false;
    value->size = (size_t)(r->at - value->text);
    return true;
}

static inspyr_status open_text(json *root, const char *what, json_reader r, inspyr_error *error)
{
    const char *begin = r.at;
    json value;

    *root = (json){ .kind = JSON_ABSENT };
    skip_space(&r);
    if (read_value(&r, 0, &value)) {
        skip_space(&r);
        if (r.at < r.end)
            json_wrong(&r, "something behind the value");
    }
    if (r.problem)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: %s at byte %zu", what, r.problem, (size_t)(r.at - begin));
    *root = value;
    return INSPYR_OK;
}

inspyr_status json_open(json *root, const char *what, const char *text, size_t size, inspyr_error *error)
{
    return open_text(root, what, (json_reader){ .at = text, .end = text + size, .unique = true }, error);
}

inspyr_status json_open_large(json *root, const char *what, const char *text, size_t size, inspyr_error *error)
{
    return open_text(root, what, (json_reader){ .at = text, .end = text + size }, error);
}

json_walk json_members(json container)
{
    if (container.kind != JSON_LIST && container.kind != JSON_OBJECT)
        return (json_walk){ .at = NULL };
    return (json_walk){ .at = container.text + 1,
                        .end = container.text + container.size - 1,
                        .keys = container.kind == JSON_OBJECT };
}

bool json_next(json_walk *walk, json *key, json *value)
{
    json_reader r = { .at = walk->at, .end = walk->end };

    *key = *value = (json){ .kind = JSON_ABSENT };
    skip_space(&r);
    if (json_take(&r, ','))
        skip_space(&r);
    if (r.at == r.end || (walk->keys && !read_key(&r, key)))
        return false;
    skip_space(&r);
    if (!read_value(&r, 1, value))
        return false;
    walk->at = r.at;
    return true;
}

json json_find(json object, const char *key)
{
    json name, value;

    if (object.kind == JSON_OBJECT)
        for (json_walk walk = json_members(object); json_next(&walk, &name, &value);)
            if (json_is(name, key))
                return value;
    return (json){ .kind = JSON_ABSENT };
}

json json_at(json list, size_t index)
{
    json name, value;

    if (list.kind == JSON_LIST)
        for (json_walk walk = json_members(list); json_next(&walk, &name, &value);)
            if (!index--)
                return value;
    return (json){ .kind = JSON_ABSENT };
}

size_t json_count(json container)
{
    json name, value;
    size_t count = 0;

    for (json_walk walk = json_members(container); json_next(&walk, &name, &value);)
        count++;
    return count;
}

bool json_bool(json value, bool *out)
{
    if (value.kind != JSON_BOOL)
        return false;
    *out = value.text[0] == 't';
    return true;
}
