"""nginx as the backend and as a plain relay, and HAProxy as a plain relay."""

import os
import urllib.request

from sidebyside.machine import Program

BODY = "x" * 1024

NGINX = """\
worker_processes 1;
daemon off;
pid {name}.pid;
error_log stderr warn;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 3600s;
  client_body_temp_path {name}-temp;
  proxy_temp_path {name}-temp;
  fastcgi_temp_path {name}-temp;
  uwsgi_temp_path {name}-temp;
  scgi_temp_path {name}-temp;
{body}}}
"""

BACKEND = """\
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ default_type text/plain; return 200 "{text}"; }}
    location = /status {{ stub_status; }}
  }}
"""

RELAY = """\
  upstream backend {{ server 127.0.0.1:{backend}; keepalive 256; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
"""

HAPROXY = """\
global
  nbthread 1
  maxconn 5000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend listener
  bind 127.0.0.1:{port}
  default_backend backend
backend backend
  server one 127.0.0.1:{backend}
"""


def backend(directory, port):
    return _nginx(directory, "backend", port, BACKEND.format(port=port, text=BODY))


def answered(port):
    """Requests that the backend has answered so far, this one not counted."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5) as status:
        return int(status.read().split(b"\n")[2].split()[2]) - 1


def nginx(directory, port, backend_port):
    return _nginx(directory, "nginx", port, RELAY.format(port=port, backend=backend_port))


def haproxy(directory, port, backend_port):
    file = _write(directory, "haproxy.cfg", HAPROXY.format(port=port, backend=backend_port))
    return Program("haproxy", ["haproxy", "-db", "-f", file], port)


def _nginx(directory, name, port, body):
    file = _write(directory, name + ".conf", NGINX.format(name=name, body=body))
    return Program(name, ["nginx", "-p", directory, "-e", "stderr", "-c", file], port)


def _write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text)
    return path
