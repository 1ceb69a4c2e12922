"""One layer: files by path, written the same whatever order, machine or user they came from."""

import gzip
import hashlib
import io
import os
import shutil
import tarfile

DIRECTORY, FILE, LINK = tarfile.DIRTYPE, tarfile.REGTYPE, tarfile.SYMTYPE


class Layer:
    def __init__(self, name):
        self.name = name
        self.entries = {}

    def directory(self, path, mode=0o755):
        self._put(path, (DIRECTORY, mode, None))

    def file(self, path, content, mode=0o644):
        """The content is bytes, or the path of a file."""
        self._put(path, (FILE, mode, content))

    def link(self, path, target):
        self._put(path, (LINK, 0o777, target))

    def tree(self, path, source):
        """A directory of this machine. Everybody may read it, whoever may here; owners are left behind."""
        for folder, _, names in sorted(os.walk(source)):
            inside = os.path.join(path, os.path.relpath(folder, source))
            self.directory(os.path.normpath(inside))
            for name in names:
                original = os.path.join(folder, name)
                copy = os.path.normpath(os.path.join(inside, name))
                if os.path.islink(original) and os.path.exists(os.path.join(folder, os.readlink(original))):
                    self.link(copy, os.readlink(original))
                else:
                    self.file(copy, original, 0o755 if os.access(original, os.X_OK) else 0o644)

    def _put(self, path, entry):
        path = path.strip("/")
        parent = os.path.dirname(path)
        if parent and parent not in self.entries:
            self.directory(parent)
        self.entries[path] = entry

    def write(self, file, epoch):
        """Writes the layer, compressed; gives the digest of what is in it, which its image names."""
        digest = hashlib.sha256()
        with open(file, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
            with tarfile.open(fileobj=_Hashing(packed, digest), mode="w|", format=tarfile.PAX_FORMAT) as tar:
                for path in sorted(self.entries):
                    _add(tar, path, self.entries[path], epoch)
        return "sha256:" + digest.hexdigest()

    def unpack(self, root, epoch):
        """Lays the files out below a directory, with the times they will have in a container."""
        for path, (kind, mode, content) in sorted(self.entries.items()):
            target = os.path.join(root, path)
            if kind == DIRECTORY:
                os.makedirs(target, exist_ok=True)
            elif kind == LINK:
                os.symlink(content, target)
            else:
                with _opened(content) as source, open(target, "wb") as out:
                    shutil.copyfileobj(source, out)
                os.chmod(target, mode)
                os.utime(target, (epoch, epoch))


class _Hashing:
    def __init__(self, out, digest):
        self.out, self.digest = out, digest

    def write(self, data):
        self.digest.update(data)
        return self.out.write(data)


def _opened(content):
    return io.BytesIO(content) if isinstance(content, bytes) else open(content, "rb")


def _add(tar, path, entry, epoch):
    kind, mode, content = entry
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.mtime = kind, mode, epoch
    if kind == LINK:
        info.linkname = content
    if kind != FILE:
        tar.addfile(info)
        return
    with _opened(content) as source:
        info.size = source.seek(0, io.SEEK_END)
        source.seek(0)
        tar.addfile(info, source)
