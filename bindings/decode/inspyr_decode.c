/* inspyr_decode.c - the helper that decodes pictures for a sandbox, inspyr-decode. The library starts it. */
#include <unistd.h>

#include "inspyr_experimental.h"

#define SOCKET 3

/* Ends without what runs at an exit: nothing of it is allowed any more. */
int main(void)
{
    _exit(inspyr_sandbox_serve(SOCKET));
}
