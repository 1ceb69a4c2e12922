package dev.outrider.certs.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Bootstrap tokens, {@code otk.<number>.<secret>}: a file each, named by the public number, holding
 * the SHA-256 of the secret and never the secret. A file each means that the command that makes a
 * token and the server that spends one never write the same file, and that a token for one use is
 * spent by a deletion, which succeeds for one caller only.
 */
public final class BootstrapTokens implements TokenReview {
    private static final Pattern FORM =
            Pattern.compile("otk\\.([0-9a-f]{16})\\.([A-Za-z0-9_-]{43})");
    private static final JsonMapper JSON = new JsonMapper();
    private static final int SECRET_BYTES = 32;
    private static final int NUMBER_BYTES = 8;

    private final Path directory;
    private final SecureRandom random;

    BootstrapTokens(Path directory, SecureRandom random) {
        this.directory = directory;
        this.random = random;
    }

    /** The token itself, which is known to nobody afterwards but the one who gets it here. */
    public String create(SpiffeId id, Duration ttl, boolean once, Instant now) throws IOException {
        String number = HexFormat.of().formatHex(bytes(NUMBER_BYTES));
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
        String content =
                JSON.createObjectNode()
                        .put("sha256", HexFormat.of().formatHex(sha256(secret)))
                        .put("id", id.toString())
                        .put("expires", now.plus(ttl).toString())
                        .put("once", once)
                        .toPrettyString();
        SecretFiles.createDirectories(directory);
        SecretFiles.create(file(number), content);
        return "otk." + number + "." + secret;
    }

    @Override
    public Outcome review(String token, Instant now) throws IOException {
        Matcher form = FORM.matcher(token);
        if (!form.matches()) {
            return new Outcome.Unknown();
        }
        String number = form.group(1);
        JsonNode kept;
        try {
            kept = JSON.readTree(Files.readString(file(number)));
        } catch (NoSuchFileException e) {
            return new Outcome.Unknown();
        } catch (JsonProcessingException e) {
            throw new IOException("token " + number + " is not JSON", e);
        }
        byte[] expected = HexFormat.of().parseHex(kept.required("sha256").asText());
        // The same time for every wrong secret, wherever it differs.
        if (!MessageDigest.isEqual(expected, sha256(form.group(2)))) {
            return new Outcome.Unknown();
        }
        Instant expires = Instant.parse(kept.required("expires").asText());
        if (!now.isBefore(expires)) {
            return new Outcome.Expired(expires);
        }
        boolean once = kept.required("once").asBoolean();
        return new Outcome.Proven(
                SpiffeId.parse(kept.required("id").asText()),
                "token " + number,
                () -> !once || spend(number));
    }

    /** Forgets tokens that ended more than {@code grace} ago. */
    void sweep(Instant now, Duration grace) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                try {
                    JsonNode kept = JSON.readTree(Files.readString(file));
                    Instant expires = Instant.parse(kept.required("expires").asText());
                    if (expires.plus(grace).isBefore(now)) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    // Spent between the listing and the reading.
                }
            }
        }
    }

    private boolean spend(String number) throws IOException {
        boolean first = Files.deleteIfExists(file(number));
        if (first) {
            SecretFiles.force(directory);
        }
        return first;
    }

    private Path file(String number) {
        return directory.resolve(number + ".json");
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java lacks SHA-256", e);
        }
    }
}
