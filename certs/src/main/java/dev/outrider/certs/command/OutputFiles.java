package dev.outrider.certs.command;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a set of files, or none when one of them exists and replacing was not asked for. */
final class OutputFiles {
    private final Path directory;
    private final boolean replace;
    private final Map<Path, String> files = new LinkedHashMap<>();

    OutputFiles(Path directory, boolean replace) {
        this.directory = directory;
        this.replace = replace;
    }

    OutputFiles add(String name, String content) {
        files.put(directory.resolve(name), content);
        return this;
    }

    /** {@code <name>.pem}, {@code <name>-key.pem} and the bundle beside them. */
    OutputFiles add(X509Svid svid, String name, String bundlePem) {
        return add(name + "-key.pem", svid.keyPem())
                .add(name + ".pem", svid.chainPem())
                .add("bundle.pem", bundlePem);
    }

    void write() throws IOException {
        if (!replace) {
            for (Map.Entry<Path, String> file : files.entrySet()) {
                refuseOther(file.getKey(), file.getValue());
            }
        }
        SecretFiles.createDirectories(directory);
        for (Map.Entry<Path, String> file : files.entrySet()) {
            if (replace) {
                SecretFiles.replace(file.getKey(), file.getValue());
            } else if (!Files.exists(file.getKey())) {
                SecretFiles.create(file.getKey(), file.getValue());
            }
        }
    }

    /** The same content, such as the bundle that many workloads share, is no conflict. */
    private static void refuseOther(Path file, String content) throws IOException {
        if (Files.exists(file) && !Files.readString(file).equals(content)) {
            throw new FileAlreadyExistsException(
                    file + " exists already and is kept; --force replaces it");
        }
    }
}
