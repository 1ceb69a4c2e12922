"""Starts authority and injector with the very arguments of the manifests, where no cluster is: commands.py OUTRIDER FILE….

They must understand every option and then miss the cluster, not complain of their usage."""

import os
import pathlib
import subprocess
import sys

import documents

OURS = {"ca", "injector"}


def commands(files: list[str]) -> set[tuple[str, ...]]:
    found = set()
    for file in files:
        for each in documents.load(pathlib.Path(file)).values():
            for container in (documents.pod_spec(each) or {}).get("containers", []):
                command = container.get("command", [])
                if command[:1] == ["outrider"] and command[1] in OURS:
                    found.add(tuple(command[1:]))
    return found


def main(outrider: str, *files: str) -> int:
    wrong = []
    found = sorted(commands(list(files)))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KUBERNETES_")}
    for command in found:
        run = subprocess.run([outrider, *command], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                             env=environment | {"OUTRIDER_NAMESPACE": "outrider-system", "OUTRIDER_POD_NAME": "one"})
        if run.returncode != 1 or "KUBERNETES_SERVICE_HOST" not in run.stderr and "serviceaccount" not in run.stderr:
            wrong.append(f"{' '.join(command)}\n  ended with {run.returncode}: {run.stderr.strip()[:300]}")
    print("\n".join(wrong) or f"{len(found)} commands")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
