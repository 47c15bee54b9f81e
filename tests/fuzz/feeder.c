/* feeder.c - feeds a fuzz target with every file under the folders named, so that findings stay found and the
 * target runs without libFuzzer. --seconds: a file that takes longer ends the program, by its signal of alarm.
 * usage: replay_<what> [--seconds N] FILE-OR-FOLDER... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int files;
static unsigned seconds;

static void feed(const char *path, size_t size)
{
    uint8_t *bytes = malloc(size); /* exactly as long as the file: a sanitizer sees one byte too far */
    FILE *file = fopen(path, "rb");

    if ((bytes || !size) && file && fread(bytes, 1, size, file) == size) {
        fprintf(stderr, "%s\n", path); /* the last line names the culprit */
        alarm(seconds);
        LLVMFuzzerTestOneInput(bytes, size);
        alarm(0);
        files++;
    }
    if (file)
        fclose(file);
    free(bytes);
}

static void walk(const char *path)
{
    struct dirent *entry;
    struct stat about;
    DIR *folder;

    if (stat(path, &about))
        return;
    if (S_ISREG(about.st_mode)) {
        feed(path, (size_t)about.st_size);
        return;
    }
    folder = opendir(path);
    while (folder && (entry = readdir(folder))) {
        char below[4096];

        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below)
            walk(below);
    }
    if (folder)
        closedir(folder);
}

int main(int argc, char **argv)
{
    int first = argc > 2 && !strcmp(argv[1], "--seconds") ? 3 : 1;

    if (first > 1)
        seconds = (unsigned)strtoul(argv[2], NULL, 10);
    for (int i = first; i < argc; i++)
        walk(argv[i]);
    printf("%d files replayed\n", files);
    return files ? 0 : 77;
}
