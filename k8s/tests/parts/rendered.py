"""Makes Kustomize's bases out of what Helm has rendered: rendered.py RENDERED TREE.

A folder of the chart's templates becomes a base of the same name. Of each overlay's rendering only the ConfigMaps that
differ from the base's are kept, as patches or, if the base has none, as resources: Kustomize cannot change a part of a
file that is inside one."""

import pathlib
import re
import sys

import yaml

HELMS_OWN = re.compile(r"^ *(helm\.sh/chart|app\.kubernetes\.io/managed-by): .*\n|^# Source: .*\n", re.M)
ORDER = ("mesh", "ca", "injector")
HEAD = "# Written by k8s/render from the chart; change it there.\n"


def documents(text: str) -> list[str]:
    parts = re.split(r"^---\n", text, flags=re.M)
    return [part.strip("\n") + "\n" for part in parts if yaml.safe_load(part) is not None]


def kustomization(resources: list[str]) -> str:
    lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", "resources:"]
    return HEAD + "\n".join(lines + [f"  - {name}" for name in resources]) + "\n"


def bases(rendered: pathlib.Path, tree: pathlib.Path) -> None:
    for folder in sorted(path for path in (rendered / "outrider" / "templates").iterdir() if path.is_dir()):
        target = tree / folder.name
        target.mkdir(parents=True)
        for file in sorted(folder.glob("*.yaml")):
            (target / file.name).write_text(HEAD + "---\n".join(documents(HELMS_OWN.sub("", file.read_text()))))
        (target / "kustomization.yaml").write_text(kustomization([file.name for file in sorted(folder.glob("*.yaml"))]))
    (tree / "kustomization.yaml").write_text(kustomization(list(ORDER)))


def config_maps(rendered: pathlib.Path) -> dict[tuple[str, str], str]:
    found = {}
    for file in sorted(rendered.glob("outrider/templates/**/*.yaml")):
        for text in documents(HELMS_OWN.sub("", file.read_text())):
            document = yaml.safe_load(text)
            if document["kind"] == "ConfigMap":
                found[document["metadata"]["namespace"], document["metadata"]["name"]] = text
    return found


def generated(rendered: pathlib.Path, base: dict, target: pathlib.Path) -> None:
    for key, text in config_maps(rendered).items():
        if key not in base or yaml.safe_load(base[key])["data"] != yaml.safe_load(text)["data"]:
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{key[1]}.yaml").write_text(HEAD + text)


if __name__ == "__main__":
    out, tree = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    bases(out / "base", tree / "base")
    known = config_maps(out / "base")
    for folder in out.glob("overlay-*"):
        generated(folder, known, tree / "overlays" / folder.name.removeprefix("overlay-") / "generated")
