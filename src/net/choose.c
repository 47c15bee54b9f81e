#include "net/choose.h"

#include <stdio.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/plugin.h"
#include "base/status.h"

static inspyr_status choose_device(choice *c, const inspyr_load_options *o, inspyr_error *error)
{
    bool cpu = !o->device || !strcmp(o->device, "cpu");

    if (o->device && o->device_need == INSPYR_NEED_FORBIDDEN) {
        if (cpu)
            return failed(error, INSPYR_ERR_DEVICE, "the cpu is forbidden, and this build has nothing else");
        return INSPYR_OK;
    }
    if (cpu)
        return INSPYR_OK;
    if (o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_DEVICE, "device %.60s is required, and this build has only the cpu",
                      o->device);
    snprintf(c->note, sizeof c->note, "device %.60s is not in this build: using the cpu", o->device);
    return INSPYR_OK;
}

static bool is_auto(const inspyr_load_options *o)
{
    return !o->engine || !strcmp(o->engine, "auto");
}

static inspyr_status take_onednn(choice *c, inspyr_error *error)
{
    static const plugin_wanted wanted = {
        .name = "onednn", .abi = PRODUCTS_ABI, .size = sizeof(products_table), .foreign = "dnnl_version"
    };
    const void *table;
    const products_table *products;
    inspyr_status status = plugin_find(&table, &wanted, error);

    if (status)
        return status;
    products = table;
    status = products->open(c->library, error);
    if (status)
        return status;
    c->engine = &engine_onednn;
    c->products = products;
    return INSPYR_OK;
}

static inspyr_status choose_forbidding(choice *c, const inspyr_load_options *o, inspyr_error *error)
{
    inspyr_error why;

    if (strcmp(o->engine, engine_plain.name) != 0 || !take_onednn(c, &why))
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_DEVICE, "engine plain is forbidden, and onednn: %.180s", why.message);
}

static inspyr_status choose_engine(choice *c, const inspyr_load_options *o, inspyr_error *error)
{
    inspyr_error why = { 0 };

    c->engine = &engine_plain;
    if (is_auto(o))
        return INSPYR_OK;
    if (o->device_need == INSPYR_NEED_FORBIDDEN)
        return choose_forbidding(c, o, error);
    if (!strcmp(o->engine, engine_plain.name))
        return INSPYR_OK;
    if (!strcmp(o->engine, engine_onednn.name)) {
        if (!take_onednn(c, &why))
            return INSPYR_OK;
    } else if (!strcmp(o->engine, "torch")) {
        snprintf(why.message, sizeof why.message, "it is not in this build");
    } else {
        return failed(error, INSPYR_ERR_ARGUMENT, "engine %.60s is unknown: auto, plain, onednn or torch",
                      o->engine);
    }
    if (o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_DEVICE, "engine %s is required: %.200s", o->engine, why.message);
    if (!c->note[0])
        snprintf(c->note, sizeof c->note, "using engine plain instead of %s: %.190s", o->engine, why.message);
    return INSPYR_OK;
}

/* Only its matrix unit is what the kernels do not use; where there is none, they are as fast and need no
 * gathering: docs/architecture.md. */
static bool has_matrix_unit(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d = 0;

    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && d >> 24 & 1 /* amx_tile */ && d >> 22 & 1 /* amx_bf16 */;
#else
    return false;
#endif
}

static inspyr_status choose_precision(choice *c, const inspyr_load_options *o, inspyr_error *error)
{
    if ((unsigned)o->precision > INSPYR_PRECISION_INT8)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "precision %d is not in this version", (int)o->precision);
    c->precision = INSPYR_PRECISION_EXACT;
    if (o->precision != INSPYR_PRECISION_AUTO && c->engine->has(o->precision))
        c->precision = o->precision;
    if (o->precision == INSPYR_PRECISION_AUTO || c->precision == o->precision)
        return INSPYR_OK;
    if (o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_DEVICE,
                      "precision %s is required, and engine %s does not have it on %s",
                      precision_name(o->precision), c->engine->name, c->engine->instructions());
    if (!c->note[0])
        snprintf(c->note, sizeof c->note, "engine %s has no precision %s on %s: using exact", c->engine->name,
                 precision_name(o->precision), c->engine->instructions());
    return INSPYR_OK;
}

inspyr_status choose(choice *out, const inspyr_load_options *o, inspyr_error *error)
{
    inspyr_status status;

    *out = (choice){ .engine = NULL };
    if ((unsigned)o->device_need > INSPYR_NEED_FORBIDDEN)
        return failed(error, INSPYR_ERR_ARGUMENT, "device_need %d is unknown", (int)o->device_need);
    status = choose_device(out, o, error);
    if (!status)
        status = choose_engine(out, o, error);
    if (!status)
        status = choose_precision(out, o, error);
    if (!status && is_auto(o) && out->precision > INSPYR_PRECISION_EXACT && has_matrix_unit())
        (void)take_onednn(out, NULL); /* where it is not to be had, plain it stays */
    return status;
}

inspyr_status choose_quantised(choice *c, const inspyr_load_options *o, const quantised_file *file,
                               inspyr_error *error)
{
    const bool named = o->precision == INSPYR_PRECISION_INT8, better = c->engine->has(INSPYR_PRECISION_BF16);

    if (!file->is || (!named && o->precision != INSPYR_PRECISION_AUTO))
        return INSPYR_OK;
    if (file->alpha_error <= QUANTISED_BOUND) {
        if (c->engine->has(INSPYR_PRECISION_INT8))
            c->precision = INSPYR_PRECISION_INT8;
        return INSPYR_OK;
    }
    if (named && o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_WEIGHTS, "the file's error in int8 is %.4f, over the bound of %.3f",
                      file->alpha_error, QUANTISED_BOUND);
    c->precision = better ? INSPYR_PRECISION_BF16 : INSPYR_PRECISION_EXACT;
    if (!c->note[0])
        snprintf(c->note, sizeof c->note, "int8 falls back to %s: its error of %.4f is over %.3f",
                 better ? "bf16" : "exact", file->alpha_error, QUANTISED_BOUND);
    return INSPYR_OK;
}
