"""The system's Chromium: found, or installed where apt-get and the right to use it are there.

The headless shell first: the same engine without the desktop's profiles and extensions, which cost a quarter of a
browser test's processor time.
"""

import os
import shutil
import subprocess

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium; CHROMIUM names one that is elsewhere."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def find_or_install() -> str | None:
    found = find()
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    print("No Chromium here: installing it with apt-get ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends"]
    for command in (["apt-get", "update"], *([*install, name] for name in NAMES[:2])):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        if found := find():
            return found
    return None
