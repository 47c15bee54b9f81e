#include "oracle/oracle_run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/status.h"

static tensor operand(const engine_run *run, plan_id value)
{
    tensor t = run->values[value];

    if (run->given)
        t.at = run->given[value];
    return t;
}

/* Dense concatenation of inputs, each brought to h x w where its own size differs. */
static bool gather(tensor *to, const engine_run *run, const plan_input *in, int32_t count, int32_t h, int32_t w)
{
    int32_t at = 0;

    to->n = run->values[in[0].value].n;
    to->h = in[0].sampling ? h : run->values[in[0].value].h; /* keys and values lie on no grid */
    to->w = in[0].sampling ? w : run->values[in[0].value].w;
    to->c = 0;
    for (int32_t i = 0; i < count; i++)
        to->c += in[i].channels;
    to->at = memory_array(&run->host.allocator, tensor_count(to), sizeof(float));
    for (int32_t i = 0; to->at && i < count; i++) {
        const tensor from = operand(run, in[i].value);

        oracle_sample(to, at, &from, &in[i]);
        at += in[i].channels;
    }
    return to->at;
}

static bool gather_all(oracle_call *call, const engine_run *run)
{
    const plan_node *node = call->node;
    const plan_input *in = node->in;
    bool room = true;

    switch (node->op) {
    case PLAN_OP_CONV:
        room = gather(&call->in[0], run, in, node->inputs, node->h, node->w);
        break;
    case PLAN_OP_SICA_CONTEXT:
        room = gather(&call->in[0], run, in, 1, node->h, node->w) &&
               gather(&call->in[1], run, in + 1, node->inputs - 1, node->h, node->w);
        break;
    case PLAN_OP_EXPAND_ADD:
        room = gather(&call->in[0], run, in, 1, node->h, node->w) &&
               gather(&call->in[1], run, in + 1, 1, call->out.h, call->out.w);
        break;
    default:
        for (int32_t i = 0; room && i < node->inputs; i++)
            room = gather(&call->in[i], run, in + i, 1, node->h, node->w);
    }
    if (room && node->residual.value >= 0)
        room = gather(&call->residual, run, &node->residual, 1, call->out.h, call->out.w);
    return room;
}

static void hand_out(const oracle_call *call, const engine_io *io)
{
    if (io->logits)
        memcpy(io->logits, call->in[0].at, tensor_count(&call->in[0]) * sizeof(float));
    for (int32_t n = 0; io->extremes && n < call->out.n; n++)
        memcpy(io->extremes[n], tensor_at(&call->out, n, 0, 0, 0), sizeof io->extremes[n]);
}

static bool compute(oracle_call *call, const engine_io *io, int32_t *inputs)
{
    size_t bytes = tensor_count(&call->out) * sizeof(float);

    switch (call->node->op) {
    case PLAN_OP_PICTURE:
        oracle_picture(call, call->node->low ? io->low_picture : io->picture);
        return true;
    case PLAN_OP_INPUT:
        memcpy(call->out.at, io->inputs[(*inputs)++], bytes);
        return true;
    case PLAN_OP_CONV:
        oracle_conv(call);
        return true;
    case PLAN_OP_MEAN:
        oracle_mean(call);
        return true;
    case PLAN_OP_SOFTMAX:
        oracle_softmax(call);
        return true;
    case PLAN_OP_AXIAL:
        return oracle_axial(call);
    case PLAN_OP_NORM:
        oracle_norm(call);
        return true;
    case PLAN_OP_WINDOW:
        return oracle_window(call);
    case PLAN_OP_MERGE:
        oracle_merge(call);
        return true;
    case PLAN_OP_POOL:
        oracle_pool(call);
        return true;
    case PLAN_OP_ADD:
    case PLAN_OP_MULTIPLY:
        oracle_of_two(call);
        return true;
    case PLAN_OP_TRANSITION:
        oracle_transition(call);
        return true;
    case PLAN_OP_RESIZE: /* gather() has done it */
        memcpy(call->out.at, call->in[0].at, bytes);
        return true;
    case PLAN_OP_SICA_MAPS:
        oracle_sica_maps(call);
        return true;
    case PLAN_OP_SICA_CONTEXT:
        oracle_sica_context(call);
        return true;
    case PLAN_OP_SICA_ATTEND:
        oracle_sica_attend(call);
        return true;
    case PLAN_OP_FOLD:
        oracle_fold(call);
        return true;
    case PLAN_OP_FOLDED_CONV:
        oracle_folded_conv(call);
        return true;
    case PLAN_OP_EXPAND_ADD:
        oracle_expand_add(call);
        return true;
    case PLAN_OP_OUTPUT:
        oracle_extremes(call);
        hand_out(call, io);
        return true;
    }
    return false;
}

inspyr_status oracle_run(engine_run *run, const engine_io *io, inspyr_error *error)
{
    const plan *p = run->p;
    int32_t inputs = 0;

    for (int32_t i = 0; i < p->node_count; i++) {
        oracle_call call = { .node = &p->nodes[i], .out = run->values[p->nodes[i].out] };
        double begin = clock_ms();
        bool done;

        if (io->go_on && io->go_on(io->user, (float)i / (float)p->node_count))
            return failed(error, INSPYR_ERR_CANCELLED, "cancelled at node %d", (int)i);
        if (call.node->weights >= 0) {
            call.kernel = run->packed->units[call.node->weights].kernel;
            call.bias = run->packed->units[call.node->weights].bias;
        }
        done = gather_all(&call, run) && compute(&call, io, &inputs);
        for (int32_t k = 0; k < PLAN_INPUTS; k++)
            memory_give(&run->host.allocator, call.in[k].at);
        memory_give(&run->host.allocator, call.residual.at);
        if (!done)
            return failed(error, INSPYR_ERR_MEMORY, "no room for node %d", (int)i);
        run->milliseconds[i] = clock_ms() - begin;
    }
    return INSPYR_OK;
}
