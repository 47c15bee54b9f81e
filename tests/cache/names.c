/* names.c - prints the names of a few recipes, for compare_names.py, which makes them on its own: one a line
 * behind a word, and before them what the built-in model is known by. */
#include <stdio.h>

#include "net/model.h"
#include "run/cache/recipe.h"

static const char file[] = "the bytes of a photograph";
static unsigned char pixels[64];
static const inspyr_view view = { pixels + 48, -16, 3, 4, INSPYR_RGB8, 0 }; /* the last row first */

static void print(const char *word, const char *flavour, const cache_key *key)
{
    char name[INSPYR_CACHE_NAME_MAX];

    key_name(name, key);
    printf("%s-%s %s\n", word, flavour, name);
}

static int print_both(const char *word, const char *flavour, const key_secret *secret, const key_source *source,
                      const key_recipe *r)
{
    cache_key keys[2];

    if (key_matte(&keys[0], secret, source, r, NULL) || key_result(&keys[1], secret, source, r, NULL))
        return 1;
    print(word, r->model ? "model-matte" : "matte", &keys[0]);
    print(word, r->model ? "model-result" : "result", &keys[1]);
    key_set(&keys[0], secret, keys, 2);
    print(word, flavour, &keys[0]);
    return 0;
}

static int print_all(const char *word, const key_secret *secret, inspyr_model *model)
{
    static const char *const effects[] = { "popart:contrast=3", "sketch" };
    const inspyr_bytes profile = { (void *)(uintptr_t) "a profile", 9, NULL, NULL };
    inspyr_decode_options decode;
    inspyr_cutout_options cutout;
    inspyr_effect_options effect;
    inspyr_encode_options encode;
    key_recipe r = { .model = model };
    key_source sources[2];

    key_source_bytes(&sources[0], secret, file, sizeof file - 1);
    key_source_view(&sources[1], secret, &view);
    if (print_both(word, model ? "model-set" : "set", secret, &sources[0], &r))
        return 1;
    inspyr_decode_options_init(&decode);
    decode.flags = INSPYR_DECODE_AS_STORED | INSPYR_DECODE_SHRINK;
    decode.max_bytes = 1;
    decode.max_pixels = UINT64_MAX;
    decode.max_side = 3;
    decode.format = INSPYR_RGB8;
    inspyr_cutout_options_init(&cutout);
    cutout.flags = INSPYR_CUTOUT_THRESHOLD | INSPYR_COMPAT;
    cutout.output = INSPYR_OUTPUT_PICTURE;
    cutout.colour = 0x123456;
    cutout.crop_margin = 7;
    cutout.network_width = 384;
    cutout.network_height = 416;
    cutout.resize = INSPYR_RESIZE_DYNAMIC;
    cutout.short_side = 640;
    cutout.threshold = 0.25f;
    cutout.blur_sigma = 1.5f;
    cutout.background = &view;
    cutout.profile = &profile;
    inspyr_effect_options_init(&effect);
    effect.seed = UINT64_MAX - 1;
    effect.quality = INSPYR_QUALITY_PREVIEW;
    effect.preview_side = 300;
    inspyr_encode_options_init(&encode);
    encode.flags = INSPYR_ENCODE_LOSSLESS;
    encode.file = INSPYR_FILE_WEBP;
    encode.quality = 80;
    encode.compression = 2;
    encode.profile = &profile;
    r = (key_recipe){ model, &decode, &cutout, INSPYR_GREY16, 2, effects, 2, &effect, &encode };
    return print_both(word, model ? "full-model-set" : "full-set", secret, &sources[1], &r);
}

int main(void)
{
    const inspyr_bytes bytes = { (void *)(uintptr_t) "a secret of a tenant", 20, NULL, NULL };
    inspyr_model *model = NULL;
    key_secret secret;
    int wrong;

    for (unsigned i = 0; i < sizeof pixels; i++)
        pixels[i] = (unsigned char)(i * 7);
    key_secret_begin(&secret, &bytes);
    wrong = print_all("plain", NULL, NULL) || print_all("secret", &secret, NULL);
    if (!wrong && !inspyr_model_load(&model, NULL, NULL, NULL)) {
        printf("model %s ", model->engine->name);
        for (int i = 0; i < WEIGHTS_DIGEST; i++)
            printf("%02x", (unsigned)model->digest[i]);
        printf("\n");
        wrong = print_all("plain", NULL, model) || print_all("secret", &secret, model);
    }
    inspyr_model_free(model);
    return wrong;
}
