#include "help.h"

#include <stddef.h>
#include <string.h>

/* What every command that runs a network has. */
static const char network[] =
    "  -m, --model NAME|FILE     builtin (default), base, fast, base-nightly, or a weight\n"
    "                            file: inspyr models lists them\n"
    "      --engine ENGINE       auto (default), plain, onednn or torch\n"
    "      --device DEVICE       auto (default), cpu or cuda:N\n"
    "      --precision P         auto (default), exact, bf16, fp16 or int8; what is named\n"
    "                            and not in this build is an error\n"
    "      --base-size N|WxH     the input a weight file was trained with, where it does\n"
    "                            not say; 32 to 4096\n"
    "      --resize HOW          static (to the base size, default) or dynamic (sizes of\n"
    "                            the picture's shape)\n"
    "      --short-side N        with dynamic: at most this, from 32 on; default 1280\n"
    "      --blend N             dynamic sizes over N pixels are blended from two passes\n"
    "      --compat              the arithmetic of the Python package, flaws included\n"
    "      --no-cache            keep no packed weights for the next time; they lie in\n"
    "                            ~/.cache/inspyr/packed and may be removed at any time\n"
    "  -j, --threads N           threads; 0: one per processor (default)\n";

static const struct {
    const char *topic, *text;
    const char *more; /* behind the options of the network; NULL: the command runs none */
} pages[] = {
    { "cutout",
      "usage: inspyr cutout IN... [-o FILE|FOLDER] [options]\n"
      "Cuts the subject out of pictures. IN: JPEG, PNG, WebP or PNM files, folders of\n"
      "them, or - for the standard input. Without -o, cat.jpg becomes cat_cutout.png in\n"
      "the current folder (cat_map.png, cat_colour.png), and the standard input goes to\n"
      "the standard output.\n"
      "\n"
      "  -o, --output FILE|FOLDER  where to write; - is the standard output; several\n"
      "                            pictures need a folder\n"
      "  -t, --type TYPE           rgba (transparent background, default), map (the\n"
      "                            matte in grey), blur, overlay, green, white, a colour\n"
      "                            to put behind ('#RRGGBB', '[r, g, b]'), or a picture\n"
      "  -R, --reverse             keep the background instead of the subject\n"
      "      --threshold X         alpha is 1 over X and 0 elsewhere; 0 to 1\n"
      "      --blur SIGMA          of --type blur, in pixels of the picture, whatever its\n"
      "                            size; 0.5 to 250, default 15\n"
      "      --linear              mix and blur in linear light; faint errors of the matte\n"
      "                            show more (dark hair before something light)\n"
      "  -e, --effects LIST        draw on the cut-out, and write cat_popart.png and so on:\n"
      "                            popart,dithering:dot_size=1 or classic; inspyr effects\n"
      "                            lists them\n"
      "      --seed N              of effects with random numbers; default 0\n"
      "  -c, --crop[=MARGIN]       cut to the subject with MARGIN pixels around it\n"
      "  -f, --format FORMAT       png, webp, jpg or pam; default: what the name in -o\n"
      "                            says, else png\n",
      "      --force               replace results that exist, but never an input\n"
      "      --json                one JSON object per picture on the standard output\n"
      "      --times               milliseconds of each stage, as a table\n"
      "      --limit MEGAPIXELS    refuse larger pictures; default 50\n"
      "      --shrink-to MEGAPIXELS  shrink larger pictures while they are read, instead\n"
      "      --heif                take HEIC and AVIF files, too, where the build can\n"
      "      --sandbox             read pictures in a process that can do nothing else\n"
      "  -q, --quiet               print errors only\n" },
    { "batch",
      "usage: inspyr batch IN... -o FOLDER [--shard I/N|auto] [--resume FOLDER] [options]\n"
      "Cuts the subject out of many pictures, as one task of many, and takes up where a\n"
      "run that ended early left off. IN: files, and folders with all that are in them,\n"
      "which are found again in the folder of results: pets/cat.jpg becomes\n"
      "FOLDER/pets/cat_cutout.png. Results that exist are replaced, but never an input.\n"
      "\n"
      "  -o, --output FOLDER       where to write; left out where it lies in IN\n"
      "      --shard I/N           take the I-th of N parts, I from 0 on; auto: the task\n"
      "                            that Cloud Run, Slurm or AWS Batch say this is\n"
      "      --resume FOLDER       keep a small file for each picture that is done, and\n"
      "                            leave out those that have one, unless picture, options\n"
      "                            or results have changed\n"
      "  -t, --type TYPE           as of cutout; so are -R, --threshold, --blur, --linear,\n"
      "                            -c, -e, --seed, -f, --limit, --shrink-to, --heif and\n"
      "                            --sandbox: inspyr help cutout\n",
      "      --json                one JSON object per picture on the standard output\n"
      "  -q, --quiet               print errors only\n"
      "\n"
      "SIGTERM: what is in the network is finished, the rest is left. Exit status: 0 all\n"
      "is done, 1 some pictures failed, 2 wrong usage, 75 pictures are left, or failed for\n"
      "want of memory or a device: run it again.\n" },
    { "draw",
      "usage: inspyr draw IN... --effects LIST [-o FILE|FOLDER] [options]\n"
      "Draws effects on pictures as they are; what is transparent stays so. IN: as of\n"
      "cutout. Without -o, cat.jpg becomes cat_popart.png in the current folder.\n"
      "\n"
      "  -e, --effects LIST        names with parameters, or classic:\n"
      "                            popart,dithering:pixel_spacing=3,dot_size=1\n"
      "      --seed N              of effects with random numbers; default 0\n"
      "      --preview N           shrink pictures to at most N pixels a side before\n"
      "  -o, --output FILE|FOLDER  where to write; several results need a folder\n"
      "  -f, --format FORMAT       png, webp, jpg or pam; default: what the name in -o\n"
      "                            says, else png\n"
      "      --force               replace results that exist, but never an input\n"
      "      --json                one JSON object per picture on the standard output\n"
      "      --limit MEGAPIXELS    refuse larger pictures; default 50\n"
      "      --shrink-to MEGAPIXELS  shrink larger pictures while they are read, instead\n"
      "      --heif                take HEIC and AVIF files, too, where the build can\n"
      "      --sandbox             read pictures in a process that can do nothing else\n"
      "  -j, --threads N           threads; 0: one per processor (default)\n"
      "  -q, --quiet               print errors only\n",
      NULL },
    { "effects",
      "usage: inspyr effects [NAME] [--json]\n"
      "Lists the effects with their parameters: range, default, unit, and what they do.\n"
      "\n"
      "      --json                one JSON object per effect and set, and line\n",
      NULL },
    { "info",
      "usage: inspyr info FILE... | --build | --model NAME  [options]\n"
      "Describes pictures (size, orientation, kind) and weight files (network, licence),\n"
      "told apart by content.\n"
      "\n"
      "      --build               the library's version and features, and the built-in\n"
      "                            network\n"
      "      --json                one JSON object per file on the standard output\n",
      "" },
    { "devices",
      "usage: inspyr devices [--json]\n"
      "Lists engines and devices, their memory and precisions, and why some cannot be\n"
      "used. Opens every plug-in that is installed, that of libtorch takes half a second.\n"
      "\n"
      "      --json                one JSON object per row\n",
      NULL },
    { "eval",
      "usage: inspyr eval FOLDER [options]\n"
      "Measures a network against masks: photo X.jpg, mask X.png. FOLDER: one set, or a\n"
      "folder of sets. In a set called davis, each folder is a sequence; in one called\n"
      "pets, masks hold labels (1 and 2 are the subject, 255 is left out). Prints mean\n"
      "IoU at 0.5, mean absolute error, S-measure, maximum F and mean boundary accuracy\n"
      "per set.\n"
      "\n"
      "      --alpha               masks are known alpha, with soft edges: SAD, MSE, gradient\n"
      "                            and connectivity instead\n",
      "      --json                one JSON object on the standard output\n" },
    { "sheet",
      "usage: inspyr sheet -o FILE IN... [options]\n"
      "Draws one contact sheet: every picture beside its cut-out on a checkerboard.\n"
      "\n"
      "  -o, --output FILE         where to write the sheet; - is the standard output\n"
      "  -f, --format FORMAT       png, webp, jpg or pam; default: what the name in -o\n"
      "                            says, else png\n"
      "  -w, --width PIXELS        of the sheet, at most; 200 to 8000, default 2000\n"
      "  -e, --effects LIST        and what they draw on the cut-out\n"
      "      --height PIXELS       of each picture in it, at most; 32 to 2000,\n"
      "                            default 320\n",
      "      --force               replace a sheet that exists, but never an input\n"
      "      --sandbox             read pictures in a process that can do nothing else\n" },
    { "models",
      "usage: inspyr models [--check] [--json]\n"
      "Lists the networks: the built-in one, the published ones, and other weight files in\n"
      "the model folder ($INSPYR_MODEL_DIR, else `models` in the cache folder).\n"
      "\n"
      "      --check               read every file and compare its checksum\n"
      "      --json                one JSON object on the standard output\n",
      NULL },
    { "pull",
      "usage: inspyr pull base|fast|base-nightly... [options]\n"
      "Downloads published networks into the model folder, checks them, and names their\n"
      "licence. An interrupted download goes on where it ended.\n"
      "\n"
      "      --force               download even if the file is there, and accept one that\n"
      "                            differs from the recorded one\n"
      "      --timeout SECONDS     give up when nothing comes for so long; 1 to 3600,\n"
      "                            default 30\n"
      "      --limit MIB           refuse larger files; default 1024\n"
      "  -q, --quiet               print errors only\n",
      NULL },
    { "convert",
      "usage: inspyr convert IN -o OUT.safetensors [options]\n"
      "Writes a checkpoint (.pth) or weight file as a safetensors file that says by itself\n"
      "what it is. IN: a file, or the name of a published network.\n"
      "\n"
      "  -o, --output FILE         where to write\n"
      "      --precision P         exact (numbers as they are stored, default) or bf16\n"
      "                            (two bytes each)\n"
      "      --base-size N|WxH     the input it was trained with; 32 to 4096\n"
      "      --blend N             dynamic sizes over N pixels are blended from two passes\n"
      "      --name TEXT           what it is called\n"
      "      --licence TEXT        what it may be used for\n"
      "      --force               replace a file that exists, but never IN\n"
      "  -q, --quiet               print errors only\n",
      NULL },
    { "bench",
      "usage: inspyr bench [options]\n"
      "Measures how long one pass of a network takes on this machine, beside the fastest\n"
      "that its processor multiplies matrices, and how long each group of layers takes.\n"
      "\n"
      "  -m, --model NAME|FILE     builtin (default), a published network or a weight file\n"
      "      --size N|WxH          of the network's input, 32 to 4096; may be repeated;\n"
      "                            default: what the network was trained with\n"
      "      --engine ENGINE       auto (default), plain, onednn or torch\n"
      "      --precision P         exact, bf16, fp16 or int8; default: all that the engine\n"
      "                            has on this processor\n"
      "  -j, --threads N           0: one per processor; default: 1, then that\n"
      "      --batch N             pictures in one pass; 1 to 64, default 1\n"
      "      --repeat N            passes to take the median of; 1 to 1000, default 7\n"
      "      --base-size N|WxH     the input a weight file was trained with, where it does\n"
      "                            not say; 32 to 4096\n"
      "      --no-cache            keep no packed weights for the next time\n"
      "      --json                one JSON object per measurement and line\n",
      NULL },
    { "quantise",
      "usage: inspyr quantise --calibrate FOLDER IN -o OUT.safetensors [options]\n"
      "Writes a weight file whose convolutions are int8, a quarter of the bytes: ranges\n"
      "come from photographs like those it is for, and convolutions that err most are kept\n"
      "in bf16. Nothing is written if an error, measured on the same photographs, is over\n"
      "its bound. IN: a file, or the name of a published network.\n"
      "\n"
      "      --calibrate FOLDER    of photographs\n"
      "  -o, --output FILE         where to write\n"
      "      --pictures N          so many of them at most, evenly spread; 1 to 4096,\n"
      "                            default 32\n"
      "      --bound X             of the mean difference of alpha from the exact matte,\n"
      "                            which goes from 0 to 1; default 0.005, over which the\n"
      "                            library does not use a file as int8\n"
      "      --iou-bound X         of the mean change of the IoU of the mattes' masks over\n"
      "                            0.5, on pictures with a subject; default: any\n"
      "      --base-size N|WxH     the input it was trained with; 32 to 4096\n"
      "      --blend N             dynamic sizes over N pixels are blended from two passes\n"
      "      --name TEXT           what it is called\n"
      "      --licence TEXT        what it may be used for\n"
      "  -j, --threads N           threads; 0: one per processor (default)\n"
      "      --force               replace a file that exists, but never IN\n"
      "  -q, --quiet               print errors only\n",
      NULL },
};

