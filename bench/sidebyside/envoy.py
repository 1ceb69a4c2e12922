"""Envoy configurations that do what Outrider does in the same row; written as JSON, which Envoy reads."""

import importlib.util
import json
import os

from sidebyside import pki as identities
from sidebyside import ratelimit as ratelimits
from sidebyside.machine import Program, Trouble

API = "type.googleapis.com/envoy.extensions."
TOKEN_HEADER = "workload-identity-token"

# 503 stands for "the destination says it did not do it"; the rest for proof that nothing was sent.
RETRY = {"retry_on": "connect-failure,refused-stream,unavailable,cancelled,503", "num_retries": 2,
         "retry_back_off": {"base_interval": "0.025s", "max_interval": "0.25s"}}
HTTP2 = {"typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": API + "upstreams.http.v3.HttpProtocolOptions", "explicit_http_config": {"http2_protocol_options": {}}}}}
LOG_FORMAT = {"time": "%START_TIME%", "method": "%REQ(:METHOD)%", "path": "%REQ(:PATH)%", "status": "%RESPONSE_CODE%",
              "flags": "%RESPONSE_FLAGS%", "duration": "%DURATION%", "upstream": "%UPSTREAM_HOST%",
              "request_id": "%REQ(X-REQUEST-ID)%", "received": "%BYTES_RECEIVED%", "sent": "%BYTES_SENT%"}


def binary():
    found = importlib.util.find_spec("envoy")
    if not found:
        raise Trouble("Envoy is missing; bench/run --install brings it")
    return os.path.join(os.path.dirname(found.origin), "_bin", "envoy")


def plain(directory, port, admin, backend):
    """No access log, no request id, no retry: bytes in, bytes out."""
    connection_manager = _http("plain", [], [_route("backend")], log=None, generate_request_id=False)
    return _program(directory, "envoy-plain", port, admin, [_listener(port, connection_manager)],
                    [_cluster("backend", backend)])


def outbound(directory, port, admin, inbound_port, pki, http2):
    return _program(directory, "envoy-outbound", port, admin, *_outbound(directory, port, inbound_port, pki, http2))


def inbound(directory, port, admin, backend, pki, http2):
    return _program(directory, "envoy-inbound", port, admin, *_inbound(directory, port, backend, pki, http2))


def sidecar(directory, port, inbound_port, admin, backend, pki):
    """Both directions in one process. It is started and asked nothing, so the backend may stand for the other
    workload."""
    out = _outbound(directory, port, backend, pki, False)
    into = _inbound(directory, inbound_port, backend, pki, False)
    return _program(directory, "envoy-sidecar", port, admin, out[0] + into[0], out[1] + into[1])


def edge(directory, port, admin, backend, pki, ratelimit=None):
    """The front door: TLS 1.3, a client's token verified (cached), a limit that is never reached, access log. The limit
    is counted here, or by the rate limit service on that port."""
    name = "envoy-redis-edge" if ratelimit else "envoy-edge"
    route = _route("backend", rate_limits=[{"actions": [{"remote_address": {}}]}]) if ratelimit else _route("backend")
    connection_manager = _http(
        "edge", [_jwt(pki, "Authorization", "Bearer "), _asked_limit() if ratelimit else _own_limit()], [route],
        log=f"{directory}/{name}.access")
    tls = {"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": API + "transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": _tls(pki, "edge", False, {})}}
    clusters = [_cluster("backend", backend)] + ([_cluster("ratelimit", ratelimit, **HTTP2)] if ratelimit else [])
    return _program(directory, name, port, admin, [_listener(port, connection_manager, tls)], clusters)


def _own_limit():
    bucket = {"max_tokens": 1_000_000_000, "tokens_per_fill": 1_000_000_000, "fill_interval": "1s"}
    whole = {"numerator": 100, "denominator": "HUNDRED"}
    return _filter("local_ratelimit", "local_ratelimit.v3.LocalRateLimit", stat_prefix="edge", token_bucket=bucket,
                   filter_enabled={"default_value": whole}, filter_enforced={"default_value": whole})


def _asked_limit():
    return _filter("ratelimit", "ratelimit.v3.RateLimit", domain=ratelimits.DOMAIN, timeout="1s", failure_mode_deny=True,
                   enable_x_ratelimit_headers="DRAFT_VERSION_03", rate_limit_service={
                       "grpc_service": {"envoy_grpc": {"cluster_name": "ratelimit"}}, "transport_api_version": "V3"})


def many_services(directory, port, admin, backend, count):
    """The first is called by any name, the others by their own."""
    names = [f"service-{number}" for number in range(count)]
    hosts = [{"name": name, "domains": [name] if number else ["*"], "routes": [_route(name)]}
             for number, name in enumerate(names)]
    connection_manager = _http("services", [], [], log=None, route_config={"virtual_hosts": hosts})
    return _program(directory, f"envoy-services-{count}", port, admin, [_listener(port, connection_manager)],
                    [_cluster(name, backend) for name in names])


