"""Writes the Grafana dashboards: dashboards.py FOLDER. Panels are told in words here; Grafana's JSON is made of them."""

import json
import pathlib
import sys
from dataclasses import dataclass, field

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
ALL = "$__all"


@dataclass(frozen=True)
class Panel:
    title: str
    queries: dict[str, str]  # legend: expression
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    text: str = ""
    thresholds: tuple = ()  # (value, colour)…
    stack: bool = False


@dataclass(frozen=True)
class Dashboard:
    uid: str
    title: str
    text: str
    variables: list = field(default_factory=list)
    rows: dict = field(default_factory=dict)


def choice(name: str, label: str, query: str, multi: bool = True) -> dict:
    return {
        "name": name, "label": label, "type": "query", "datasource": SOURCE, "refresh": 2, "sort": 1,
        "definition": query, "query": {"query": query, "refId": name}, "multi": multi, "includeAll": multi,
        **({"allValue": ".+", "current": {"text": "All", "value": ALL}} if multi else {}),
    }


def panel(number: int, it: Panel, x: int, y: int, height: int) -> dict:
    steps = [{"color": "green" if it.thresholds else "text", "value": None}]
    steps += [{"color": colour, "value": value} for value, colour in it.thresholds]
    made = {
        "id": number, "title": it.title, "type": it.kind, "datasource": SOURCE, "description": it.text,
        "gridPos": {"x": x, "y": y, "w": it.width, "h": height},
        "targets": [
            {"refId": chr(ord("A") + i), "datasource": SOURCE, "expr": expression, "legendFormat": legend,
             **({"instant": True, "format": "table"} if it.kind == "table" else {})}
            for i, (legend, expression) in enumerate(it.queries.items())
        ],
        "fieldConfig": {"defaults": {"unit": it.unit, "thresholds": {"mode": "absolute", "steps": steps}}, "overrides": []},
    }
    if it.kind == "timeseries":
        made["fieldConfig"]["defaults"]["min"] = 0
        made["fieldConfig"]["defaults"]["custom"] = {
            "fillOpacity": 20 if it.stack else 5, "showPoints": "never",
            "stacking": {"mode": "normal" if it.stack else "none"},
        }
        made["options"] = {"tooltip": {"mode": "multi", "sort": "desc"}, "legend": {"displayMode": "list", "placement": "bottom"}}
    if it.kind == "stat":
        made["options"] = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "area"}
    return made


