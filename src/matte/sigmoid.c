#include "matte/sigmoid.h"

#include "kernels/logistic.h"

void sigmoid_row(float *probabilities, const float *logits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        probabilities[i] = logistic(logits[i]);
}
