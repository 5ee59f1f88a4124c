#!/usr/bin/env python3
"""Start Charfinder: python3 run.py [command]. Needs nothing but Python 3.11 or newer."""

import os
import sys

# This file is read by whatever Python there is: it keeps to words that even Python 2.7 can parse.
if sys.version_info < (3, 11):
    sys.stderr.write(
        "Charfinder needs Python 3.11 or newer; this is %d.%d (%s).\n"
        "Remedy: install a newer one (Debian, Ubuntu: apt-get install python3.11 python3.11-venv; "
        "macOS: brew install python) and start with it: python3.11 run.py\n"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(69)

if os.name != "posix":
    sys.stderr.write("Charfinder runs on Linux and macOS. Remedy: on Windows, start it in WSL.\n")
    sys.exit(69)

if __name__ == "__main__":
    try:
        from webapp.bootstrap import main

        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
