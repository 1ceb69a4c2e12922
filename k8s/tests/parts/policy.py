"""What must hold in any rendering, said as rules: policy.py FILE…. Prints each breach and ends with 1 if there is one."""

import pathlib
import re
import sys

import documents

# Written by others: the authority, the injector, whoever installs, cert-manager.
FROM_ELSEWHERE = {
    "ConfigMap": {"outrider-trust"},
    "Secret": {"outrider-edge-tls", "outrider-redis", "outrider-injector-webhook"},
}
OPTIONAL = {"outrider-edge-routes"}
SECURE_POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
SECURE_CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
VOLUMES = {"configMap", "secret", "projected", "emptyDir", "persistentVolumeClaim", "downwardAPI", "csi"}


class Rendering:
    def __init__(self, file: pathlib.Path):
        self.objects = documents.load(file)
        self.breaches: list[str] = []
        self.name = ""

    def of(self, *kinds: str):
        for self.name, each in self.objects.items():
            if each["kind"] in kinds:
                yield each

    def must(self, holds: object, words: str) -> None:
        if not holds:
            self.breaches.append(f"{self.name}: {words}")

    def has(self, kind: str, namespace: str, name: str) -> bool:
        return f"{kind} {namespace}/{name}" in self.objects

    def pods(self):
        for self.name, each in self.objects.items():
            template = documents.pod_template(each)
            if template:
                yield each, template

    def selected(self, namespace: str, labels: dict) -> list[dict]:
        return [
            template for each, template in list(self.pods())
            if each["metadata"]["namespace"] == namespace and labels.items() <= template["metadata"]["labels"].items()
        ]


def pod_security(it: Rendering) -> None:
    """Pod Security's `restricted`, and more: no writable file systems, limits of memory, no image of any day."""
    for each, template in it.pods():
        spec = template["spec"]
        it.must(SECURE_POD.items() <= spec.get("securityContext", {}).items(), "its pod must run as no root with RuntimeDefault")
        it.must(spec.get("securityContext", {}).get("runAsUser", 0) > 0, "its pod must say a user that is not root")
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            it.must(not spec.get(key), f"{key} is not for us")
        for volume in spec.get("volumes", []):
            it.must(not volume.keys() - VOLUMES - {"name"}, f"volume {volume['name']} is of a kind that `restricted` forbids")
        for container in spec.get("initContainers", []) + spec["containers"]:
            name = container["name"]
            it.must(container.get("securityContext") == SECURE_CONTAINER, f"container {name} must be held as all others are")
            it.must(re.search(r"@sha256:|:(?!latest$)[^:/]+$", container["image"]), f"container {name} needs an image of one version")
            it.must("memory" in container.get("resources", {}).get("limits", {}), f"container {name} needs a limit of memory")
            it.must({"cpu", "memory"} <= container["resources"].get("requests", {}).keys(), f"container {name} needs requests")
            for port in container.get("ports", []):
                it.must("hostPort" not in port, f"container {name} must take no port of its node")


def probes(it: Rendering) -> None:
    for _, template in it.pods():
        for container in template["spec"]["containers"]:
            names = {port["name"] for port in container.get("ports", [])}
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                probe = container.get(kind, {})
                port = (probe.get("httpGet") or probe.get("tcpSocket") or {}).get("port")
                it.must(port is None or port in names, f"{kind} asks port {port}, which container {container['name']} has not")
            it.must(not names or "readinessProbe" in container, f"container {container['name']} listens and has no readinessProbe")


