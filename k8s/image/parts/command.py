"""k8s/image/build"""

import argparse
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import time

from parts import debian, release, runtime, sbom
from parts.layer import Layer
from parts.oci import Layout
from parts.trouble import Trouble

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))

# By the names of: uname, Debian and OCI, Netty's natives.
MACHINES = {"x86_64": ("amd64", "x86_64"), "aarch64": ("arm64", "aarch_64")}

DESCRIPTION = """Builds Outrider's container image, without a container engine: an OCI layout, the same as a tar for
`docker load`, and a list of what is in it. Needs JDK 25, Debian's apt-get and dpkg-deb, and a release, which Maven
builds when there is none. It is an image of this machine's architecture: training runs it."""


def main(arguments):
    options = _parser().parse_args(arguments)
    try:
        Build(options).run()
        return 0
    except Trouble as trouble:
        print(f"image: {trouble}", file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="k8s/image/build", description=DESCRIPTION)
    parser.add_argument("--output", default=os.path.join(ROOT, "examples", "target", "image"), metavar="DIR",
                        help="where the image goes (default: examples/target/image)")
    parser.add_argument("--release", metavar="DIR", help="a release directory (default: the one that Maven makes)")
    parser.add_argument("--repository", default="ghcr.io/outrider/outrider", help="default: %(default)s")
    parser.add_argument("--debian", choices=["locked", "newest", "renew"], default="locked",
                        help="Debian's packages: of the versions in the lock file (default), the newest, or the newest"
                        " and from now on, in the lock file")
    parser.add_argument("--cold", action="store_true", help="leave the training run out: every layer is reproducible")
    return parser


class Build:
    def __init__(self, options):
        self.options = options
        if os.uname().machine not in MACHINES:
            raise Trouble(f"no image for {os.uname().machine}; there is one for {' and '.join(MACHINES)}")
        self.architecture, self.native = MACHINES[os.uname().machine]
        with open(os.path.join(ROOT, "pom.xml"), encoding="utf-8") as file:
            pom = file.read()
        self.version = re.search(r"<version>(.*?)</version>", pom).group(1)
        made = re.search(r"<project.build.outputTimestamp>(.*?)</", pom).group(1)
        self.epoch = int(os.environ.get("SOURCE_DATE_EPOCH")
                         or datetime.datetime.fromisoformat(made.replace("Z", "+00:00")).timestamp())
        self.jdk = runtime.find_jdk()
        self.work = os.path.join(options.output, "work")
        self.started = time.monotonic()

    def run(self):
        packages = self._packages()
        home = self._release()
        shutil.rmtree(self.work, ignore_errors=True)
        linked = os.path.join(self.work, "runtime")
        runtime.link(self.jdk, linked, self.epoch)
        java = runtime.version(self.jdk)
        self._say(f"linked Java {java['JAVA_RUNTIME_VERSION']}")
        layers = [self._debian(packages), Layer("Java"), Layer("Outrider"), Layer("what the JVM learned")]
        layers[1].tree(runtime.HOME, linked)
        release.fill(layers[2], home, self.native)
        with open(os.path.join(home, "THIRD-PARTY.txt"), encoding="utf-8") as file:
            bill = sbom.document(self.version, self.epoch, packages, self.architecture, java, file.read())
        bill = (json.dumps(bill, indent=1) + "\n").encode()
        layers[2].file("usr/share/outrider/sbom.cdx.json", bill)
        if self.options.cold:
            layers.pop()
        else:
            self._train(layers)
        self._write(layers, bill, java)
        shutil.rmtree(self.work)

    def _packages(self):
        lock = os.path.join(HERE, f"debian-{self.architecture}.lock")
        if self.options.debian == "locked":
            if not os.path.exists(lock):
                raise Trouble(f"{lock} is missing; --debian renew makes it")
            packages = debian.read_lock(lock)
        else:
            packages = debian.newest(self.architecture)
        if self.options.debian == "renew":
            debian.write_lock(lock, packages)
        debian.fetch(packages, self.architecture, os.path.join(self.options.output, "debian"))
        return packages

    def _release(self):
        if self.options.release:
            return self.options.release
        home = os.path.join(ROOT, "examples", "target", "outrider-" + self.version)
        if not os.path.exists(os.path.join(home, "outrider")):
            self._say("building the release")
            subprocess.run(["mvn", "-B", "-ntp", "-q", "-DskipTests", "-Doutrider.training.skip", "package"], cwd=ROOT,
                           env={**os.environ, "JAVA_HOME": self.jdk}, check=True)
        return home

    def _debian(self, packages):
        layer = Layer("Debian")
        debian.fill(layer, packages, os.path.join(self.options.output, "debian"))
        return layer

    def _train(self, layers):
        rootfs = os.path.join(self.work, "rootfs")
        for layer in layers[1:3]:
            layer.unpack(rootfs, self.epoch)
        self._say(release.train(rootfs, self.epoch))
        release.fill_trained(layers[3], rootfs)

    def _write(self, layers, bill, java):
        layout = Layout(os.path.join(self.options.output, "oci"))
        written = [layout.add_layer(layer, self.epoch) for layer in layers]
        labels = self._labels(java)
        config = self._config(layers, [content for _, content in written], labels)
        descriptors = [descriptor for descriptor, _ in written]
        reference = f"{self.options.repository}:{self.version}"
        image = layout.finish(config, descriptors, labels, reference)
        archive = os.path.join(self.options.output, f"outrider-{self.version}-linux-{self.architecture}.tar")
        layout.archive(archive, self.epoch)
        with open(os.path.join(self.options.output, "sbom.cdx.json"), "wb") as file:
            file.write(bill)
        for layer, descriptor in zip(layers, descriptors):
            self._say(f"{descriptor['digest']}  {descriptor['size'] / 1e6:5.1f} MB  {layer.name}")
        total = sum(descriptor["size"] for descriptor in descriptors)
        self._say(f"{image['digest']}  {total / 1e6:5.1f} MB  {reference}")
        self._say(f"docker load -i {os.path.relpath(archive)}")

    def _labels(self, java):
        labels = {"title": "Outrider", "description": "Service-mesh sidecar proxy, edge gateway, certificate authority"
                  " and injector", "version": self.version, "licenses": "Apache-2.0", "created": self._time(),
                  "revision": self._revision()}
        labels = {f"org.opencontainers.image.{key}": value for key, value in labels.items() if value}
        return {**labels, "dev.outrider.java": java["JAVA_RUNTIME_VERSION"]}

    def _config(self, layers, contents, labels):
        return {"created": self._time(), "architecture": self.architecture, "os": "linux",
                "config": {"User": "1337:1337", "WorkingDir": "/", "Entrypoint": ["outrider"], "Cmd": ["--help"],
                           "Env": [f"PATH=/usr/local/bin:/usr/sbin:/usr/bin:/{runtime.HOME}/bin", "LANG=C.UTF-8",
                                   f"JAVA_HOME=/{runtime.HOME}"],
                           "Labels": labels},
                "rootfs": {"type": "layers", "diff_ids": contents},
                "history": [{"created": self._time(), "created_by": "k8s/image/build", "comment": layer.name}
                            for layer in layers]}

    def _time(self):
        return datetime.datetime.fromtimestamp(self.epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    @staticmethod
    def _revision():
        def git(*words):
            done = subprocess.run(["git", *words], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
            return done.stdout.strip()
        commit = git("rev-parse", "HEAD")
        return commit + "-dirty" if commit and git("status", "--porcelain", "-uno") else commit

    def _say(self, text):
        print(f"image: {time.monotonic() - self.started:3.0f} s  {text}", flush=True)
