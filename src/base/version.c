#include "inspyr.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *inspyr_version(void)
{
    return TEXT(INSPYR_VERSION_MAJOR) "." TEXT(INSPYR_VERSION_MINOR) "." TEXT(INSPYR_VERSION_PATCH);
}

/* The build says what it contains: INSPYR_FEATURES is set by CMake, from what it found and was allowed. */
const char *inspyr_features(void)
{
    return INSPYR_FEATURES;
}
