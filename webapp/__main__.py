"""`python -m webapp`: the same commands as run.py, for when the packages are importable already."""

import sys

from webapp.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
