"""The Chromium that tests drive: the one that CHROMIUM names, else one of the machine's, else Debian's, installed here.

`python -m tests.browser.chromium` installs it where there is none. Without a window around the page, as the headless
shell is built, the tests take little more than half as long.
"""

import os
import shutil
import subprocess

PACKAGE = "chromium-headless-shell"
NAMES = (PACKAGE, "chromium", "chromium-browser", "google-chrome")
ELSEWHERE = "Name one that is there: CHROMIUM=/path/to/chromium"


def chromium_path() -> str | None:
    """Where it is, or None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named) is None:
            raise SystemExit(f"CHROMIUM names no program: {named}")
        return named
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> None:
    """Debian's package; SystemExit with what to do where it cannot be installed."""
    print("Installing Chromium for the tests in a browser...", flush=True)
    if shutil.which("apt-get") is None:
        raise SystemExit(f"There is no Chromium, and no apt-get to install it with. {ELSEWHERE}")
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if as_root and shutil.which("sudo") is None:
        raise SystemExit(f"There is no Chromium, and installing it takes root or sudo. {ELSEWHERE}")
    apt_get = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    try:
        subprocess.run([*apt_get, "update"], check=True)
        subprocess.run([*apt_get, "install", "-y", "--no-install-recommends", PACKAGE], check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"Chromium could not be installed: {error}. {ELSEWHERE}") from None


if __name__ == "__main__":
    if chromium_path() is None:
        install()
