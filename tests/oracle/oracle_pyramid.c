/* oracle_pyramid.c - SPEC.md 4.6: zeros between the coarse logits, then a 7 x 7 kernel with reflected borders.
 */
#include "oracle/oracle_ops.h"

static int32_t reflected(int32_t i, int32_t count)
{
    return i < 0 ? -i : i >= count ? 2 * (count - 1) - i : i;
}

void oracle_expand_add(oracle_call *call)
{
    static const double half[4] = { 0.3990502796524549, 0.2420362293761143, 0.05400558262241448,
                                    0.004433048175243746 };
    const tensor *coarse = &call->in[0], *out = &call->out;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++) {
                double sum = 0;

                for (int32_t i = -3; i <= 3; i++)
                    for (int32_t j = -3; j <= 3; j++) {
                        int32_t v = reflected(y + i, out->h), u = reflected(x + j, out->w);
                        float weight = 4 * (float)(half[i < 0 ? -i : i] * half[j < 0 ? -j : j]);

                        if (v % 2 == 0 && u % 2 == 0)
                            sum += (double)weight * (double)*tensor_at(coarse, n, v / 2, u / 2, 0);
                    }
                *tensor_at(out, n, y, x, 0) = (float)(sum + (double)*tensor_at(&call->in[1], n, y, x, 0));
            }
}