def mounts(it: Rendering) -> None:
    for each, template in it.pods():
        spec, namespace = template["spec"], each["metadata"]["namespace"]
        volumes = {volume["name"] for volume in spec.get("volumes", [])}
        volumes |= {claim["metadata"]["name"] for claim in each["spec"].get("volumeClaimTemplates", [])}
        mounted = set()
        for container in spec["containers"]:
            for mount in container.get("volumeMounts", []):
                it.must(mount["name"] in volumes, f"volume {mount['name']} is mounted and not there")
                mounted.add(mount["name"])
        it.must(volumes == mounted, f"volumes {sorted(volumes - mounted)} are there and not mounted")
        for kind, name in sources(spec.get("volumes", [])):
            known = it.has(kind, namespace, name) or name in FROM_ELSEWHERE[kind] | OPTIONAL
            it.must(known, f"{kind} {name} is needed and nobody makes it")
        it.must(it.has("ServiceAccount", namespace, spec.get("serviceAccountName", "default")),
                "its service account is not there")


def sources(volumes: list[dict]):
    for volume in volumes:
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            if "configMap" in source:
                yield "ConfigMap", source["configMap"]["name"]
            if "secret" in source:
                yield "Secret", source["secret"].get("secretName") or source["secret"]["name"]


def services(it: Rendering) -> None:
    for each in it.of("Service"):
        me, namespace = it.name, each["metadata"]["namespace"]
        pods = it.selected(namespace, each["spec"]["selector"])
        it.name = me
        it.must(len(pods) == 1, f"selects {len(pods)} workloads")
        ports = {port["name"] for pod in pods for container in pod["spec"]["containers"] for port in container.get("ports", [])}
        for port in each["spec"]["ports"]:
            it.must(port["targetPort"] in ports, f"leads to port {port['targetPort']}, which the pod has not")