static const char overview[] = "usage: inspyr COMMAND ...\n"
                               "\n"
                               "  cutout    cut the subject out of pictures\n"
                               "  batch     the same for many, in parts, and resumable\n"
                               "  draw      draw effects on pictures\n"
                               "  effects   list the effects and their parameters\n"
                               "  info      describe a picture, a weight file or this build\n"
                               "  devices   list engines and devices, and what is wrong with them\n"
                               "  eval      measure a network against masks\n"
                               "  sheet     draw pictures beside their cut-outs on one sheet\n"
                               "  models    list the networks that are there and that can be had\n"
                               "  pull      download a published network\n"
                               "  convert   write a checkpoint as a safetensors file\n"
                               "  quantise  make a weight file of int8, measured on photographs\n"
                               "  bench     measure how fast a network is on this machine\n"
                               "  help      explain a command: inspyr help cutout\n"
                               "\n"
                               "  inspyr cutout cat.jpg                    writes cat_cutout.png\n"
                               "  inspyr cutout photos/ -o cut/            every picture in a folder\n"
                               "  inspyr cutout - < cat.jpg > cat.png      from pipe to pipe\n"
                               "\n"
                               "Exit status: 0 all went well, 1 something could not be done, 2 wrong usage.\n"
                               "More: man inspyr.\n";

static const char help_page[] = "usage: inspyr help [COMMAND]\n"
                                "Explains a command, or lists them.\n";

void help_print(FILE *file, const char *topic)
{
    for (size_t i = 0; topic && i < sizeof pages / sizeof *pages; i++)
        if (!strcmp(pages[i].topic, topic)) {
            fputs(pages[i].text, file);
            if (pages[i].more) {
                fputs(network, file);
                fputs(pages[i].more, file);
            }
            return;
        }
    fputs(topic && !strcmp(topic, "help") ? help_page : overview, file);
}
