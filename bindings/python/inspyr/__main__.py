"""python -m inspyr: the inspyr command, which the wheel brings along."""
from __future__ import annotations

import os
import shutil
import sys
from typing import Optional

from ._library import FOLDER


def program() -> Optional[str]:
    """The command in the wheel, or the one in the PATH that is not a script of this package."""
    within = FOLDER / "inspyr"
    if within.exists():
        return str(within)
    here = os.path.dirname(os.path.abspath(sys.argv[0]))
    folders = [f for f in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.abspath(f) != here]
    return shutil.which("inspyr", path=os.pathsep.join(folders))


def main() -> None:
    found = program()
    if found is None:
        sys.exit("inspyr: the command is neither in this package nor in the PATH")
    os.execv(found, ["inspyr", *sys.argv[1:]])


if __name__ == "__main__":
    main()
