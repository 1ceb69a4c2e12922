"""An OCI image layout of layers, and the same as a tar that docker, podman and ctr load.

Formats: github.com/opencontainers/image-spec, config.md, manifest.md and image-layout.md.
"""

import hashlib
import json
import os
import shutil
import tarfile

CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


class Layout:
    def __init__(self, directory):
        self.directory = directory
        self.blobs = os.path.join(directory, "blobs", "sha256")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(self.blobs)

    def add_layer(self, layer, epoch):
        """Writes it; gives its descriptor and the digest of its content."""
        draft = os.path.join(self.blobs, "draft")
        content = layer.write(draft, epoch)
        with open(draft, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = os.path.getsize(draft)
        os.rename(draft, os.path.join(self.blobs, digest))
        return {"mediaType": LAYER, "digest": "sha256:" + digest, "size": size}, content

    def add_json(self, media_type, document):
        data = _json(document)
        digest = hashlib.sha256(data).hexdigest()
        self._write(os.path.join("blobs", "sha256", digest), data)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}

    def finish(self, config, layers, labels, reference):
        """Writes manifest and index; gives the descriptor of the image."""
        described = self.add_json(CONFIG, config)
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": layers,
                    "annotations": labels}
        image = self.add_json(MANIFEST, manifest)
        image["platform"] = {"architecture": config["architecture"], "os": config["os"]}
        image["annotations"] = {"org.opencontainers.image.ref.name": reference.rpartition(":")[2],
                                "io.containerd.image.name": reference}
        self._write("index.json", _json({"schemaVersion": 2,
                                         "mediaType": "application/vnd.oci.image.index.v1+json",
                                         "manifests": [image]}))
        self._write("oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        # What docker knew before it knew layouts; it asks for no more than these three names.
        self.docker = [{"Config": _blob(described), "RepoTags": [reference],
                        "Layers": [_blob(layer) for layer in layers]}]
        return image

    def archive(self, file, epoch):
        self._write("manifest.json", _json(self.docker))
        with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as tar:
            for folder, _, names in sorted(os.walk(self.directory)):
                for name in sorted(names):
                    path = os.path.join(folder, name)
                    info = tarfile.TarInfo(os.path.relpath(path, self.directory))
                    info.size, info.mtime, info.mode = os.path.getsize(path), epoch, 0o644
                    with open(path, "rb") as content:
                        tar.addfile(info, content)
        os.remove(os.path.join(self.directory, "manifest.json"))

    def _write(self, path, data):
        with open(os.path.join(self.directory, path), "wb") as file:
            file.write(data)


def _blob(descriptor):
    return "blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")


def _json(document):
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
