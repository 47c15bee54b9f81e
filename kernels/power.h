/* power.h - powers of numbers between 0 and 1, of additions and multiplications alone.
 *
 * The relative error is below 5e-16, so that a result rounded to float is nearly always the float nearest to
 * the exact power. The same on every machine, as no library is asked. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_POWER_H
#define INSPYR_KERNELS_POWER_H

#include "kernels/effect_px.h"

/* 2^f for -0.5 <= f <= 0.5: the series of e^(f ln 2), whose rest is below 2^-56. */
PX double power_of_two_near(double f)
{
    double p = 1.3691488853904128e-12;

    p = p * f + 2.5678435993488206e-11;
    p = p * f + 4.4455382718708116e-10;
    p = p * f + 7.054911620801123e-09;
    p = p * f + 1.01780860092397e-07;
    p = p * f + 1.321548679014431e-06;
    p = p * f + 1.5252733804059841e-05;
    p = p * f + 0.0001540353039338161;
    p = p * f + 0.0013333558146428443;
    p = p * f + 0.009618129107628477;
    p = p * f + 0.05550410866482158;
    p = p * f + 0.24022650695910072;
    p = p * f + 0.6931471805599453;
    return p * f + 1.0;
}

/* log2(m) for sqrt(1/2) <= m < sqrt(2): the series of 2 artanh((m-1)/(m+1)) / ln 2. */
PX double power_log2_near(double m)
{
    double s = (m - 1.0) / (m + 1.0), z = s * s, p = 0.12545174268599682;

    p = p * z + 0.1373995277037108;
    p = p * z + 0.15186263588304877;
    p = p * z + 0.16972882833987804;
    p = p * z + 0.19235933878519512;
    p = p * z + 0.22195308321368667;
    p = p * z + 0.2623081892525388;
    p = p * z + 0.3205988979753252;
    p = p * z + 0.4121985831111324;
    p = p * z + 0.5770780163555853;
    p = p * z + 0.9617966939259756;
    return s * (p * z + 2.8853900817779268);
}

/* The integer nearest to x, ties to even, for |x| < 2^51. */
PX double power_nearest(double x)
{
    return (x + 6755399441055744.0) - 6755399441055744.0;
}

/* 2^n for -126 <= n <= 127. */
PX double power_of_two(double n)
{
    uint32_t bits = (uint32_t)((int32_t)n + 127) << 23;
    float scale;

    memcpy(&scale, &bits, sizeof scale);
    return (double)scale;
}

/* x^y for normal floats x, where 2^-126 <= x^y <= 2^127. The integer part of log2(x) never loses a bit: y is a
 * float, or a decimal near it, and the product with a number below 128 is rounded at most once. */
PX double power_of(float x, double y)
{
    uint32_t bits;
    int32_t exponent;
    float m;
    double whole, part, n;

    memcpy(&bits, &x, sizeof bits);
    exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
    bits -= (uint32_t)exponent << 23;
    memcpy(&m, &bits, sizeof m);
    whole = y * (double)exponent;
    part = y * power_log2_near((double)m);
    n = power_nearest(whole + part);
    return power_of_two_near((whole - n) + part) * power_of_two(n);
}

/* e^x for -80 <= x <= 80. */
PX double power_of_e(double x)
{
    double t = x * 1.4426950408889634, n = power_nearest(t);

    return power_of_two_near(t - n) * power_of_two(n);
}

#endif