def disruption(it: Rendering) -> None:
    """Who has replicas has a budget, and it selects its pods and no other's; a budget never stops every drain."""
    budgets = {name: each for name, each in it.objects.items() if each["kind"] == "PodDisruptionBudget"}
    for name, each in budgets.items():
        pods = it.selected(each["metadata"]["namespace"], each["spec"]["selector"]["matchLabels"])
        it.name = name
        it.must(len(pods) == 1, f"selects {len(pods)} workloads")
        it.must("maxUnavailable" in each["spec"] and each["spec"]["maxUnavailable"] not in (0, "0%"), "would stop every drain of a node")
    for each, template in list(it.pods()):
        for budget in budgets.values():
            if budget["spec"]["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items():
                it.name = documents.key(each)
                it.must("podAntiAffinity" in template["spec"].get("affinity", {}), "has a budget and no anti-affinity")
                it.must(template["spec"].get("topologySpreadConstraints"), "has a budget and is not spread over zones")


def network(it: Rendering) -> None:
    """Every pod is under a policy of its own, in a namespace that denies by default; open ports are ports."""
    policies = [each for each in it.objects.values() if each["kind"] == "NetworkPolicy"]
    if not policies:
        return
    for each, template in list(it.pods()):
        namespace = each["metadata"]["namespace"]
        if not it.has("NetworkPolicy", namespace, "outrider-default-deny"):
            it.must(namespace == "shop", "its namespace does not deny by default")
            continue
        it.name = documents.key(each)
        own = [p for p in policies if p["metadata"]["namespace"] == namespace and p["spec"]["podSelector"].get("matchLabels")
               and p["spec"]["podSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()]
        it.must(len(own) == 1, f"is under {len(own)} policies of its own")
        listens = {port["containerPort"] for container in template["spec"]["containers"] for port in container.get("ports", [])}
        for policy in own:
            opened = {port["port"] for rule in policy["spec"]["ingress"] for port in rule.get("ports", [])}
            it.must(opened <= listens | {8443, 9443}, f"ports {sorted(opened - listens)} are open and nobody listens")


def webhook(it: Rendering) -> None:
    for each in it.of("MutatingWebhookConfiguration"):
        for hook in each["webhooks"]:
            never = [e["values"] for e in hook["namespaceSelector"]["matchExpressions"]
                     if e["key"] == "kubernetes.io/metadata.name" and e["operator"] == "NotIn"]
            it.must(never and {"kube-system", hook["clientConfig"]["service"]["namespace"]} <= set(never[0]),
                    f"{hook['name']} must leave kube-system and its own namespace alone")
            it.must(hook["timeoutSeconds"] <= 10 and hook["sideEffects"] == "None", f"{hook['name']} must be quick and without effects")
            service = hook["clientConfig"]["service"]
            target = it.objects.get(f"Service {service['namespace']}/{service['name']}")
            it.must(target and service["port"] in [port["port"] for port in target["spec"]["ports"]], "its Service is not there")


def selects(selector: dict, labels: dict) -> bool:
    """As the API server reads a label selector."""
    holds = {"In": lambda value, values: value in values, "NotIn": lambda value, values: value not in values,
             "Exists": lambda value, _: value is not None, "DoesNotExist": lambda value, _: value is None}
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        holds[each["operator"]](labels.get(each["key"]), each.get("values", [])) for each in selector.get("matchExpressions", []))


# A namespace's name and label, a pod's label, and which entry is asked about it.
ASKED = (
    ("shop", "enabled", None, "namespace"), ("shop", "true", None, "namespace"), ("shop", "enabled", "true", "namespace"),
    ("shop", "enabled", "false", None), ("shop", "enabled", "disabled", None), ("shop", None, None, None),
    ("shop", None, "true", "pod"), ("shop", None, "enabled", "pod"), ("shop", "disabled", "true", "pod"),
    ("shop", None, "false", None), ("outrider-system", "enabled", None, None), ("outrider-system", None, "true", None),
    ("kube-system", "enabled", None, None), ("kube-system", None, "true", None),
)


def asked(it: Rendering) -> None:
    """Whom the webhook is asked about: each pod at most once, and never ours or the cluster's own."""
    for each in it.of("MutatingWebhookConfiguration"):
        for name, namespace, pod, expected in ASKED:
            labels = {"kubernetes.io/metadata.name": name} | ({"outrider.dev/inject": namespace} if namespace else {})
            own = {"outrider.dev/inject": pod} if pod else {}
            hooks = [hook["name"].split(".")[0] for hook in each["webhooks"]
                     if selects(hook["namespaceSelector"], labels) and selects(hook["objectSelector"], own)]
            it.must(hooks == ([expected] if expected else []),
                    f"of a pod labelled {pod} in {name} labelled {namespace} it asks {hooks}, not {expected}")


def ends(it: Rendering) -> None:
    """The process ends by its own clock, before the kubelet's."""
    for each, template in it.pods():
        text = str(it.objects.get(f"ConfigMap {each['metadata']['namespace']}/{each['metadata']['name']}", {}).get("data", ""))
        drain = re.search(r"drain: (\d+)s", text)
        for argument in template["spec"]["containers"][0].get("command", []):
            drain = re.fullmatch(r"--drain=(\d+)s", argument) or drain
        if drain:
            grace = template["spec"]["terminationGracePeriodSeconds"]
            it.must(int(drain[1]) + 3 <= grace, f"drains for {drain[1]} s and is killed after {grace} s")


def scaling(it: Rendering) -> None:
    for each in it.of("HorizontalPodAutoscaler"):
        me, target = it.name, each["spec"]["scaleTargetRef"]
        workload = it.objects.get(f"{target['kind']} {each['metadata']['namespace']}/{target['name']}")
        it.must(workload, "scales what is not there")
        it.must(workload and "replicas" not in workload["spec"], "its Deployment says replicas too, which would undo it at each apply")
        it.name = me


RULES = (pod_security, probes, mounts, services, disruption, network, webhook, asked, ends, scaling)

if __name__ == "__main__":
    count = 0
    for file in map(pathlib.Path, sys.argv[1:]):
        rendering = Rendering(file)
        for rule in RULES:
            rule(rendering)
        for breach in rendering.breaches:
            print(f"{file.stem}: {breach}")
        count += len(rendering.breaches)
    sys.exit(1 if count else 0)
