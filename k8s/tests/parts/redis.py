"""Starts Redis as its pod would, with the ConfigMap's own files, and asks as the edge does: redis.py RENDERING.

Only the paths and the port are other ones."""

import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import documents

PASSWORD = "s3cret-of-a-test"
# As the user `edge`: the command, and what comes of it.
ASKED = (
    (["ping"], "PONG"),
    (["set", "outrider:{limits}:a", "1"], "OK"),
    (["hset", "outrider:{denied}", "jti", "1"], "1"),
    (["eval", "return redis.call('INCR', KEYS[1]) + redis.call('TIME')[1] * 0", "1", "outrider:{limits}:a"], "2"),
    (["set", "others", "1"], "NOPERM"),
    (["config", "get", "maxmemory"], "NOPERM"),
    (["flushall"], "NOPERM"),
    (["acl", "list"], "NOPERM"),
)


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def main(rendering: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return run_in(pathlib.Path(folder), rendering)


def run_in(root: pathlib.Path, rendering: str) -> int:
    objects = documents.load(pathlib.Path(rendering))
    files = objects["ConfigMap outrider-edge/outrider-redis"]["data"]
    port = free_port()
    moved = {"/etc/outrider-redis": root / "etc", "/run/secrets/outrider-redis": root / "secret", "/tmp/users.acl": root / "users.acl",
             "dir /data": f"dir {root}", "dir /tmp": f"dir {root}", "port 6379": f"port {port}", "bind * -::*": "bind 127.0.0.1",
             "redis-cli ": f"redis-cli -p {port} "}
    (root / "etc").mkdir()
    (root / "secret").mkdir()
    (root / "secret" / "password").write_text(PASSWORD)
    for name, text in files.items():
        text = re.sub("|".join(map(re.escape, moved)), lambda match: str(moved[match[0]]), text)
        (root / "etc" / name).write_text(text)
    server = subprocess.Popen(["sh", str(root / "etc" / "start.sh")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        probe = ["sh", str(root / "etc" / "probe.sh")]
        deadline = time.monotonic() + 60
        while subprocess.run(probe, capture_output=True).returncode and server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        if server.poll() is not None:
            print("it did not start:", server.stdout.read())
            return 1
        wrong = []

        def ask(command: list[str], user: list[str], password: str) -> str:
            run = subprocess.run(["redis-cli", "-p", str(port), *user, *command], capture_output=True, text=True,
                                 env={"PATH": os.environ["PATH"], "REDISCLI_AUTH": password})
            return (run.stdout + run.stderr).strip()

        for command, expected in ASKED:
            answer = ask(command, ["--user", "edge"], PASSWORD)
            if expected not in answer:
                wrong.append(f"{' '.join(command)}: {answer}")
        for user in ([], ["--user", "default"]):
            answer = ask(["ping"], user, PASSWORD)
            if answer == "PONG":
                wrong.append("the default user is let in")
        if "WRONGPASS" not in ask(["ping"], ["--user", "edge"], "other"):
            wrong.append("a wrong password is taken")
        if PASSWORD in pathlib.Path(f"/proc/{server.pid}/cmdline").read_text():
            wrong.append("the password stands on the command line")
        print("\n".join(wrong) or f"{len(ASKED) + 3} answers of a real Redis")
        return 1 if wrong else 0
    finally:
        server.terminate()
        said = server.communicate(timeout=30)[0]
        if server.returncode not in (0, -15):
            print(said)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
