"""Proves that the chart and Kustomize give the same: same.py HELM KUSTOMIZED [EXTRA…].

EXTRA are patterns of objects that Kustomize may have besides, as 'Kind namespace/name'."""

import fnmatch
import json
import pathlib
import sys

import documents


def differences(mine: object, other: object, path: str = "") -> list[str]:
    if type(mine) is dict and type(other) is dict:
        found = []
        for name in sorted(mine.keys() | other.keys(), key=str):
            here = f"{path}.{name}"
            if name not in mine:
                found.append(f"{here}: only Kustomize has {json.dumps(other[name])[:120]}")
            elif name not in other:
                found.append(f"{here}: only the chart has {json.dumps(mine[name])[:120]}")
            else:
                found += differences(mine[name], other[name], here)
        return found
    if type(mine) is list and type(other) is list and len(mine) == len(other):
        return [each for i, pair in enumerate(zip(mine, other)) for each in differences(*pair, f"{path}[{i}]")]
    return [] if type(mine) is type(other) and mine == other else [f"{path}: the chart has {json.dumps(mine)[:160]}, Kustomize {json.dumps(other)[:160]}"]


def normal(file: pathlib.Path) -> dict[str, dict]:
    objects = {name: documents.without_helms_labels(each) for name, each in documents.load(file).items()}
    for each in objects.values():
        # A digest of how the chart was rendered; Kustomize's patches cannot follow it.
        annotations = each.get("spec", {}).get("template", {}).get("metadata", {}).get("annotations", {}) \
            if isinstance(each.get("spec"), dict) else {}
        annotations.pop("checksum/config", None)
    return objects


def main(helm: str, kustomized: str, *extra: str) -> int:
    chart, kustomize = normal(pathlib.Path(helm)), normal(pathlib.Path(kustomized))
    found = [f"{name}: only the chart has it" for name in sorted(chart.keys() - kustomize.keys())]
    for name in sorted(kustomize.keys() - chart.keys()):
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in extra):
            found.append(f"{name}: only Kustomize has it")
    for name in sorted(chart.keys() & kustomize.keys()):
        found += [f"{name}{each}" for each in differences(chart[name], kustomize[name])]
    print("\n".join(found) or f"same: {len(chart)} objects")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
