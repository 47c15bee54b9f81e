#include <math.h>

#include "matte/nearness.h"

#define SIGMA 1.4
/* ceil(sigma sqrt(-2 ln(sqrt(2 pi) sigma / 100))): beyond it a Gaussian is below a hundredth. */
#define REACH 4
#define TAPS (2 * REACH + 1)

/* A Gaussian and its derivative, each of unit energy, so that their product is. */
static void make_taps(double smooth[TAPS], double slope[TAPS])
{
    double smooth_energy = 0, slope_energy = 0;

    for (int i = 0; i < TAPS; i++) {
        double x = i - REACH;

        smooth[i] = exp(-x * x / (2 * SIGMA * SIGMA));
        slope[i] = x * smooth[i];
        smooth_energy += smooth[i] * smooth[i];
        slope_energy += slope[i] * slope[i];
    }
    for (int i = 0; i < TAPS; i++) {
        smooth[i] /= sqrt(smooth_energy);
        slope[i] /= sqrt(slope_energy);
    }
}

static int32_t inside(int32_t at, int32_t size)
{
    return at < 0 ? 0 : at < size ? at : size - 1;
}

static double length_at(const float *plane, const alpha_pair *size, int32_t x, int32_t y,
                        const double smooth[TAPS], const double slope[TAPS])
{
    double across = 0, down = 0;

    for (int j = 0; j < TAPS; j++) {
        const float *row = plane + (size_t)inside(y + j - REACH, size->height) * (size_t)size->width;
        double smoothed = 0, sloped = 0;

        for (int i = 0; i < TAPS; i++) {
            double v = (double)row[inside(x + i - REACH, size->width)];

            smoothed += smooth[i] * v;
            sloped += slope[i] * v;
        }
        across += smooth[j] * sloped;
        down += slope[j] * smoothed;
    }
    return sqrt(across * across + down * down);
}

double gradient_error(const alpha_pair *pair)
{
    double smooth[TAPS], slope[TAPS], sum = 0;

    make_taps(smooth, slope);
    for (int32_t y = 0; y < pair->height; y++)
        for (int32_t x = 0; x < pair->width; x++) {
            double d = length_at(pair->found, pair, x, y, smooth, slope) -
                       length_at(pair->known, pair, x, y, smooth, slope);

            sum += d * d;
        }
    return sum;
}
