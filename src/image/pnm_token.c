#include "image/pnm_token.h"

void pnm_skip(pnm_text *t)
{
    while (t->at < t->end && (pnm_blank(*t->at) || *t->at == '#'))
        if (*t->at++ == '#')
            while (t->at < t->end && *t->at != '\n' && *t->at != '\r')
                t->at++;
}

bool pnm_number(pnm_text *t, int32_t maximum, int32_t *out)
{
    int64_t value = 0;
    const unsigned char *first;

    pnm_skip(t);
    for (first = t->at; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++) {
        value = value * 10 + (*t->at - '0');
        if (value > maximum)
            return false;
    }
    *out = (int32_t)value;
    return t->at > first && (t->at == t->end || pnm_blank(*t->at) || *t->at == '#');
}

bool pnm_word(pnm_text *t, const unsigned char **word, size_t *length)
{
    pnm_skip(t);
    *word = t->at;
    while (t->at < t->end && !pnm_blank(*t->at))
        t->at++;
    *length = (size_t)(t->at - *word);
    return *length > 0;
}
