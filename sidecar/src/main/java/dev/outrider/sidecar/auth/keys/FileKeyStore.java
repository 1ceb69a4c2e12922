package dev.outrider.sidecar.auth.keys;

import dev.outrider.certs.Json;
import dev.outrider.sidecar.auth.KeptFile;
import dev.outrider.sidecar.auth.PolledFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keys in a JSON file that its owner alone may read. A change is written aside and renamed, under a
 * lock that other processes see too ({@code FILE.lock}), so a reader always finds a whole file and
 * two changers never lose each other's work.
 */
public final class FileKeyStore implements KeyStore {
    private static final int MOST_BYTES = 8 * 1024 * 1024;
    private static final long VERSION = 1;

    private final Path path;
    private final PolledFile polled;
    private final InstantSource clock;
    private final LastContent<String> last = new LastContent<>(this::parse);

    /** For threads of this process, which the file's lock does not part. */
    private final ReentrantLock changing = new ReentrantLock();

    public FileKeyStore(Path path, InstantSource clock) {
        this.path = path;
        this.polled = new PolledFile(path, MOST_BYTES, clock);
        this.clock = clock;
    }

    @Override
    public @Nullable Map<String, ApiKey> readIfChanged() throws IOException {
        return last.keys(text(polled));
    }

    @Override
    public Map<String, ApiKey> read() throws IOException {
        // One that has seen nothing yet reads in any case.
        String text = text(new PolledFile(path, MOST_BYTES, clock));
        return text == null ? Map.of() : parse(text);
    }

    @Override
    public void change(UnaryOperator<Map<String, ApiKey>> change) throws IOException {
        changing.lock();
        try (FileChannel channel =
                        FileChannel.open(
                                path.resolveSibling(path.getFileName() + ".lock"),
                                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-------")));
                FileLock _ = channel.lock()) {
            Map<String, ApiKey> next = change.apply(Files.exists(path) ? read() : Map.of());
            KeyStore.checkSize(next.size());
            new KeptFile(path).write(write(next));
        } finally {
            changing.unlock();
        }
    }

    private @Nullable String text(PolledFile file) throws IOException {
        try {
            return file.readIfChanged();
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "there is no file " + path + "; 'outrider keys create' makes it", e);
        }
    }

    private Map<String, ApiKey> parse(String text) throws IOException {
        try {
            Map<String, ApiKey> keys = new LinkedHashMap<>();
            Map<String, @Nullable Object> json = Json.object(text);
            if (!(json.get("version") instanceof Number version)
                    || version.longValue() != VERSION) {
                throw new IllegalArgumentException("'version' is not " + VERSION);
            }
            if (!(json.get("keys") instanceof List<?> list)) {
                throw new IllegalArgumentException("there is no list 'keys'");
            }
            KeyStore.checkSize(list.size());
            for (Object each : list) {
                if (!(each instanceof Map<?, ?> members)) {
                    throw new IllegalArgumentException("'keys' holds something that is no key");
                }
                ApiKey key = KeyJson.read(members);
                if (keys.put(key.id(), key) != null) {
                    throw new IllegalArgumentException("key " + key.id() + " stands twice");
                }
            }
            return keys;
        } catch (IllegalArgumentException e) {
            throw new IOException(path + " is no file of API keys: " + e.getMessage(), e);
        }
    }

    private static String write(Map<String, ApiKey> keys) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("keys", keys.values().stream().map(KeyJson::write).toList());
        return Json.writeIndented(json);
    }
}
