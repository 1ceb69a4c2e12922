"""python3 -m unittest discover k8s/image"""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
import unittest

from parts import debian, release, sbom
from parts.debian import Package
from parts.layer import Layer
from parts.oci import Layout
from parts.trouble import Trouble

EPOCH = 1_750_000_000


class LayerTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.directory = self.scratch.name

    def written(self, layer):
        path = os.path.join(self.directory, "layer")
        content = layer.write(path, EPOCH)
        with open(path, "rb") as file:
            return content, file.read()

    def test_the_same_files_give_the_same_bytes_whatever_their_order_and_times(self):
        source = os.path.join(self.directory, "source")
        with open(source, "wb") as file:
            file.write(b"text")
        first, second = Layer("a"), Layer("b")
        first.file("opt/x", source)
        first.link("usr/bin/x", "/opt/x")
        os.utime(source, (1, 1))
        second.link("usr/bin/x", "/opt/x")
        second.file("opt/x", b"text")
        self.assertEqual(self.written(first), self.written(second))

    def test_owners_and_times_are_the_images_own(self):
        layer = Layer("a")
        layer.file("opt/tool", b"x", 0o755)
        _, packed = self.written(layer)
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            members = {it.name: (it.uid, it.gid, it.mtime, it.mode) for it in tar}
        self.assertEqual(members, {"opt": (0, 0, EPOCH, 0o755), "opt/tool": (0, 0, EPOCH, 0o755)})

    def test_unpacked_files_have_the_time_that_containers_will_see(self):
        layer = Layer("a")
        layer.file("lib/a.jar", b"x")
        layer.unpack(self.directory, EPOCH)
        self.assertEqual(os.stat(os.path.join(self.directory, "lib/a.jar")).st_mtime, EPOCH)


class LayoutTest(unittest.TestCase):
    def test_every_digest_names_what_is_there(self):
        layer = Layer("a")
        layer.file("opt/x", b"x")
        with tempfile.TemporaryDirectory() as directory:
            layout = Layout(os.path.join(directory, "oci"))
            described, content = layout.add_layer(layer, EPOCH)
            config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [content]}}
            image = layout.finish(config, [described], {}, "r.example:1/outrider:7")
            for name in os.listdir(layout.blobs):
                with open(os.path.join(layout.blobs, name), "rb") as file:
                    self.assertEqual(hashlib.sha256(file.read()).hexdigest(), name)
            self.assertEqual(image["annotations"]["org.opencontainers.image.ref.name"], "7")
            layout.archive(os.path.join(directory, "a.tar"), EPOCH)
            with tarfile.open(os.path.join(directory, "a.tar")) as tar:
                (loaded,) = json.load(tar.extractfile("manifest.json"))
                self.assertEqual(loaded["RepoTags"], ["r.example:1/outrider:7"])
                for path in [loaded["Config"], *loaded["Layers"]]:
                    self.assertTrue(tar.getmember(path).isfile())


class ReleaseTest(unittest.TestCase):
    def test_natives_of_other_machines_the_demos_database_and_foreign_caches_stay_away(self):
        names = ["outrider", "NOTICE", "lib/sqlite-jdbc-3.jar", "lib/outrider.aot", "lib/outrider-edge.aot",
                 "lib/outrider.aot.release", "lib/outrider-sidecar-1.jar",
                 "lib/native/libnetty_tcnative_linux_x86_64.so", "lib/native/libnetty_tcnative_linux_aarch_64.so",
                 "lib/netty-transport-native-epoll-4-linux-aarch_64.jar",
                 "lib/netty-transport-native-epoll-4-linux-x86_64.jar"]
        with tempfile.TemporaryDirectory() as directory:
            for name in names:
                os.makedirs(os.path.dirname(os.path.join(directory, name)), exist_ok=True)
                with open(os.path.join(directory, name), "wb"):
                    pass
            layer = Layer("a")
            release.fill(layer, directory, "x86_64")
        files = {path.removeprefix("opt/outrider/") for path, (kind, _, _) in layer.entries.items()
                 if kind == tarfile.REGTYPE}
        self.assertEqual(files, {"outrider", "NOTICE", "lib/outrider-sidecar-1.jar",
                                 "lib/native/libnetty_tcnative_linux_x86_64.so",
                                 "lib/netty-transport-native-epoll-4-linux-x86_64.jar"})


class DebianTest(unittest.TestCase):
    def test_a_packages_files_move_to_usr_and_leave_their_manual_behind(self):
        with tempfile.TemporaryDirectory() as directory:
            tree = os.path.join(directory, "tree")
            for path in ["DEBIAN/control", "bin/tool", "usr/share/man/man1/tool.1", "usr/share/doc/tool/copyright",
                         "usr/share/doc/tool/README"]:
                os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
                with open(os.path.join(tree, path), "w", encoding="ascii") as file:
                    file.write("Package: tool\nVersion: 1\nArchitecture: all\nMaintainer: m <m@example.org>\n"
                               "Description: d\n")
            package = Package("tool", "1", "0" * 64)
            subprocess.run(["dpkg-deb", "-Znone", "-b", tree, package.file(directory)], check=True,
                           stdout=subprocess.DEVNULL)
            layer = Layer("a")
            debian.fill(layer, [package], directory)
        self.assertIn("usr/bin/tool", layer.entries)
        self.assertIn("usr/share/doc/tool/copyright", layer.entries)
        self.assertIn("var/lib/dpkg/status.d/tool", layer.entries)
        self.assertNotIn("usr/share/doc/tool/README", layer.entries)
        self.assertFalse([path for path in layer.entries if "/man/" in path])
        self.assertEqual(layer.entries["bin"], (tarfile.SYMTYPE, 0o777, "usr/bin"))

    def test_a_download_that_the_lock_does_not_name_is_refused(self):
        package = Package("tool", "1", "0" * 64)
        with tempfile.TemporaryDirectory() as directory, self.assertRaisesRegex(Trouble, "SHA-256"):
            def deliver(_, scratch, __):
                with open(os.path.join(scratch, "tool_1.deb"), "wb") as file:
                    file.write(b"another")
            original, debian._run = debian._run, deliver
            try:
                debian.fetch([package], "amd64", directory)
            finally:
                debian._run = original


class SbomTest(unittest.TestCase):
    def test_a_library_is_named_with_its_licences(self):
        jar = sbom._jar("     (EPL-2.0) (LGPL-2.1-only) Logback (ch.qos.logback:logback-core:1.6.6 - http://x/y)")
        self.assertEqual(jar["purl"], "pkg:maven/ch.qos.logback/logback-core@1.6.6")
        self.assertEqual(jar["licenses"], [{"license": {"name": "EPL-2.0"}}, {"license": {"name": "LGPL-2.1-only"}}])
        self.assertIsNone(sbom._jar("Lists of 56 third-party dependencies."))


if __name__ == "__main__":
    unittest.main()
