"""k8s/image/verify"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile

from parts.container import Container
from parts.trouble import Trouble

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
LARGEST = 105_000_000

SIDECAR = """
profile: sidecar
name: relay
admin: {listen: "127.0.0.1:15000"}
outbound:
  listen: 127.0.0.1:15001
  services: {billing: {hosts: [billing], endpoints: {static: ["127.0.0.1:1"]}, mtls: false}}
accessLog: {output: "off"}
"""

EDGE = """
profile: edge
name: front-door
admin: {listen: "127.0.0.1:15000"}
edge:
  http: {listen: "127.0.0.1:8080", redirect: false}
  routes: [{name: health, match: {path: {exact: /health}}, answer: {body: well}}]
accessLog: {output: "off"}
"""

# With AOTMode=on the JVM refuses to start where it would else start without the cache.
READY = """
set -e
echo "$CONFIGURATION" > /tmp/proxy.yaml
OUTRIDER_JAVA_OPTS=-XX:AOTMode=on outrider sidecar --config /tmp/proxy.yaml > /tmp/log 2>&1 & proxy=$!
began=${EPOCHREALTIME/./}
until wget -q -O /dev/null http://127.0.0.1:15000/ready 2>/dev/null; do
    kill -0 $proxy 2>/dev/null || { cat /tmp/log; exit 1; }
    sleep 0.05
done
echo "ready after $(( (${EPOCHREALTIME/./} - began) / 1000 )) ms as $(id -u):$(id -g)"
! grep -E '\\[(aot|cds)' /tmp/log
tr '\\0' '\\n' < /proc/$proxy/cmdline | grep -qx -- "-XX:AOTCache=/opt/outrider/lib/$CACHE"
! touch /opt/outrider/written 2>/dev/null
kill $proxy
wait $proxy || [ $? = 143 ]
"""

AUTHORITY = """
set -e
outrider ca --dir /tmp/ca --listen 127.0.0.1:8443 > /tmp/log 2>&1 & authority=$!
until grep -q 'listening on https' /tmp/log; do
    kill -0 $authority 2>/dev/null || { cat /tmp/log; exit 1; }
    sleep 0.1
done
kill $authority
tail -n 1 /tmp/log
"""


def main(arguments):
    parser = argparse.ArgumentParser(prog="k8s/image/verify", description="Runs the image that k8s/image/build made, "
                                     "unpacked, as a kubelet would: root that cannot be written, uid 1337, no rights.")
    default = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "target", "image")
    parser.add_argument("directory", nargs="?", default=default)
    options = parser.parse_args(arguments)
    try:
        if os.geteuid() != 0:
            raise Trouble("making namespaces and mounts needs root")
        with tempfile.TemporaryDirectory(prefix="outrider-image-") as root:
            os.chmod(root, 0o755)
            _verify(os.path.join(options.directory, "oci"), root)
        return 0
    except Trouble as trouble:
        print(f"image: {trouble}", file=sys.stderr)
        return 1


def _verify(layout, root):
    index = _json(os.path.join(layout, "index.json"))
    manifest = _json(_blob(layout, index["manifests"][0]))
    config = _json(_blob(layout, manifest["config"]))
    _unpack(layout, manifest, config, root)
    container = Container(root, config["config"]["Env"])
    version = next(value for key, value in config["config"]["Labels"].items() if key.endswith(".version"))
    # With Xshare:on the JVM refuses to start where it would else link each class anew.
    linked = ["env", "OUTRIDER_JAVA_OPTS=-Xshare:on", "outrider", "--version"]
    _expect(container, "a command, from linked classes", linked, f"outrider {version}")
    for what, configuration, cache in (("a sidecar", SIDECAR, "outrider.aot"), ("an edge", EDGE, "outrider-edge.aot")):
        start = ["env", f"CONFIGURATION={configuration}", f"CACHE={cache}", "bash", "-c", READY]
        _expect(container, f"{what}, from what its JVM learned", start, "ready after")
    _expect(container, "a certificate authority", ["bash", "-c", AUTHORITY], "listening")
    for backend in ("nft", "iptables-nft"):
        _expect(container, f"init, by {backend}", ["outrider", "init", "--backend", backend], "capture works", uid=0,
                capabilities=("cap_net_admin", "cap_net_raw"))


def _unpack(layout, manifest, config, root):
    size = 0
    for layer, content in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True):
        size += layer["size"]
        packed = subprocess.Popen(["gzip", "-dc", _blob(layout, layer)], stdout=subprocess.PIPE)
        tar = subprocess.Popen(["tar", "-x", "-C", root, "--numeric-owner", "-p"], stdin=subprocess.PIPE)
        digest = hashlib.sha256()
        while block := packed.stdout.read(1 << 20):
            digest.update(block)
            tar.stdin.write(block)
        tar.stdin.close()
        if packed.wait() or tar.wait() or "sha256:" + digest.hexdigest() != content:
            raise Trouble(f"the layer {layer['digest']} is not what its image says")
    if size > LARGEST:
        raise Trouble(f"{size / 1e6:.1f} MB compressed; it was to have {LARGEST / 1e6:.0f} at most")
    print(f"image: {len(manifest['layers'])} layers, {size / 1e6:.1f} MB compressed")


def _expect(container, what, command, said, **how):
    code, output = container.run(command, **how)
    if code != 0 or said not in output:
        raise Trouble(f"{what}: ended with {code}:\n{output}")
    print(f"image: {what}: {next(line for line in output.splitlines() if said in line)}", flush=True)


def _blob(layout, descriptor):
    path = os.path.join(layout, "blobs", *descriptor["digest"].split(":"))
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not descriptor["digest"].endswith(digest) or os.path.getsize(path) != descriptor["size"]:
        raise Trouble(f"{path} has other bytes than its digest says")
    return path


def _json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)
