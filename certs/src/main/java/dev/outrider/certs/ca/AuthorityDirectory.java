package dev.outrider.certs.ca;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SecretFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What an authority keeps on disk. A new one is built in a staging directory that takes its name in
 * one step, and later changes replace whole files, so a kill at any point leaves a state that
 * loads.
 *
 * <pre>
 *   authority/root.pem          the root that signs
 *   authority/root-key.pem      only needed to renew the intermediate: may be kept elsewhere
 *   authority/intermediate.pem  certificate and key in one file, so that they change together
 *   authority/roots.json        a root that is taking the other's place; missing in old ones
 *   authority/rotate-root       somebody asked for another root
 *   jwt-keys.json  bundle.pem  tokens/  audit.jsonl  server.lock
 *   revoked                     whom nothing is signed for; written by the operator
 * </pre>
 */
public final class AuthorityDirectory implements AuthorityDocuments.Place {
    private static final String STAGING = ".staging-";
    private static final List<String> IN_AUTHORITY =
            List.of(
                    AuthorityDocuments.ROOT,
                    AuthorityDocuments.ROOT_KEY,
                    AuthorityDocuments.INTERMEDIATE);
    private static final List<String> DOCUMENTS =
            List.of(
                    AuthorityDocuments.ROOT,
                    AuthorityDocuments.ROOT_KEY,
                    AuthorityDocuments.INTERMEDIATE,
                    AuthorityDocuments.ROOTS,
                    AuthorityDocuments.JWT_KEYS);
    private static final Duration STALE = Duration.ofMinutes(10);

    private final Path directory;
    private final SecureRandom random;

    private AuthorityDirectory(Path directory, SecureRandom random) {
        this.directory = directory;
        this.random = random;
    }

    public static boolean exists(Path directory) {
        return Files.exists(directory.resolve("authority"));
    }

    /** Makes a root and an intermediate; refuses when there is an authority already. */
    public static AuthorityDirectory create(
            Path directory,
            String trustDomain,
            KeyAlgorithm algorithm,
            Instant now,
            SecureRandom random)
            throws IOException {
        if (exists(directory)) {
            throw new FileAlreadyExistsException(
                    directory + " holds an authority already; it is kept. Name another directory");
        }
        AuthorityState state =
                AuthorityState.fresh(Issuer.create(trustDomain, algorithm, now, random));
        SecretFiles.createDirectories(directory);
        Path staging = directory.resolve(STAGING + UUID.randomUUID());
        SecretFiles.createDirectories(staging);
        Map<String, String> documents = AuthorityDocuments.write(state);
        for (String name : IN_AUTHORITY) {
            SecretFiles.create(staging.resolve(name), Objects.requireNonNull(documents.get(name)));
        }
        Files.move(staging, directory.resolve("authority"), StandardCopyOption.ATOMIC_MOVE);
        SecretFiles.force(directory);
        return new AuthorityDirectory(directory, random);
    }

    public static AuthorityDirectory open(Path directory, SecureRandom random) throws IOException {
        if (!exists(directory)) {
            throw new IOException(
                    directory
                            + " holds no authority; make one with: outrider certs init --dir "
                            + directory);
        }
        return new AuthorityDirectory(directory, random);
    }

    /** Who signs now and whom to trust now. */
    public CertificateAuthority authority() throws IOException {
        return authority(InstantSource.system().instant());
    }

    public CertificateAuthority authority(Instant now) throws IOException {
        return load().authority(now, random);
    }

    /** Asks the server for another root; it begins within half a minute, or when it starts. */
    public void requestRotation() throws IOException {
        load().requireRotatable();
        SecretFiles.replace(requestFile(), "another root is asked for\n");
    }

    public AuthorityState load() throws IOException {
        Map<String, String> documents = new HashMap<>();
        for (String name : DOCUMENTS) {
            Path file = file(name);
            if (Files.exists(file)) {
                documents.put(name, Files.readString(file));
            }
        }
        AuthorityState state = AuthorityDocuments.read(documents, this);
        return state.requested(Files.exists(requestFile()));
    }

