"""Outrider's own files: a release directory, without what the image has no use for."""

import datetime
import os
import re
import subprocess

from parts import runtime
from parts.trouble import Trouble

HOME = "opt/outrider"

# The demo's database, larger than all the rest, and the caches of another JVM.
LEFT_OUT = re.compile(r"lib/(sqlite-jdbc-.*|outrider(-edge)?\.aot.*)$")
NATIVE = re.compile(r"(?:linux[-_])?(x86_64|aarch_64)\.(so|jar)$")
CACHES = ["outrider.aot", "outrider-edge.aot", "outrider.aot.release"]


def fill(layer, directory, machine):
    for folder, _, names in sorted(os.walk(directory)):
        for name in names:
            file = os.path.join(folder, name)
            path = os.path.relpath(file, directory)
            native = NATIVE.search(name)
            if LEFT_OUT.match(path) or (native and native.group(1) != machine):
                continue
            layer.file(f"{HOME}/{path}", file, 0o755 if path == "outrider" or name.endswith(".so") else 0o644)
    layer.link("usr/local/bin/outrider", f"/{HOME}/outrider")


def train(rootfs, epoch):
    """Trains the JVM of an unpacked image; the caches are good for that JVM and these jars, of these times."""
    home = os.path.join(rootfs, HOME)
    time = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    environment = {**os.environ, "OUTRIDER_JAVA_HOME": os.path.join(rootfs, runtime.HOME)}
    environment.pop("OUTRIDER_JAVA_OPTS", None)
    done = subprocess.run([os.path.join(home, "outrider"), "train", "--time", time], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Trouble(f"a training run failed:\n{done.stdout}")
    return done.stdout.strip()


def fill_trained(layer, rootfs):
    for name in CACHES:
        layer.file(f"{HOME}/lib/{name}", os.path.join(rootfs, HOME, "lib", name))