def grafana(it: Dashboard) -> dict:
    panels, y = [], 0
    for row, members in it.rows.items():
        panels.append({"id": len(panels) + 1, "type": "row", "title": row, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        x, y = 0, y + 1
        height = 4 if all(each.kind == "stat" for each in members) else 8
        for each in members:
            if x + each.width > 24:
                x, y = 0, y + height
            panels.append(panel(len(panels) + 1, each, x, y, height))
            x += each.width
        y += height
    source = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1}
    links = [{"type": "dashboards", "tags": ["outrider"], "asDropdown": False, "title": "Outrider", "includeVars": True, "keepTime": True}]
    return {
        "uid": it.uid, "title": it.title, "description": it.text, "tags": ["outrider"], "schemaVersion": 39,
        "editable": True, "graphTooltip": 1, "refresh": "30s", "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [source, *it.variables]}, "links": links, "panels": panels, "annotations": {"list": []},
    }


def quantiles(buckets: str, by: str = "") -> dict[str, str]:
    sums = f"sum by (le{', ' + by if by else ''}) (rate({buckets}[$__rate_interval]))"
    legend = f" {{{{{by}}}}}" if by else ""
    return {f"p{q}{legend}": f"histogram_quantile({int(q) / 100}, {sums})" for q in ("50", "95", "99")}


def rate(series: str, by: str) -> str:
    return f"sum by ({by}) (rate({series}[$__rate_interval]))"


def by_pod(series: str, aggregate: str = "sum") -> str:
    """Of the sidecar itself. A pod's page has the app's metrics too, and a name that both have is the app's: the sidecar's
    then begins with outrider_ (docs/pod-port.md)."""
    return f"{aggregate} by (namespace, pod) (outrider_{series}) or {aggregate} by (namespace, pod) ({series})"


def share(part: str, whole: str) -> str:
    """A part of a whole; 0, not nothing, while no series of the part is there."""
    return f"(sum(rate({part}[$__rate_interval])) or vector(0)) / sum(rate({whole}[$__rate_interval]))"


SIDECAR_CPU = 'process_cpu_usage{job="outrider-sidecar"}'
SIDECAR_HEAP = 'jvm_memory_used_bytes{job="outrider-sidecar",area="heap"}'
MESH = Dashboard(
    "outrider-mesh", "Outrider mesh", "All sidecars: what they carry, how well, and how they themselves do.",
    rows={
        "Now": [
            Panel("Sidecars", {"": "count(outrider_ready)"}, kind="stat", width=4),
            Panel("Not ready", {"": "count(outrider_ready == 0) or vector(0)"}, kind="stat", width=4, thresholds=((1, "red"),)),
            Panel("Requests", {"": 'sum(rate(istio_requests_total{reporter="destination"}[$__rate_interval]))'}, "reqps", "stat", 4),
            Panel("Failed", {"": share('istio_requests_total{reporter="destination",response_code=~"5..|0"}', 'istio_requests_total{reporter="destination"}')},
                  "percentunit", "stat", 4, thresholds=((0.01, "orange"), (0.05, "red"))),
            Panel("By mutual TLS", {"": share('istio_requests_total{reporter="destination",connection_security_policy="mutual_tls"}', 'istio_requests_total{reporter="destination"}')},
                  "percentunit", "stat", 4, "Of the requests that came to apps. Less than all: somebody is permissive."),
            Panel("First certificate ends in", {"": "min(identity_cert_expiration_timestamp_seconds > 0) - time()"}, "s", "stat", 4),
        ],
        "Traffic": [
            Panel("Requests by destination", {"{{destination_workload_namespace}}/{{destination_workload}}": rate('istio_requests_total{reporter="destination"}', "destination_workload_namespace, destination_workload")}, "reqps", stack=True),
            Panel("Failed by destination", {"{{destination_workload_namespace}}/{{destination_workload}}": rate('istio_requests_total{reporter="destination",response_code=~"5..|0"}', "destination_workload_namespace, destination_workload")}, "reqps"),
            Panel("Time at the destination", quantiles('istio_request_duration_milliseconds_bucket{reporter="destination"}'), "ms"),
            Panel("Who calls whom", {"": 'sort_desc(sum by (source_workload_namespace, source_workload, destination_workload_namespace, destination_workload) (rate(istio_requests_total{reporter="destination"}[5m])))'}, "reqps", "table", 12),
            Panel("Why calls failed", {"{{reason}}": rate("outrider_failures_total", "reason")}, "reqps", width=12, text="One word for each way to fail; docs/reliability.md has them.", stack=True),
            Panel("Relayed unread", {"in {{destination_workload}}": rate("istio_tcp_received_bytes_total", "destination_workload"), "out {{destination_workload}}": rate("istio_tcp_sent_bytes_total", "destination_workload")}, "Bps"),
            Panel("Open relays", {"{{direction}}": "sum by (direction) (outrider_tcp_connections)"}),
            Panel("Under way", {"{{direction}}": "sum by (direction) (outrider_active_requests)"}),
        ],
        "Resilience": [
            Panel("Retries", {"{{service}}": rate("outrider_retries_total", "service")}, "reqps"),
            Panel("Retries not made", {"{{reason}}": rate("outrider_retry_skipped_total", "reason"), "budget used up": "sum(rate(outrider_retry_budget_refused_total[$__rate_interval]))"}, "reqps"),
            Panel("Open breakers", {"{{namespace}} to {{service}}": "max by (namespace, service) (outrider_breaker_state) == 2"}, text="2 is open, as seen by any sidecar of the namespace."),
            Panel("Set aside", {"{{service}}": rate("outrider_ejections_total", "service")}, "ops"),
            Panel("Full bulkheads", {"{{service}}": rate("outrider_bulkhead_refused_total", "service")}, "reqps"),
            Panel("Services without endpoints", {"{{namespace}} to {{service}}": "max by (namespace, service) (outrider_endpoints) == 0"}),
        ],
        "Identity and configuration": [
            Panel("Certificates end in", {"least": "min(identity_cert_expiration_timestamp_seconds > 0) - time()", "most": "max(identity_cert_expiration_timestamp_seconds) - time()"}, "s"),
            Panel("Renewals", {"renewed": "sum(rate(identity_cert_refresh_count_total[$__rate_interval]))", "failing now": "sum(outrider_identity_failures > 0) or vector(0)"}, "ops"),
            Panel("Configurations", {"refused": "count(outrider_config_last_reload_successful == 0) or vector(0)", "kinds in force": "count(count_values(\"hash\", outrider_config_hash))"}, text="While a change is rolled out there are more kinds for a while."),
            Panel("Let in without a certificate", {"{{namespace}}": rate("outrider_plain_requests_total", "namespace")}, "reqps"),
            Panel("Refused", {"no identity": "sum(rate(outrider_peers_refused_total[$__rate_interval]))", "by rule": "sum(rate(outrider_access_denied_total[$__rate_interval]))", "token {{reason}}": rate("outrider_tokens_refused_total", "reason")}, "reqps"),
            Panel("Revoked, cut", {"cut": "sum(rate(outrider_revoked_connections_cut_total[$__rate_interval]))"}, "ops"),
        ],
        "The authority": [
            Panel("Given out", {"{{kind}}": rate("outrider_ca_issued_total", "kind")}, "ops", text="svid: certificates, jwt: tokens."),
            Panel("Refused", {"{{reason}}": rate("outrider_ca_refused_total", "reason")}, "ops"),
            Panel("Replicas", {"can sign": "sum(outrider_ca_can_sign)", "worries": "sum(outrider_ca_worries)", "bundle undelivered": "max(outrider_ca_bundle_undelivered)"}),
            Panel("Ends in", {"root": "min(outrider_ca_root_expires_timestamp_seconds) - time()", "intermediate": "min(outrider_ca_intermediate_expires_timestamp_seconds) - time()"}, "s"),
            Panel("State confirmed", {"{{pod}}": "time() - outrider_ca_state_confirmed_timestamp_seconds"}, "s", text="How long ago the API server last said that the state is the newest."),
            Panel("Replacement of the root", {"phase": "max(outrider_ca_root_replacement_phase)"}, text="0 none, 1 announced, 2 the new root signs, 3 the old one is dropped."),
        ],
        "The injector": [
            Panel("Pods that should be meshed", {"{{state}}": "sum by (state) (outrider_injector_pods)"}, text="missing: no sidecar; outdated: one of another version.", stack=True),
            Panel("Without a sidecar", {"{{namespace}}": 'sum by (namespace) (outrider_injector_pods{state="missing"}) > 0'}),
            Panel("Admissions", {"{{result}}": rate("outrider_injector_admissions_total", "result")}, "reqps"),
            Panel("Time of an admission", quantiles("outrider_injector_admission_duration_seconds_bucket"), "s"),
            Panel("Replicas", {"ready": "sum(outrider_injector_ready)", "leading": "sum(outrider_injector_leader)", "evictions {{result}}": rate("outrider_injector_evictions_total", "result")}),
            Panel("Webhook's certificate ends in", {"{{pod}}": "(outrider_injector_certificate_expiry_timestamp_seconds > 0) - time()"}, "s"),
        ],
        "What the sidecars cost": [
            Panel("CPU per sidecar", {"mean": f"avg({by_pod(SIDECAR_CPU)})", "most": f"max({by_pod(SIDECAR_CPU)})"}, "percentunit", text="Share of the CPUs that the container has."),
            Panel("Heap per sidecar", {"mean": f"avg({by_pod(SIDECAR_HEAP)})", "most": f"max({by_pod(SIDECAR_HEAP)})"}, "bytes"),
            Panel("Direct memory per sidecar", {"mean": 'avg(outrider_direct_memory_used_bytes{job="outrider-sidecar"})', "most": 'max(outrider_direct_memory_used_bytes{job="outrider-sidecar"})'}, "bytes"),
            Panel("Event loops late by", {"most": "max(outrider_event_loop_lag_seconds)"}, "s"),
            Panel("Services of the cluster in use", {"{{status}}": "sum by (status) (outrider_kubernetes_services)", "as they were": "sum(outrider_kubernetes_stale)"}, text="Summed over sidecars. As they were: the API is away, the endpoints last known serve."),
            Panel("Watches of EndpointSlices", {"connections": "sum(outrider_kubernetes_watches)", "lists a second": "sum(rate(outrider_kubernetes_lists_total[$__rate_interval]))", "first looks in vain": "sum(rate(outrider_kubernetes_failures_total[$__rate_interval]))"}, text="What all sidecars together ask of the API server."),
            Panel("Pages without the app's metrics", {"{{namespace}} {{outcome}}": rate('outrider_app_scrapes_total{outcome!="ok"}', "namespace, outcome")}, "ops"),
            Panel("Services made of those known", {"made": "sum(outrider_services_made)", "known": "sum(outrider_services_configured)"}),
            Panel("Dropped reports", {"spans": "sum(rate(outrider_spans_dropped_total[$__rate_interval]))", "access log": "sum(rate(outrider_access_log_dropped_total[$__rate_interval]))", "series capped": "sum(rate(outrider_metric_series_refused_total[$__rate_interval]))"}, "ops"),
        ],
    },
)

IN = 'reporter="destination",destination_workload_namespace=~"$namespace",destination_workload=~"$workload"'
OUT = 'reporter="source",source_workload_namespace=~"$namespace",source_workload=~"$workload"'
POD = 'namespace=~"$namespace",pod=~"$pod"'
SERVICE = Dashboard(
    "outrider-service", "Outrider service", "One workload: who calls it, whom it calls, and how its sidecars do.",
    variables=[
        choice("namespace", "Namespace", 'label_values(istio_requests_total{reporter="destination"}, destination_workload_namespace)', multi=False),
        choice("workload", "Workload", 'label_values(istio_requests_total{reporter="destination",destination_workload_namespace="$namespace"}, destination_workload)', multi=False),
        choice("pod", "Pod", 'label_values(outrider_ready{namespace="$namespace"}, pod)'),
    ],
    rows={
        "Now": [
            Panel("Requests", {"": f"sum(rate(istio_requests_total{{{IN}}}[$__rate_interval]))"}, "reqps", "stat", 6),
            Panel("Failed", {"": share(f'istio_requests_total{{{IN},response_code=~"5..|0"}}', f"istio_requests_total{{{IN}}}")}, "percentunit", "stat", 6, thresholds=((0.01, "orange"), (0.05, "red"))),
            Panel("99 of 100 within", {"": f"histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket{{{IN}}}[$__rate_interval])))"}, "ms", "stat", 6),
            Panel("Under way", {"": f'sum(outrider_active_requests{{{POD},direction="inbound"}})'}, kind="stat", width=6),
        ],
        "What comes in": [
            Panel("By status", {"{{response_code}} {{grpc_response_status}}": rate(f"istio_requests_total{{{IN}}}", "response_code, grpc_response_status")}, "reqps", stack=True),
            Panel("By caller", {"{{source_workload_namespace}}/{{source_workload}}": rate(f"istio_requests_total{{{IN}}}", "source_workload_namespace, source_workload")}, "reqps", stack=True),
            Panel("Time", quantiles(f"istio_request_duration_milliseconds_bucket{{{IN}}}"), "ms"),
            Panel("By protocol and security", {"{{request_protocol}} {{connection_security_policy}}": rate(f"istio_requests_total{{{IN}}}", "request_protocol, connection_security_policy")}, "reqps"),
            Panel("Refused here", {"no identity": f"sum(rate(outrider_peers_refused_total{{{POD}}}[$__rate_interval]))", "by rule": f"sum(rate(outrider_access_denied_total{{{POD}}}[$__rate_interval]))", "token {{reason}}": rate(f"outrider_tokens_refused_total{{{POD}}}", "reason"), "unread, by rule": f"sum(rate(outrider_tcp_access_denied_total{{{POD}}}[$__rate_interval]))"}, "reqps"),
            Panel("Bytes", {"requests": f"sum(rate(istio_request_bytes_sum{{{IN}}}[$__rate_interval]))", "responses": f"sum(rate(istio_response_bytes_sum{{{IN}}}[$__rate_interval]))"}, "Bps"),
        ],
        "What goes out": [
            Panel("By destination", {"{{destination_service}}": rate(f"istio_requests_total{{{OUT}}}", "destination_service")}, "reqps", stack=True),
            Panel("Failed by destination", {"{{destination_service}} {{response_code}}": rate(f'istio_requests_total{{{OUT},response_code=~"5..|0"}}', "destination_service, response_code")}, "reqps"),
            Panel("Time, 99 of 100", {"{{destination_service}}": f"histogram_quantile(0.99, sum by (le, destination_service) (rate(istio_request_duration_milliseconds_bucket{{{OUT}}}[$__rate_interval])))"}, "ms"),
            Panel("Attempts by outcome", {"{{service}} {{outcome}}": rate(f'outrider_attempts_total{{{POD},direction="outbound"}}', "service, outcome")}, "reqps"),
            Panel("Retries", {"{{service}} {{outcome}}": rate(f"outrider_retries_total{{{POD}}}", "service, outcome"), "not made: {{reason}}": rate(f"outrider_retry_skipped_total{{{POD}}}", "reason")}, "reqps"),
            Panel("Why calls failed", {"{{service}} {{reason}}": rate(f"outrider_failures_total{{{POD}}}", "service, reason")}, "reqps"),
            Panel("Time of attempts, 99 of 100", {"{{server_address}}": f'histogram_quantile(0.99, sum by (le, server_address) (rate(outrider_http_client_request_duration_seconds_bucket{{{POD},outrider_direction="outbound"}}[$__rate_interval]) or rate(http_client_request_duration_seconds_bucket{{{POD},outrider_direction="outbound"}}[$__rate_interval])))'}, "s"),
            Panel("Breakers", {"{{service}}": f"max by (service) (outrider_breaker_state{{{POD}}})"}, text="0 closed, 1 half open, 2 open"),
            Panel("Endpoints", {"{{service}}": f"max by (service) (outrider_endpoints{{{POD}}})", "set aside {{service}}": rate(f"outrider_ejections_total{{{POD}}}", "service")}),
            Panel("Connections", {"{{service}} open": f"sum by (service) (outrider_connections_open{{{POD}}})", "{{service}} idle": f"sum by (service) (outrider_connections_idle{{{POD}}})"}),
            Panel("Bulkheads", {"{{service}} taken": f"sum by (service) (outrider_bulkhead_taken{{{POD}}})", "{{service}} waiting": f"sum by (service) (outrider_bulkhead_waiting{{{POD}}})"}),
            Panel("Look-ups", {"{{service}} failed": rate(f"outrider_dns_failures_total{{{POD}}}", "service"), "{{service}} stale": f"max by (service) (outrider_dns_stale{{{POD}}})"}),
        ],
        "Its sidecars": [
            Panel("Ready", {"{{pod}}": f"outrider_ready{{{POD}}}"}),
            Panel("Certificate ends in", {"{{pod}}": f"(identity_cert_expiration_timestamp_seconds{{{POD}}} > 0) - time()"}, "s"),
            Panel("Connections of callers", {"{{pod}} {{listener}}": f"sum by (pod, listener) (outrider_downstream_connections{{{POD}}})"}),
            Panel("CPU", {"{{pod}}": by_pod(f"process_cpu_usage{{{POD}}}")}, "percentunit"),
            Panel("Heap", {"{{pod}}": by_pod(f'jvm_memory_used_bytes{{{POD},area="heap"}}')}, "bytes"),
            Panel("Event loops late by", {"{{pod}}": f"max by (pod) (outrider_event_loop_lag_seconds{{{POD}}})"}, "s"),
        ],
    },
)

DOOR = 'outrider_direction="edge"'
EDGE_POD = 'job="outrider-edge",pod=~"$pod"'
EDGE = Dashboard(
    "outrider-edge", "Outrider edge", "The front door: clients from outside, limits, who is let in, and Redis.",
    variables=[choice("pod", "Pod", 'label_values(outrider_active_requests{job="outrider-edge"}, pod)')],
    rows={
        "Now": [
            Panel("Edges", {"": 'count(outrider_ready{job="outrider-edge"} == 1) or vector(0)'}, kind="stat", width=4),
            Panel("Requests", {"": f"sum(rate(http_server_request_duration_seconds_count{{{DOOR}}}[$__rate_interval]))"}, "reqps", "stat", 4),
            Panel("Failed", {"": share(f'http_server_request_duration_seconds_count{{{DOOR},http_response_status_code=~"5.."}}', f"http_server_request_duration_seconds_count{{{DOOR}}}")}, "percentunit", "stat", 4, thresholds=((0.01, "orange"), (0.02, "red"))),
            Panel("99 of 100 within", {"": f"histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{{{DOOR}}}[$__rate_interval])))"}, "s", "stat", 4),
            Panel("Under way per edge", {"": 'avg(outrider_active_requests{job="outrider-edge",direction="edge"})'}, kind="stat", width=4, text="The autoscaler aims at 100.", thresholds=((150, "orange"), (200, "red"))),
            Panel("Redis", {"": 'min(outrider_redis_connected{job="outrider-edge"})'}, kind="stat", width=4, text="Event loops with a connection, of the edge that has fewest."),
        ],
        "Traffic": [
            Panel("By status", {"{{http_response_status_code}}": rate(f"http_server_request_duration_seconds_count{{{DOOR},{EDGE_POD}}}", "http_response_status_code")}, "reqps", stack=True),
            Panel("Time", quantiles(f"http_server_request_duration_seconds_bucket{{{DOOR},{EDGE_POD}}}"), "s"),
            Panel("By service", {"{{destination_service}}": rate(f"istio_requests_total{{{EDGE_POD}}}", "destination_service")}, "reqps", stack=True),
            Panel("Under way", {"{{pod}}": f'outrider_active_requests{{{EDGE_POD},direction="edge"}}'}),
            Panel("Why requests failed", {"{{reason}}": rate(f"outrider_failures_total{{{EDGE_POD}}}", "reason")}, "reqps"),
            Panel("Time of services, 99 of 100", {"{{server_address}}": f"histogram_quantile(0.99, sum by (le, server_address) (rate(http_client_request_duration_seconds_bucket{{{DOOR},{EDGE_POD}}}[$__rate_interval])))"}, "s"),
        ],
        "Limits": [
            Panel("Decisions", {"{{limit}} {{outcome}}": rate(f"outrider_limit_decisions_total{{{EDGE_POD}}}", "limit, outcome")}, "reqps", text="decided-alone: Redis was ill and the instance counted for itself; refused-blind: the limit is closed then."),
            Panel("Refused", {"{{limit}}": rate(f'outrider_limit_decisions_total{{{EDGE_POD},outcome=~"refused|refused-blind"}}', "limit")}, "reqps"),
            Panel("Waiting and remembered", {"waiting": f"sum(outrider_limit_waiting{{{EDGE_POD}}})", "keys {{pod}}": f"outrider_limit_keys{{{EDGE_POD}}}", "forgotten": f"sum(rate(outrider_limit_keys_forgotten_total{{{EDGE_POD}}}[$__rate_interval]))"}),
        ],
        "Who is let in": [
            Panel("Let in", {"token": f"sum(rate(outrider_edge_token_cache_hits_total{{{EDGE_POD}}}[$__rate_interval])) + sum(rate(outrider_edge_token_verifications_total{{{EDGE_POD}}}[$__rate_interval]))", "API key": f"sum(rate(outrider_api_keys_accepted_total{{{EDGE_POD}}}[$__rate_interval]))", "certificate": f"sum(rate(outrider_edge_callers_certified_total{{{EDGE_POD}}}[$__rate_interval]))", "anybody": f"sum(rate(outrider_edge_callers_anonymous_total{{{EDGE_POD}}}[$__rate_interval]))"}, "reqps", text="Tokens that were looked at; those that did not hold are among the refused."),
            Panel("Refused", {"token {{reason}}": rate(f"outrider_edge_tokens_refused_total{{{EDGE_POD}}}", "reason"), "API key {{reason}}": rate(f"outrider_api_keys_refused_total{{{EDGE_POD}}}", "reason"), "{{reason}}": rate(f"outrider_edge_callers_refused_total{{{EDGE_POD}}}", "reason")}, "reqps"),
            Panel("Age of token keys", {"{{issuer}}": f"max by (issuer) (outrider_edge_jwks_age_seconds{{{EDGE_POD}}})", "API keys": f"max(outrider_api_keys_age_seconds{{{EDGE_POD}}})"}, "s"),
        ],
        "Redis": [
            Panel("Calls", {"{{pod}}": f"sum by (pod) (rate(outrider_redis_calls_total{{{EDGE_POD}}}[$__rate_interval]))"}, "ops"),
            Panel("Failures", {"{{reason}}": rate(f"outrider_redis_failures_total{{{EDGE_POD}}}", "reason"), "late": f"sum(rate(outrider_redis_late_total{{{EDGE_POD}}}[$__rate_interval]))"}, "ops"),
            Panel("Left alone", {"{{pod}}": f"sum by (pod) (increase(outrider_redis_breaker_opens_total{{{EDGE_POD}}}[$__rate_interval]))"}, text="How often the breaker opened."),
        ],
        "The door itself": [
            Panel("Connections", {"{{pod}} {{listener}}": f"sum by (pod, listener) (outrider_downstream_connections{{{EDGE_POD}}})"}),
            Panel("Turned away", {"{{listener}} {{reason}}": rate(f"outrider_downstream_connections_turned_away_total{{{EDGE_POD}}}", "listener, reason"), "too many {{listener}}": rate(f"outrider_downstream_connections_refused_total{{{EDGE_POD}}}", "listener")}, "ops"),
            Panel("CPU", {"{{pod}}": f"process_cpu_usage{{{EDGE_POD}}}"}, "percentunit"),
            Panel("Heap", {"{{pod}}": f'sum by (pod) (jvm_memory_used_bytes{{{EDGE_POD},area="heap"}})'}, "bytes"),
            Panel("Direct memory", {"{{pod}}": f"outrider_direct_memory_used_bytes{{{EDGE_POD}}} / outrider_direct_memory_max_bytes{{{EDGE_POD}}}"}, "percentunit"),
            Panel("Event loops late by", {"{{pod}}": f"max by (pod) (outrider_event_loop_lag_seconds{{{EDGE_POD}}})"}, "s"),
        ],
    },
)

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for dashboard in (MESH, SERVICE, EDGE):
        name = dashboard.uid.removeprefix("outrider-")
        (folder / f"{name}.json").write_text(json.dumps(grafana(dashboard), indent=1) + "\n")
