"""A Java of only what Outrider needs, linked by jlink."""

import os
import re
import shutil
import subprocess

from parts.trouble import Trouble

HOME = "usr/lib/jvm/outrider"

MODULES = ["java.base", "java.logging", "java.naming", "java.net.http", "java.xml", "jdk.httpserver", "jdk.unsupported",
           "java.management", "jdk.management",  # the meters of the JVM
           "java.sql",                           # Jackson's converters of its types
           "jdk.jcmd", "jdk.jfr"]                # for whoever looks into a container: jcmd 1 Thread.print

# As the launcher starts the commands that are no proxy: their classes are linked once, here.
TOOL = ["-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"]


def find_jdk():
    for home in [os.environ.get("JAVA_HOME", ""), *sorted(_installed())]:
        if os.access(os.path.join(home, "bin", "jlink"), os.X_OK) and _feature(home) == 25:
            return home
    raise Trouble("no JDK 25 with jlink was found; name one: JAVA_HOME=/path/to/jdk-25 k8s/image/build")


def link(jdk, output, epoch):
    shutil.rmtree(output, ignore_errors=True)
    os.makedirs(os.path.dirname(output), exist_ok=True)
    # Not compressed: layers are, and a runtime that need not be unpacked starts sooner.
    _run([os.path.join(jdk, "bin", "jlink"), "--add-modules", ",".join(MODULES), "--output", output,
          "--strip-debug", "--no-header-files", "--no-man-pages", "--compress", "zip-0"])
    # The archive of linked classes is good for files of these times.
    for folder, _, names in os.walk(output):
        for name in names:
            os.utime(os.path.join(folder, name), (epoch, epoch), follow_symlinks=False)
    _run([os.path.join(output, "bin", "java"), *TOOL, "-Xshare:dump"])


def version(home):
    with open(os.path.join(home, "release"), encoding="utf-8") as file:
        return dict(re.findall(r'^(\w+)="(.*)"$', file.read(), re.MULTILINE))


def _installed():
    base = "/usr/lib/jvm"
    return [os.path.join(base, name) for name in os.listdir(base)] if os.path.isdir(base) else []


def _feature(home):
    try:
        return int(version(home)["JAVA_VERSION"].partition(".")[0])
    except (OSError, KeyError, ValueError):
        return 0


def _run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)} ended with {done.returncode}:\n  {done.stdout.strip()}")