def _outbound(directory, port, inbound_port, pki, http2):
    """The caller's side: retries with backoff and a budget, outlier detection, mutual TLS, access log."""
    route = _route("billing", timeout="15s", retry_policy=RETRY)
    connection_manager = _http("outbound", [], [route], log=directory + "/envoy-outbound.access")
    cluster = _cluster("billing", inbound_port, transport_socket=_upstream_tls(pki, http2), **(HTTP2 if http2 else {}))
    return [_listener(port, connection_manager)], [cluster]


def _inbound(directory, port, backend, pki, http2):
    """The called side: mutual TLS, token verified (cached), access rule on the peer, XFCC, access log."""
    connection_manager = _http(
        "inbound", [_jwt(pki), _access_rule()], [_route("app")], log=directory + "/envoy-inbound.access",
        forward_client_cert_details="SANITIZE_SET", set_current_client_cert_details={"uri": True})
    return [_listener(port, connection_manager, _downstream_tls(pki, http2))], [_cluster("app", backend)]


def _program(directory, name, port, admin, listeners, clusters):
    file = os.path.join(directory, name + ".json")
    with open(file, "w") as output:
        json.dump({"admin": {"address": _address(admin)},
                   "static_resources": {"listeners": listeners, "clusters": clusters}}, output, indent=2)
    command = [binary(), "-c", file, "--concurrency", "1", "-l", "error", "--use-dynamic-base-id"]
    return Program(name, command, port, admin)


def _http(name, filters, routes, log, **more):
    config = {
        "@type": API + "filters.network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": name,
        "route_config": {"virtual_hosts": [{"name": name, "domains": ["*"], "routes": routes}]},
        "http_filters": [*filters, _filter("router", "router.v3.Router")], **more}
    if log:
        config["access_log"] = [{"name": "envoy.access_loggers.file", "typed_config": {
            "@type": API + "access_loggers.file.v3.FileAccessLog", "path": log,
            "log_format": {"json_format": LOG_FORMAT}}}]
    return {"name": "envoy.filters.network.http_connection_manager", "typed_config": config}


def _filter(name, kind, **config):
    return {"name": "envoy.filters.http." + name, "typed_config": {"@type": API + "filters.http." + kind, **config}}


def _jwt(pki, header=TOKEN_HEADER, prefix=""):
    provider = {"issuer": identities.ISSUER, "audiences": [identities.AUDIENCE], "forward": False,
                "from_headers": [{"name": header, "value_prefix": prefix}], "local_jwks": {"inline_string": pki.jwks},
                "jwt_cache_config": {"jwt_cache_size": 1000}}
    rule = {"match": {"prefix": "/"}, "requires": {"provider_name": "mesh"}}
    return _filter("jwt_authn", "jwt_authn.v3.JwtAuthentication", providers={"mesh": provider}, rules=[rule])


def _access_rule():
    principal = {"authenticated": {"principal_name": {"exact": identities.CALLER}}}
    method = {"header": {"name": ":method", "string_match": {"exact": "GET"}}}
    policy = {"permissions": [method], "principals": [principal]}
    return _filter("rbac", "rbac.v3.RBAC", rules={"action": "ALLOW", "policies": {"orders": policy}})


def _route(cluster, **more):
    return {"match": {"prefix": "/"}, "route": {"cluster": cluster, **more}}


def _cluster(name, port, **more):
    budget = {"budget_percent": {"value": 20}, "min_retry_concurrency": 10}
    limits = {"max_connections": 100000, "max_pending_requests": 100000, "max_requests": 100000, "retry_budget": budget}
    return {"name": name, "type": "STATIC", "connect_timeout": "1s", "circuit_breakers": {"thresholds": [limits]},
            "outlier_detection": {"consecutive_5xx": 5}, "load_assignment": {"cluster_name": name, "endpoints": [
                {"lb_endpoints": [{"endpoint": {"address": _address(port)}}]}]}, **more}


def _listener(port, network_filter, transport_socket=None):
    chain = {"filters": [network_filter]}
    if transport_socket:
        chain["transport_socket"] = transport_socket
    return {"address": _address(port), "filter_chains": [chain]}


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _downstream_tls(pki, http2):
    return {"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": API + "transport_sockets.tls.v3.DownstreamTlsContext", "require_client_certificate": True,
        "common_tls_context": _tls(pki, "billing", http2, {})}}


def _upstream_tls(pki, http2):
    name = {"san_type": "URI", "matcher": {"exact": identities.CALLED}}
    return {"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": API + "transport_sockets.tls.v3.UpstreamTlsContext",
        "common_tls_context": _tls(pki, "orders", http2, {"match_typed_subject_alt_names": [name]})}}


def _tls(pki, who, http2, validation):
    return {"alpn_protocols": ["h2" if http2 else "http/1.1"],
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
            "tls_certificates": [{"certificate_chain": {"filename": pki.certificate(who)},
                                  "private_key": {"filename": pki.key(who)}}],
            "validation_context": {"trusted_ca": {"filename": pki.bundle}, **validation}}
