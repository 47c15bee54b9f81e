/* activation.h - what a convolution does to its sums before it stores them.
 *
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_ACTIVATION_H
#define INSPYR_NET_ROWS_ACTIVATION_H

#include "net/plain/rows/vector.h"
#include "net/plan.h"

/* x Phi(x), Phi being the normal distribution: for z = |x|, Phi(-z) = e^(-z^2 / 2) t p(t) with t = 1 / (1 +
 * 0.28 z). p is a least-squares fit of degree 5, reweighted until |x| times its largest error on 0..6 was least
 * (5e-9); so the rounding of the result is what remains: 2.4e-7 at x = 4. */
INLINE vec gelu(vec x)
{
    vec z = vmax(x, -x), t = 1.0f / (z * 0.28f + 1.0f), p;

    p = spread(-0.107138241f);
    p = p * t + 0.395344689f;
    p = p * t - 0.245936984f;
    p = p * t + 0.27617212f;
    p = p * t + 0.0645687543f;
    p = p * t + 0.11698964f;
    return vmax(x, spread(0)) - z * (p * t * vexp(z * z * -0.5f));
}

/* The same within 7e-5, for results that are rounded to bf16: Phi(-z) = u p(u) with u = 4.25 - z, and 0 beyond,
 * where the result is below 5e-5; p is a fit of degree 7 as above. Neither a division nor an exponential. */
INLINE vec gelu_bf16(vec x)
{
    vec z = vmax(x, -x), u = vmax(4.25f - z, spread(0)), p;

    p = spread(2.94450661e-05f);
    p = p * u - 0.000530422417f;
    p = p * u + 0.00325408353f;
    p = p * u - 0.0086353527f;
    p = p * u + 0.0124679196f;
    p = p * u - 0.00878534368f;
    p = p * u + 0.00295076878f;
    p = p * u - 0.000190563667f;
    return vmax(x, spread(0)) - z * (u * p);
}

INLINE vec activated(vec v, plan_activation activation)
{
    if (activation == PLAN_LINEAR)
        return v;
    if (activation == PLAN_GELU)
        return gelu(v);
    v = vmax(v, spread(0));
    return activation == PLAN_RELU6 ? vmin(v, spread(6)) : v;
}

/* As it is stored in that type. */
INLINE vec activated_as(vec v, plan_activation activation, rows_type type)
{
    return activation == PLAN_GELU && type != ROWS_F32 ? gelu_bf16(v) : activated(v, activation);
}

#endif
