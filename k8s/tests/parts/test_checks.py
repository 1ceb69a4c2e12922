"""The checks find what they are there for."""

import pathlib
import tempfile
import unittest

import policy
import queries
import rendered
import rights
import same

KNOWN = {"requests_total": {"code", "service"}, "ready": set(), "up": {"job"}}

WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: shop}
spec:
  template:
    metadata: {labels: {app: a}}
    spec:
      serviceAccountName: a
      terminationGracePeriodSeconds: 30
      securityContext: {runAsNonRoot: true, runAsUser: 7, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: a
          image: example/a:1
          command: [a, --drain=20s]
          ports: [{name: http, containerPort: 80}]
          readinessProbe: {httpGet: {path: /, port: http}}
          resources: {requests: {cpu: 1, memory: 1}, limits: {memory: 1}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a, namespace: shop}
"""


def file(text: str) -> pathlib.Path:
    path = pathlib.Path(tempfile.mkdtemp(), "it.yaml")
    path.write_text(text)
    return path


class Queries(unittest.TestCase):
    def found(self, query: str) -> str:
        return "; ".join(queries.breaches(query, KNOWN))

    def test_good_ones_pass(self):
        self.assertEqual("", self.found('sum by (service, pod) (rate(requests_total{code=~"5.."}[5m])) / count(ready) > 1e3'))
        self.assertEqual("", self.found('absent(up{job="x"} == 1)'))

    def test_a_name_that_nobody_exports(self):
        self.assertEqual("nobody exports request_total", self.found("rate(request_total[5m])"))

    def test_a_label_that_the_metric_has_not(self):
        self.assertEqual("requests_total has no label status", self.found('requests_total{status="5"}'))

    def test_a_grouping_by_a_label_of_none(self):
        self.assertIn("groups by route", self.found("sum by (route) (requests_total)"))

    def test_a_query_of_nothing(self):
        self.assertEqual("it asks for no metric", self.found("vector(1)"))


class Policy(unittest.TestCase):
    def found(self, old: str = "", new: str = "") -> str:
        it = policy.Rendering(file(WORKLOAD.replace(old, new) if old else WORKLOAD))
        for rule in policy.RULES:
            rule(it)
        return "; ".join(it.breaches)

    def test_a_good_one_passes(self):
        self.assertEqual("", self.found())

    def test_each_breach(self):
        for old, new, words in (
            ("runAsNonRoot: true", "runAsNonRoot: false", "no root"),
            ("runAsUser: 7", "runAsUser: 0", "not root"),
            ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "held as all others"),
            ("example/a:1", "example/a:latest", "one version"),
            ("example/a:1", "example/a", "one version"),
            (", limits: {memory: 1}", "", "limit of memory"),
            ("port: http}", "port: https}", "asks port https"),
            ("serviceAccountName: a", "serviceAccountName: b", "service account is not there"),
            ("--drain=20s", "--drain=28s", "killed after 30 s"),
            ("serviceAccountName: a", "serviceAccountName: a\n      hostNetwork: true", "hostNetwork"),
            ("serviceAccountName: a", "serviceAccountName: a\n      volumes: [{name: c, configMap: {name: gone}}]", "nobody makes it"),
        ):
            with self.subTest(new):
                self.assertIn(words, self.found(old, new))


    def test_selectors_are_read_as_the_api_server_does(self):
        absent = {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]}
        self.assertTrue(policy.selects(absent, {}))
        self.assertFalse(policy.selects(absent, {"a": "x"}))
        self.assertFalse(policy.selects({"matchLabels": {"a": "x"}}, {"a": "y"}))
        self.assertTrue(policy.selects({}, {"a": "y"}))


class Rights(unittest.TestCase):
    TABLE = """
Role `r` in `outrider-system`:

| API group | resource | names | verbs | for |
|---|---|---|---|---|
| `""` | `pods` | | get, list | all |
| `coordination.k8s.io` | `leases` | `mine` | update | one |
"""

    def test_are_read_from_a_table(self):
        self.assertEqual({("Role", "", "pods", "", "get"), ("Role", "", "pods", "", "list"),
                          ("Role", "coordination.k8s.io", "leases", "mine", "update")}, rights.documented(self.TABLE))


class Same(unittest.TestCase):
    def test_tells_where_two_differ(self):
        self.assertEqual([".a[1].b: the chart has 1, Kustomize 2", ".c: only the chart has 3"],
                         sorted(same.differences({"a": [0, {"b": 1}], "c": 3}, {"a": [0, {"b": 2}]})))

    def test_tells_types_apart(self):
        self.assertEqual([": the chart has 1, Kustomize true"], same.differences(1, True))


class Rendered(unittest.TestCase):
    def test_helms_own_labels_go(self):
        text = "# Source: a\nlabels:\n  a: b\n  helm.sh/chart: x\n  app.kubernetes.io/managed-by: Helm\n"
        self.assertEqual("labels:\n  a: b\n", rendered.HELMS_OWN.sub("", text))


if __name__ == "__main__":
    unittest.main()
