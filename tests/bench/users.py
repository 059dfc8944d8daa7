"""Many users at once beside one: `python tests/bench/users.py [--users 20] [--seconds 60] [PATH...]`.

Each user has a session of the page's interface (`gradio_client`) and asks a question of their own, then a follow-up;
what the page says it searched for must be the user's own question, else the sessions have mixed.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from gradio_client import Client


class User(threading.Thread):
    """Asks in turn until the time is up; keeps how long each answer took, and what went wrong."""

    def __init__(self, address: str, name: str, until: float) -> None:
        super().__init__()
        self.client = Client(address, verbose=False)
        self.topic, self.until = name, until
        self.seconds: list[float] = []
        self.errors: list[str] = []

    def run(self) -> None:
        number = 0
        while time.monotonic() < self.until:
            number += 1
            first = f"What does paper {self.topic}{number} say of the embassy?"
            for question in (first, "And when was that?"):
                start = time.perf_counter()
                try:
                    shown = str(self.client.predict(question, api_name="/chat"))
                except Exception as error:  # noqa: BLE001 - it is counted
                    self.errors.append(repr(error))
                    continue
                self.seconds.append(time.perf_counter() - start)
                if question != first and (
                    first not in shown or set(re.findall(r"paper (\w+?)\d", shown)) != {self.topic}
                ):
                    self.errors.append(f"{self.topic} saw another conversation: {shown[:300]}")


def measured(address: str, users: int, seconds: float) -> dict[str, object]:
    """Return the figures of so many users."""
    names = [chr(97 + number // 26) + chr(97 + number % 26) for number in range(users)]
    everyone = [User(address, name, 0.0) for name in names]
    until = time.monotonic() + seconds
    for user in everyone:
        user.until = until
        user.start()
    for user in everyone:
        user.join()
    took = [1000 * one for user in everyone for one in user.seconds]
    errors = [error for user in everyone for error in user.errors]
    return {
        "users": users,
        "answers": len(took),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
        "errors": len(errors),
        "first_errors": errors[:3],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "qa", "chat", "--no-browser", "--port", "0", "--index", f"{folder}/index"]
        log = Path(folder) / "log"
        with log.open("w") as out, subprocess.Popen([*command, *options.paths], stderr=out) as server:
            try:
                while not (ready := re.search(r"http://\S+/", log.read_text())):
                    time.sleep(0.2)
                measured(ready.group(), 1, 5)  # loads the models
                one = measured(ready.group(), 1, options.seconds / 4)
                many = measured(ready.group(), options.users, options.seconds)
            finally:
                server.terminate()
        print(json.dumps({"processors": os.cpu_count(), "one": one, "many": many}, indent=2))


if __name__ == "__main__":
    main()
