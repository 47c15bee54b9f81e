#include "help.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *topic, *text;
} pages[] = {
    { "cutout", "usage: inspyr cutout IN... [-o FILE|FOLDER] [options]\n"
                "Cuts the subject out of pictures. IN: JPEG, PNG, WebP or PNM files, folders of\n"
                "them, or - for the standard input. Without -o, cat.jpg becomes cat_cutout.png in\n"
                "the current folder (cat_map.png, cat_colour.png), and the standard input goes to\n"
                "the standard output.\n"
                "\n"
                "  -o, --output FILE|FOLDER  where to write; - is the standard output; several\n"
                "                            pictures need a folder\n"
                "  -m, --model builtin|FILE  the built-in network (default) or a weight file\n"
                "  -t, --type TYPE           rgba (transparent background, default), map (the\n"
                "                            matte in grey) or a colour to put behind: '#RRGGBB'\n"
                "  -c, --crop[=MARGIN]       cut to the subject with MARGIN pixels around it\n"
                "  -f, --format FORMAT       png, webp, jpg or pam; default: what the name in -o\n"
                "                            says, else png\n"
                "  -j, --threads N           threads; 0: one per processor (default)\n"
                "      --force               replace results that exist, but never an input\n"
                "      --json                one JSON object per picture on the standard output\n"
                "      --times               milliseconds of each stage, as a table\n"
                "      --limit MEGAPIXELS    refuse larger pictures; default 50\n"
                "  -q, --quiet               print errors only\n" },
    { "info", "usage: inspyr info FILE... | --build  [--json]\n"
              "Describes pictures (size, orientation, kind) and weight files (network, licence),\n"
              "told apart by content.\n"
              "\n"
              "      --build               the library's version and features, and the built-in\n"
              "                            network\n"
              "      --json                one JSON object per file on the standard output\n" },
    { "eval", "usage: inspyr eval FOLDER [options]\n"
              "Measures a network against masks: photo X.jpg, mask X.png. FOLDER: one set, or a\n"
              "folder of sets. In a set called davis, each folder is a sequence; in one called\n"
              "pets, masks hold labels (1 and 2 are the subject, 255 is left out). Prints mean\n"
              "IoU at 0.5, mean absolute error, S-measure, maximum F and mean boundary accuracy\n"
              "per set.\n"
              "\n"
              "  -m, --model builtin|FILE  the built-in network (default) or a weight file\n"
              "  -j, --threads N           threads; 0: one per processor (default)\n"
              "      --json                one JSON object on the standard output\n" },
    { "sheet", "usage: inspyr sheet -o FILE IN... [options]\n"
               "Draws one contact sheet: every picture beside its cut-out on a checkerboard.\n"
               "\n"
               "  -o, --output FILE         where to write the sheet; - is the standard output\n"
               "  -m, --model builtin|FILE  the built-in network (default) or a weight file\n"
               "  -f, --format FORMAT       png, webp, jpg or pam; default: what the name in -o\n"
               "                            says, else png\n"
               "  -w, --width PIXELS        of the sheet, at most; 200 to 8000, default 2000\n"
               "      --height PIXELS       of each picture in it, at most; 32 to 2000,\n"
               "                            default 320\n"
               "  -j, --threads N           threads; 0: one per processor (default)\n"
               "      --force               replace a sheet that exists, but never an input\n" },
};

static const char overview[] = "usage: inspyr COMMAND ...\n"
                               "\n"
                               "  cutout    cut the subject out of pictures\n"
                               "  info      describe a picture, a weight file or this build\n"
                               "  eval      measure a network against masks\n"
                               "  sheet     draw pictures beside their cut-outs on one sheet\n"
                               "  help      explain a command: inspyr help cutout\n"
                               "\n"
                               "  inspyr cutout cat.jpg                    writes cat_cutout.png\n"
                               "  inspyr cutout photos/ -o cut/            every picture in a folder\n"
                               "  inspyr cutout - < cat.jpg > cat.png      from pipe to pipe\n"
                               "\n"
                               "Exit status: 0 all went well, 1 something could not be done, 2 wrong usage.\n"
                               "More: man inspyr.\n";

const char *help_text(const char *topic)
{
    for (size_t i = 0; topic && i < sizeof pages / sizeof *pages; i++)
        if (!strcmp(pages[i].topic, topic))
            return pages[i].text;
    return overview;
}
