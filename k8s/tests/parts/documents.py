"""Kubernetes objects out of files with many."""

import pathlib

import yaml

HELMS_OWN = ("app.kubernetes.io/managed-by", "helm.sh/chart")


class Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
    """YAML as Kubernetes reads it; a key that stands twice is an error."""


def _mapping(loader: yaml.Loader, node: yaml.MappingNode) -> dict:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.YAMLError(f"{node.start_mark}: {', '.join(map(str, twice))} stands twice")
    return loader.construct_mapping(node, deep=True)


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load(file: pathlib.Path) -> dict[str, dict]:
    """By 'Kind namespace/name'."""
    found: dict[str, dict] = {}
    for document in yaml.load_all(file.read_text(), Loader):
        if document is None:
            continue
        name = key(document)
        if name in found:
            raise SystemExit(f"{file.name}: {name} stands there twice")
        found[name] = document
    return found


def key(document: dict) -> str:
    metadata = document["metadata"]
    return f"{document['kind']} {metadata.get('namespace', '-')}/{metadata['name']}"


def without_helms_labels(document: dict) -> dict:
    labels = document["metadata"].get("labels", {})
    for name in HELMS_OWN:
        labels.pop(name, None)
    return document


def pod_template(document: dict) -> dict | None:
    """Of whatever makes pods."""
    spec = document.get("spec") or {}
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template = spec.get("template")
    return template if isinstance(template, dict) and "spec" in template else None


def pod_spec(document: dict) -> dict | None:
    template = pod_template(document)
    return template and template["spec"]
