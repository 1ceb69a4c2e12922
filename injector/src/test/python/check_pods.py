"""Reads pods and what the injector made of them, one JSON object a line, and says what is wrong.

Each patch is applied by jsonpatch, which did not make it, and must give the document that Java says it gives. Each
result is validated, strictly, against the schemas of every Kubernetes version for which the pod itself was valid.
"""
import json
import sys

import jsonpatch
import jsonschema
import referencing
from kubernetes_validate import utils

VALIDATORS = {}


def validator(version):
    if version not in VALIDATORS:
        folder = "kubernetes-json-schema/v%s.0-local-strict" % version
        pod = utils.schema_contents(folder + "/pod-v1.json", version)
        definitions = utils.schema_contents(folder + "/_definitions.json", version)
        registry = referencing.Resource.from_contents(pod) @ referencing.Registry()
        registry = referencing.Resource.from_contents(definitions) @ registry
        VALIDATORS[version] = jsonschema.validators.Draft202012Validator(pod, registry=registry)
    return VALIDATORS[version]


def complaint(version, pod):
    error = jsonschema.exceptions.best_match(validator(version).iter_errors(pod))
    return error and "%s: %s" % ("/".join(map(str, error.absolute_path)), error.message)


def check(case):
    patched = jsonpatch.apply_patch(case["before"], case["patch"])
    if patched != case["after"]:
        yield "jsonpatch gives another document"
    if case["uninject"] is not None:
        if jsonpatch.apply_patch(patched, case["uninject"]) != case["restored"]:
            yield "jsonpatch takes it out differently"
    good = 0
    for version in case["versions"]:
        if complaint(version, case["before"]):
            continue
        wrong = complaint(version, case["after"])
        if wrong:
            yield "not valid for %s: %s" % (version, wrong)
        good += not wrong
    if good < case["least"]:
        yield "valid for %d versions only" % good


def main():
    cases = 0
    for line in sys.stdin:
        case = json.loads(line)
        cases += 1
        for problem in check(case):
            print("%s: %s" % (case["name"], problem))
    # A planted mistake, so that silence means something.
    if not complaint("1.34", {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "imag": "b"}]}}):
        print("an unknown field was not noticed")
    print("checked %d" % cases)


main()
