"""How our own weights are made: scripts for whoever trains them anew; no part of an answer."""

import argparse
import sys


def arguments_of(description: str, rate: float) -> argparse.ArgumentParser:
    """Return a parser with the arguments that every script has that trains by steps."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rate", type=float, default=rate, help="highest learning rate (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    return parser


def say(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
