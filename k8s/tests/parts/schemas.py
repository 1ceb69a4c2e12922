"""Writes JSON Schemas into a directory, as kubeconform looks for them: those of Kubernetes, out of the package
kubernetes-validate, and those of the custom resources that the manifests have, made from published models of them."""

import importlib
import json
import pathlib
import sys

import kubernetes_validate

# The oldest that the chart takes, the first with native sidecars, and the newest there is.
VERSIONS = ("1.27.0", "1.29.0", "1.37.0")
CUSTOM = {
    "cloudcoil.models.prometheus_operator.v1": ("monitoring", ("PodMonitor", "ServiceMonitor", "PrometheusRule")),
    "cloudcoil.models.cert_manager.v1": ("cert-manager", ("Certificate", "Issuer", "ClusterIssuer")),
}


def kubernetes(into: pathlib.Path) -> None:
    """References lead to a server that is not there; they become those of the file beside."""
    source = pathlib.Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
    for version in VERSIONS:
        target = into / f"v{version}-standalone-strict"
        target.mkdir(parents=True)
        for file in (source / f"v{version}-local-strict").glob("*.json"):
            text = file.read_text().replace('"/api/_definitions.json', '"_definitions.json')
            schema = json.loads(text)
            schema.pop("$id", None)
            (target / file.name).write_text(json.dumps(schema))


def closed(schema: object) -> None:
    """An object with known keys has no others; a key that is misspelt is then found."""
    if isinstance(schema, dict):
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
        for each in schema.values():
            closed(each)
    elif isinstance(schema, list):
        for each in schema:
            closed(each)


def custom(into: pathlib.Path) -> None:
    target = into / "custom"
    target.mkdir(parents=True)
    for module, (group, kinds) in CUSTOM.items():
        models = importlib.import_module(module)
        for kind in kinds:
            schema = getattr(models, kind).model_json_schema(by_alias=True)
            closed(schema)
            (target / f"{kind.lower()}-{group}-v1.json").write_text(json.dumps(schema))


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    kubernetes(folder)
    custom(folder)
