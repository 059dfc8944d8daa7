"""How our own weights are made: scripts for whoever trains them anew; no part of an answer."""

import sys


def say(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
