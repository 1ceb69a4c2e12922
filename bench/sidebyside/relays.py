"""nginx as the backend and as a plain relay, and HAProxy as a plain relay."""

import os

from sidebyside.machine import LOAD_CORE, PROXY_CORE

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


def start_backend(machine, port):
    return _nginx(machine, "backend", LOAD_CORE, BACKEND.format(port=port, text=BODY))


def start_nginx(machine, port, backend):
    return _nginx(machine, "nginx", PROXY_CORE, RELAY.format(port=port, backend=backend))


def start_haproxy(machine, port, backend):
    file = _write(machine, "haproxy.cfg", HAPROXY.format(port=port, backend=backend))
    return machine.start("haproxy", PROXY_CORE, ["haproxy", "-db", "-f", file])


def _nginx(machine, name, core, body):
    file = _write(machine, name + ".conf", NGINX.format(name=name, body=body))
    return machine.start(name, core, ["nginx", "-p", machine.directory, "-e", "stderr", "-c", file])


def _write(machine, name, text):
    path = os.path.join(machine.directory, name)
    with open(path, "w") as file:
        file.write(text)
    return path
