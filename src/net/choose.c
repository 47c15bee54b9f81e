#include "net/choose.h"

#include <stdio.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/device_name.h"
#include "base/plugin.h"
#include "base/status.h"

static bool is_cpu(const char *device)
{
    return !device || !strcmp(device, "cpu");
}

/* GPUs are the engine's affair. */
static inspyr_status choose_device(choice *c, const inspyr_load_options *o, inspyr_error *error)
{
    if (o->device && o->device_need == INSPYR_NEED_FORBIDDEN) {
        if (is_cpu(o->device) && o->engine && !strcmp(o->engine, "torch"))
            return failed(error, INSPYR_ERR_ARGUMENT, "the engine torch is forbidden, and so is the cpu");
        return INSPYR_OK;
    }
    if (is_cpu(o->device) || device_ordinal(o->device) >= 0)
        return INSPYR_OK;
    if (o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_DEVICE, "device %.60s is unknown: cpu, cuda or cuda:N", o->device);
    snprintf(c->note, sizeof c->note, "device %.60s is unknown: using the cpu", o->device);
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

/* What was asked for is not to be had. */
static inspyr_status do_without(choice *c, const inspyr_load_options *o, const char *what,
                                const inspyr_error *why, inspyr_error *error)
{
    if (o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, why->status == INSPYR_ERR_DEVICE_MEMORY ? why->status : INSPYR_ERR_DEVICE,
                      "%.40s is required: %.170s", what, why->message);
    if (!c->note[0])
        snprintf(c->note, sizeof c->note, "using engine plain on the cpu instead of %.40s: %.140s", what,
                 why->message);
    return INSPYR_OK;
}

/* A GPU, with the engine that has them; "cpu" forbidden means the first one. */
static inspyr_status choose_gpu(choice *c, const inspyr_load_options *o, const char *device,
                                inspyr_error *error)
{
    inspyr_error why = { 0 };

    if (!is_auto(o) && strcmp(o->engine, "torch") != 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "engine %.60s has no device %.60s: torch has", o->engine,
                      device);
    if (!choose_torch(c, o, device, &why))
        return INSPYR_OK;
    if (is_cpu(o->device))
        return failed(error, INSPYR_ERR_DEVICE, "the cpu is forbidden, and there is nothing else: %.170s",
                      why.message);
    return do_without(c, o, device, &why, error);
}

static inspyr_status choose_engine(choice *c, const inspyr_load_options *o, inspyr_error *error)
{
    const bool forbidden = o->device_need == INSPYR_NEED_FORBIDDEN;
    inspyr_error why = { 0 };

    c->engine = &engine_plain;
    if (device_ordinal(o->device) >= 0 && !forbidden)
        return choose_gpu(c, o, o->device, error);
    if (o->device && is_cpu(o->device) && forbidden)
        return choose_gpu(c, o, "cuda", error);
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
        if (!choose_torch(c, o, "cpu", &why))
            return INSPYR_OK;
    } else {
        return failed(error, INSPYR_ERR_ARGUMENT, "engine %.60s is unknown: auto, plain, onednn or torch",
                      o->engine);
    }
    return do_without(c, o, o->engine, &why, error);
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
    if (!status && is_auto(o) && !out->torch && out->precision > INSPYR_PRECISION_EXACT && has_matrix_unit())
        (void)take_onednn(out, NULL); /* where it is not to be had, plain it stays */
    if (status && out->device) {
        out->torch->close(out->device);
        out->device = NULL;
    }
    return status;
}

inspyr_status choose_quantised(choice *c, const inspyr_load_options *o, const quantised_file *file,
                               inspyr_error *error)
{
    const bool named = o->precision == INSPYR_PRECISION_INT8, better = c->engine->has(INSPYR_PRECISION_BF16);
    const double over = file->alpha_error;
    int digits;

    if (!file->is || (!named && o->precision != INSPYR_PRECISION_AUTO))
        return INSPYR_OK;
    if (over <= QUANTISED_BOUND) {
        if (c->engine->has(INSPYR_PRECISION_INT8))
            c->precision = INSPYR_PRECISION_INT8;
        return INSPYR_OK;
    }
    digits = quantised_digits(over, QUANTISED_BOUND);
    if (named && o->device_need == INSPYR_NEED_REQUIRED)
        return failed(error, INSPYR_ERR_WEIGHTS, "the file's error in int8 is %.*g, over the bound of %.*g",
                      digits, over, digits, QUANTISED_BOUND);
    c->precision = better ? INSPYR_PRECISION_BF16 : INSPYR_PRECISION_EXACT;
    if (!c->note[0])
        snprintf(c->note, sizeof c->note, "int8 falls back to %s: its error of %.*g is over %.*g",
                 better ? "bf16" : "exact", digits, over, digits, QUANTISED_BOUND);
    return INSPYR_OK;
}
