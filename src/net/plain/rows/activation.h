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

INLINE vec activated(vec v, plan_activation activation)
{
    if (activation == PLAN_LINEAR)
        return v;
    if (activation == PLAN_GELU)
        return gelu(v);
    v = vmax(v, spread(0));
    return activation == PLAN_RELU6 ? vmin(v, spread(6)) : v;
}

#endif