    /** Keeps what differs from {@code before}. For whoever holds the lock. */
    void save(AuthorityState before, AuthorityState after) throws IOException {
        Map<String, String> documents = AuthorityDocuments.write(after);
        RootsText roots = RootsText.of(after);
        if (!before.issuer().root().equals(after.issuer().root())) {
            // Three files change; until all have, the fourth says what holds.
            SecretFiles.replace(
                    file(AuthorityDocuments.ROOTS), roots.instead(after.issuer()).write());
            settle(after);
        } else {
            if (!before.issuer().chain().equals(after.issuer().chain())) {
                replace(AuthorityDocuments.INTERMEDIATE, documents);
            }
            if (!RootsText.of(before).equals(roots)) {
                replace(AuthorityDocuments.ROOTS, documents);
            }
        }
        if (before.jwtKeys().sequence() != after.jwtKeys().sequence()) {
            replace(AuthorityDocuments.JWT_KEYS, documents);
        }
        if (before.rotationRequested() && !after.rotationRequested()) {
            Files.deleteIfExists(requestFile());
        }
    }

    /** Ends what {@link #save} may have been killed in. For whoever holds the lock. */
    void settle(AuthorityState state) throws IOException {
        Path roots = file(AuthorityDocuments.ROOTS);
        if (!Files.exists(roots) || RootsText.read(Files.readString(roots)).instead().isEmpty()) {
            return;
        }
        Map<String, String> documents = AuthorityDocuments.write(state);
        replace(AuthorityDocuments.ROOT, documents);
        if (documents.containsKey(AuthorityDocuments.ROOT_KEY)) {
            replace(AuthorityDocuments.ROOT_KEY, documents);
        } else {
            Files.deleteIfExists(file(AuthorityDocuments.ROOT_KEY));
        }
        replace(AuthorityDocuments.INTERMEDIATE, documents);
        replace(AuthorityDocuments.ROOTS, documents);
    }

    /** The file that is handed to those who are to trust the authority. */
    Path bundleFile() {
        return directory.resolve("bundle.pem");
    }

    /**
     * The token keys of now, for a command. While a server runs it alone changes them; without one
     * a change that is due happens here.
     */
    public JwtKeys currentJwtKeys(JwtKeys.Schedule schedule, InstantSource clock)
            throws IOException {
        Optional<FileChannel> lock = lock();
        if (lock.isEmpty()) {
            return load().jwtKeys();
        }
        try (FileChannel _ = lock.get()) {
            AuthorityState kept = load();
            JwtKeys now = kept.jwtKeys().rotated(schedule, clock.instant(), random);
            save(kept, kept.with(now));
            return now;
        }
    }

    public BootstrapTokens tokens() {
        return new BootstrapTokens(directory.resolve("tokens"), random);
    }

    /** What is revoked, one a line; the operator's own, and missing until he writes it. */
    Path revokedFile() {
        return directory.resolve("revoked");
    }

    Path auditFile() {
        return directory.resolve("audit.jsonl");
    }

    /** Held by whoever may change the state; empty while another process holds it. */
    public Optional<FileChannel> lock() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        directory.resolve("server.lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Held within this very process: the same answer as when another one holds it.
        }
        channel.close();
        return Optional.empty();
    }

    /** Removes what killed processes left behind; young leftovers may belong to a living one. */
    void sweep(Instant now) throws IOException {
        for (Path place : List.of(directory, directory.resolve("tokens"))) {
            if (!Files.isDirectory(place)) {
                continue;
            }
            try (Stream<Path> entries = Files.list(place)) {
                for (Path entry : entries.filter(AuthorityDirectory::isLeftover).toList()) {
                    if (Files.getLastModifiedTime(entry).toInstant().isBefore(now.minus(STALE))) {
                        remove(entry);
                    }
                }
            }
        }
    }

    private static boolean isLeftover(Path entry) {
        String name = entry.getFileName().toString();
        return name.startsWith(STAGING)
                || (name.startsWith(".") && name.endsWith(SecretFiles.UNFINISHED));
    }

    private static void remove(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            try (Stream<Path> inside = Files.list(entry)) {
                for (Path file : inside.toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.delete(entry);
    }

    @Override
    public String of(String document) {
        return file(document).toString();
    }

    @Override
    public String mend() {
        return "restore it from a backup";
    }

    private void replace(String name, Map<String, String> documents) throws IOException {
        SecretFiles.replace(file(name), Objects.requireNonNull(documents.get(name)));
    }

    private Path file(String document) {
        return IN_AUTHORITY.contains(document) || document.equals(AuthorityDocuments.ROOTS)
                ? directory.resolve("authority").resolve(document)
                : directory.resolve(document);
    }

    private Path requestFile() {
        return directory.resolve("authority").resolve("rotate-root");
    }
}
