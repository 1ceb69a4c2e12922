package dev.outrider.certs.ca;

import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.TrustBundle;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * An authority in a directory, of which one server at a time holds the lock: nobody else changes
 * the state, so what is on disk is the newest. Any thread.
 */
public final class DirectoryStore implements AuthorityStore {
    private final AuthorityDirectory directory;
    private final FileChannel lock;
    private Consumer<AuthorityState> reader = _ -> {};

    private DirectoryStore(AuthorityDirectory directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Takes the lock, and ends what a killed server had begun. */
    public static DirectoryStore open(AuthorityDirectory directory) throws IOException {
        FileChannel lock =
                directory
                        .lock()
                        .orElseThrow(() ->
                                new IOException("another process serves this authority already"));
        try {
            directory.settle(directory.load());
            return new DirectoryStore(directory, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public synchronized AuthorityState update(UnaryOperator<AuthorityState> step)
            throws IOException {
        AuthorityState before = directory.load();
        AuthorityState after = step.apply(before);
        directory.save(before, after);
        reader.accept(after);
        return after;
    }

    @Override
    public synchronized void follow(Consumer<AuthorityState> given) {
        reader = given;
    }

    @Override
    public Instant confirmed(Instant now) {
        return now;
    }

    @Override
    public synchronized void publish(TrustBundle bundle) throws IOException {
        Path file = directory.bundleFile();
        String pem = bundle.toPem();
        if (!Files.exists(file) || !Files.readString(file).equals(pem)) {
            SecretFiles.replace(file, pem);
        }
    }

    @Override
    public Optional<String> undelivered() {
        return Optional.empty();
    }

    @Override
    public void sweep(Instant now) throws IOException {
        directory.sweep(now);
        directory.tokens().sweep(now, Duration.ofHours(1));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
