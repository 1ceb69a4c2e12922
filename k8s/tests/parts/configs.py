"""Takes the configurations out of renderings' ConfigMaps: configs.py FOLDER FILE….

Each becomes a folder FOLDER/<rendering>-<what> with the files as a pod would see them; equal ones are written once."""

import hashlib
import pathlib
import sys

import documents

# The ConfigMap's key, and what it is a configuration of.
KINDS = {"mesh.yaml": "sidecar", "edge.yaml": "edge", "injector.yaml": "injector"}


def main(folder: str, *files: str) -> None:
    seen = set()
    for file in map(pathlib.Path, files):
        objects = documents.load(file)
        maps = [each for each in objects.values() if each["kind"] == "ConfigMap"]
        for each in maps:
            for key in each["data"].keys() & KINDS.keys():
                parts = {key: each["data"][key]}
                if key == "edge.yaml":
                    routes = objects.get(f"ConfigMap {each['metadata']['namespace']}/outrider-edge-routes")
                    parts |= routes["data"] if routes else {}
                digest = hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()
                if digest in seen:
                    continue
                seen.add(digest)
                target = pathlib.Path(folder, f"{file.stem}-{KINDS[key]}")
                target.mkdir(parents=True)
                for name, text in parts.items():
                    (target / name).write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
