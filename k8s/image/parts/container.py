"""The image's files as a container sees them: namespaces of its own, a root it cannot write, and few rights."""

import os
import re
import subprocess

# Mounts are this process's own, so nothing is left when it ends.
SCRIPT = r"""
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/dev"
for device in null zero random urandom; do
    : > "$ROOT/dev/$device"
    mount --bind "/dev/$device" "$ROOT/dev/$device"
done
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
ip link set lo up
ip link add eth0 type veth peer name peer0
ip link set eth0 up
ip link set peer0 up
ip addr add 10.78.0.2/24 dev eth0
ip addr add fd78::2/64 dev eth0 nodad
exec capsh --drop="$DROP" --chroot="$ROOT" --no-new-privs --gid="$ID" --groups="$ID" --uid="$ID" \
    -- -c 'exec "$@"' - "$@"
"""


class Container:
    def __init__(self, root, environment):
        self.root, self.environment = root, environment

    def run(self, command, uid=1337, capabilities=(), seconds=180):
        """Runs it to its end; gives its exit status and output."""
        drop = [it for it in _bounding_set() if it not in capabilities]
        own = {"ROOT": self.root, "DROP": ",".join(drop), "ID": str(uid),
               "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
        # The image's environment is set last, inside.
        inside = ["/usr/bin/env", "-i", *self.environment, *command]
        done = subprocess.run(["unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child", "bash", "-c",
                               SCRIPT, "container", *inside], env=own, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, timeout=seconds)
        return done.returncode, done.stdout


def _bounding_set():
    text = subprocess.run(["capsh", "--print"], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}).stdout
    return re.search(r"^Bounding set =(.*)$", text, re.MULTILINE).group(1).split(",")
