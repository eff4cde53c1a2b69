"""`python -m transcribe_client` is the command `transcribe`."""

import sys

from transcribe_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
