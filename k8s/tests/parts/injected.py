"""Whose pods have a sidecar after `outrider inject`: injected.py BEFORE AFTER. Those of the apps, and none of ours."""

import pathlib
import sys

import documents


def containers(document: dict) -> set[str]:
    spec = documents.pod_spec(document) or {}
    return {each["name"] for each in spec.get("initContainers", []) + spec.get("containers", [])}


def main(before: str, after: str) -> int:
    old, new = documents.load(pathlib.Path(before)), documents.load(pathlib.Path(after))
    wrong = [f"{name} is gone" for name in old.keys() - new.keys()]
    apps = 0
    for name, document in new.items():
        if not documents.pod_spec(document):
            if document != old[name]:
                wrong.append(f"{name} has been changed")
            continue
        app = document["metadata"]["namespace"] == "shop"
        added = containers(document) - containers(old[name])
        if app and added != {"outrider", "outrider-init"}:
            wrong.append(f"{name} got {sorted(added)}")
        if not app and document != old[name]:
            wrong.append(f"{name} is ours and has been changed")
        apps += app
    print("\n".join(wrong) or f"{apps} apps have a sidecar")
    return 1 if wrong or not apps else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
