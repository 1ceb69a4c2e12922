package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.text.BadText;
import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.manifest.text.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An input.
 *
 * @param name for messages
 * @param path none for standard input
 */
record Source(String name, Optional<Path> path, Manifest manifest) {
    static Source of(String name, Optional<Path> path, byte[] bytes) throws ManifestException {
        String text = decoded(name, bytes);
        try {
            return new Source(name, path, Manifest.of(text));
        } catch (BadText e) {
            throw ManifestException.at(name, Text.of(text), e);
        }
    }

    private static String decoded(String name, byte[] bytes) throws ManifestException {
        if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
            throw new ManifestException(
                    name
                            + ": this is UTF-16, as PowerShell writes by default; save it as UTF-8"
                            + " (Out-File -Encoding utf8)");
        }
        ByteBuffer input = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(input).toString();
            if (text.indexOf('\0') >= 0) {
                throw new ManifestException(
                        name + ": this is binary data, neither YAML nor JSON; leave it out");
            }
            return text;
        } catch (CharacterCodingException _) {
            throw new ManifestException(
                    "%s: byte %d is not UTF-8; save the file as UTF-8, or leave it out if it is no YAML"
                            .formatted(name, input.position()));
        }
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return bytes.length > 1 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
    }
}
