/* profiles.h - ICC profiles for tests, written here byte for byte. Threads: any. */
#ifndef INSPYR_TESTS_PROFILES_H
#define INSPYR_TESTS_PROFILES_H

#include "inspyr.h"

#define PROFILE_SIZE 310

/* A profile of version 2 of RGB: red, green and blue as XYZ of D50, and one power for all three. */
void profile_make(unsigned char out[PROFILE_SIZE], const double primaries[3][3], double power);

/* Those of Display P3 and of sRGB, as their publishers print them. */
extern const double profile_p3[3][3], profile_srgb[3][3];

inspyr_bytes profile_view(unsigned char *bytes, size_t size);

#endif
