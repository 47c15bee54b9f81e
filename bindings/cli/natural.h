/* natural.h - the order in which people count: frame2 before frame10. */
#ifndef INSPYR_CLI_NATURAL_H
#define INSPYR_CLI_NATURAL_H

/* As strcmp(), but runs of digits, of any length, compare as numbers. 0 only for equal strings. */
int natural_compare(const char *a, const char *b);

#endif
