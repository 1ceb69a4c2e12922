"""What is in the image, as CycloneDX 1.5 JSON."""

import datetime
import re
import uuid
from urllib.parse import quote

# A line of the licence plugin's list: (Licence) (Licence) Name (group:artifact:version - url)
LISTED = re.compile(r"^\s+((?:\([^)]*\) )+)(.*) \(([^:()]+):([^:()]+):([^: ()]+) - ")


def document(version, epoch, packages, architecture, java, third_party):
    subject = {"type": "container", "bom-ref": "image", "name": "outrider", "version": version}
    components = [_java(java)]
    components += [_debian(package, architecture) for package in packages]
    components += [jar for line in third_party.splitlines() if (jar := _jar(line))]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, repr(components))}",
            "metadata": {"timestamp": _time(epoch), "component": subject},
            "components": sorted(components, key=lambda it: it["bom-ref"])}


def _time(epoch):
    return datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _component(purl, name, version, **more):
    return {"type": "library", "bom-ref": purl, "purl": purl, "name": name, "version": version, **more}


def _java(release):
    version = release["JAVA_RUNTIME_VERSION"]
    return _component(f"pkg:generic/openjdk@{quote(version)}", "openjdk", version, publisher=release["IMPLEMENTOR"])


def _debian(package, architecture):
    purl = f"pkg:deb/debian/{quote(package.name)}@{quote(package.version)}?arch={architecture}"
    return _component(purl, package.name, package.version, hashes=[{"alg": "SHA-256", "content": package.sha256}])


def _jar(line):
    listed = LISTED.match(line)
    if not listed or listed.group(4) == "sqlite-jdbc":
        return None
    licences, _, group, artifact, version = listed.groups()
    names = re.findall(r"\(([^)]*)\)", licences)
    return _component(f"pkg:maven/{group}/{artifact}@{version}", artifact, version, group=group,
                      licenses=[{"license": {"name": name}} for name in names])
