/* batch_recipe.h - everything that decides over the bytes of results, but for the pictures, as one line. */
#ifndef INSPYR_CLI_BATCH_RECIPE_H
#define INSPYR_CLI_BATCH_RECIPE_H

#include "cutout.h"

/* To be freed. Reads the weight file and the background. NULL: has been explained. */
char *batch_recipe(const cutout_request *request);

#endif
