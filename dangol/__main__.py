"""python -m dangol."""

import sys

from dangol.cli import main

if __name__ == "__main__":
    sys.exit(main())
