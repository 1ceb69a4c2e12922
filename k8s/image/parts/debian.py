"""What the image has of Debian: some packages' files, of the versions that a lock file names.

No package is installed, so none of their scripts runs. Documentation and translations stay away; licences stay.
"""

import hashlib
import io
import os
import re
import subprocess
import tarfile
import tempfile

from parts.trouble import Trouble

# A shell for the launcher; small tools for it and for whoever looks into a container; init's nft, iptables and ip.
PACKAGES = """base-files netbase libc6 libc-bin bash libtinfo6 busybox
nftables libnftables1 libgmp10 libjansson4 libedit2 libbsd0 libmd0
iptables libxtables12 libip4tc2 libip6tc2 libmnl0 libnftnl11 libnetfilter-conntrack3 libnfnetlink0""".split()

# Of these packages no more than this is needed.
ONLY = {"libc-bin": r"usr/(lib/locale/C\.utf8|share/doc)/",
        "base-files": r"(etc/(debian_version|os-release)|usr/(lib/os-release|share/(doc|common-licenses)/.*))$",
        "netbase": r"(etc/(protocols|services)|usr/share/doc/.*)$",
        "busybox": r"(bin/busybox|usr/share/doc/.*)$"}

LEFT_OUT = re.compile(r"usr/share/(man|locale|lintian|bug|info|menu|applications|pixmaps|iptables|nftables)/"
                      r"|usr/share/doc/(?!.*/copyright$)|(usr/)?lib/[^/]*/(gconv|audit)/|etc/skel/|.*/init\.d/")

# Names that Debian's maintainer scripts would make.
LINKS = {"usr/bin/sh": "bash", "usr/sbin/iptables": "iptables-nft", "usr/sbin/ip6tables": "ip6tables-nft"}
for _kind in ("iptables", "ip6tables"):
    for _verb in ("save", "restore"):
        LINKS[f"usr/sbin/{_kind}-{_verb}"] = f"{_kind}-nft-{_verb}"

# The small tools, all of them busybox.
APPLETS = """awk basename cat chmod clear cmp cp cut date df dirname du env false find free grep gunzip gzip head
hostname id ip kill less ln ls mkdir more mv nc netstat nslookup pgrep pidof ping printenv ps pwd readlink realpath
rm rmdir sed seq sleep sort stat tail tar tee test timeout top touch tr true uname uniq uptime vi wc wget which
whoami xargs""".split()

MERGED = re.compile(r"(bin|sbin|lib|lib32|lib64|libx32)(?=/|$)")


class Package:
    def __init__(self, name, version, sha256):
        self.name, self.version, self.sha256 = name, version, sha256

    def file(self, cache):
        return os.path.join(cache, self.sha256 + ".deb")


def read_lock(file):
    with open(file, encoding="utf-8") as lines:
        return [Package(*line.split()) for line in lines if line.strip() and not line.startswith("#")]


def newest(architecture):
    """Today's versions, as this machine's apt knows them."""
    text = _run(["apt-cache", "show", "--no-all-versions", *[f"{name}:{architecture}" for name in PACKAGES]])
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version|SHA256): (.*)$", stanza, re.MULTILINE))
        if fields:
            found[fields["Package"]] = Package(fields["Package"], fields["Version"], fields["SHA256"])
    missing = [name for name in PACKAGES if name not in found]
    if missing:
        raise Trouble(f"apt does not know {', '.join(missing)}; is this Debian, and was apt-get update run?")
    return [found[name] for name in PACKAGES]


def write_lock(file, packages):
    with open(file, "w", encoding="utf-8") as out:
        out.write("# What the image has of Debian: name, version, SHA-256. k8s/image/build --debian renew makes this.\n")
        out.writelines(f"{it.name} {it.version} {it.sha256}\n" for it in packages)


def fetch(packages, architecture, cache):
    """Downloads what the cache has not, and trusts no byte that the lock does not name."""
    os.makedirs(cache, exist_ok=True)
    wanted = {it.sha256: it for it in packages if not os.path.exists(it.file(cache))}
    if not wanted:
        return
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        # apt-get becomes a user of its own when root calls it, where that one may write.
        os.chmod(scratch, 0o777)
        _run(["apt-get", "-qq", "download", *[f"{it.name}:{architecture}={it.version}" for it in wanted.values()]],
             scratch, "Debian offers only its newest versions: apt-get update tells this machine of them, and\n"
             "  --debian renew takes them and writes them into the lock file")
        for name in os.listdir(scratch):
            with open(os.path.join(scratch, name), "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest not in wanted:
                raise Trouble(f"{name} has SHA-256 {digest}, which the lock file does not have")
            os.rename(os.path.join(scratch, name), wanted.pop(digest).file(cache))
    if wanted:
        raise Trouble(f"apt-get brought no {', '.join(it.name for it in wanted.values())}")


def fill(layer, packages, cache):
    for name in ("bin", "sbin", "lib", "lib64"):
        layer.directory("usr/" + name)
        layer.link(name, "usr/" + name)
    for package in packages:
        _unpack(layer, package, package.file(cache))
    for path, target in LINKS.items():
        layer.link(path, target)
    for name in APPLETS:
        layer.link("usr/bin/" + name, "busybox")
    _users_and_places(layer)


def _unpack(layer, package, file):
    # Where scanners look for the packages of an image without a package manager.
    layer.file(f"var/lib/dpkg/status.d/{package.name}", _run(["dpkg-deb", "-f", file]).encode())
    only = re.compile(ONLY.get(package.name, ""))
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            path = os.path.normpath(member.name)
            if path == "." or LEFT_OUT.match(path + "/" * member.isdir()) or not only.match(path):
                continue
            target = "usr/" + path if MERGED.match(path) else path
            if member.issym():
                layer.link(target, member.linkname)
            elif member.isfile() or member.islnk():
                layer.file(target, tar.extractfile(member).read(), member.mode & 0o755)


def _users_and_places(layer):
    layer.file("etc/passwd", b"root:x:0:0:root:/:/bin/bash\noutrider:x:1337:1337:outrider:/:/bin/bash\n"
                             b"nobody:x:65534:65534:nobody:/:/bin/false\n")
    layer.file("etc/group", b"root:x:0:\noutrider:x:1337:\nnogroup:x:65534:\n")
    layer.file("etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n")
    for path in ("dev", "etc/outrider", "proc", "run", "sys", "var"):
        layer.directory(path)
    # Relative: it may be followed from outside of the container.
    layer.link("var/run", "../run")
    layer.directory("tmp", 0o1777)


def _run(command, directory=None, hint=None):
    done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)}: {done.stderr.strip()}" + (f"\n  {hint}" if hint else ""))
    return done.stdout
