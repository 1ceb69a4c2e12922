"""Holds the roles against the tables of rights in the documentation: rights.py DOCS RENDERING…."""

import pathlib
import re
import sys

import documents

TABLES = {"outrider-injector": "injector.md", "outrider-ca": "ca-kubernetes.md", "outrider-sidecar": "discovery.md"}
# Rights that hang on an option, which only a rendering with that option has.
OPTIONAL = {"pods/eviction": "injector.evict", "outrider-issuer": "ca.issuerSecret"}

Right = tuple[str, str, str, str, str]  # kind, group, resource, name, verb


def words(cell: str) -> list[str]:
    return [each.strip() for each in re.sub(r"[`\"]", "", cell).split(",")] if cell.strip() else [""]


def documented(text: str) -> set[Right]:
    """Of all tables with a column of verbs; which kind of role is a column too, or the line above."""
    rights, kind, head = set(), "", []
    for line in text.splitlines():
        role = re.match(r"(ClusterRole|Role)\b", line)
        kind = role[1] if role else kind
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = [cell.lower() for cell in cells]
        elif "verbs" in head and "resource" in head and not set(line) <= set("|- :"):
            row = dict(zip(head, cells))
            group = "" if words(row["api group"])[0] in ("", "core") else words(row["api group"])[0]
            name = "outrider-issuer" if "--issuer-secret" in row["names"] else words(row["names"])[0]
            for verb in words(row["verbs"]):
                rights.add((row.get("kind", kind).split()[0], group, words(row["resource"])[0], name, verb))
    return rights


def rendered(objects: dict[str, dict], role: str) -> set[Right]:
    rights = set()
    for each in objects.values():
        if each["kind"] in ("ClusterRole", "Role") and each["metadata"]["name"] == role:
            for rule in each["rules"]:
                for group in rule["apiGroups"]:
                    for resource in rule["resources"]:
                        for name in rule.get("resourceNames", [""]):
                            rights |= {(each["kind"], group, resource, name, verb) for verb in rule["verbs"]}
    return rights


def main(docs: str, *files: str) -> int:
    found, count = [], 0
    for role, page in TABLES.items():
        told = documented(pathlib.Path(docs, page).read_text())
        given: set[Right] = set()
        for file in files:
            given |= rendered(documents.load(pathlib.Path(file)), role)
        count += len(given)
        found += [f"{page} has {' '.join(each)}, {role} has not" for each in sorted(told - given)]
        found += [f"{role} may {' '.join(each)}, which {page} does not have" for each in sorted(given - told)]
    print("\n".join(found) or f"{count} rights")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
