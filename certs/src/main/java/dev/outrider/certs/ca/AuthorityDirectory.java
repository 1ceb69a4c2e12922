package dev.outrider.certs.ca;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.Pem;
import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.TrustBundle;
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
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
 *   authority/root.pem          the trust bundle
 *   authority/root-key.pem      only needed to renew the intermediate: may be kept elsewhere
 *   authority/intermediate.pem  certificate and key in one file, so that they change together
 *   jwt-keys.json  tokens/  audit.jsonl  server.lock
 * </pre>
 */
public final class AuthorityDirectory {
    private static final String STAGING = ".staging-";
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
        CertificateAuthority.Root root =
                CertificateAuthority.Root.create(trustDomain, algorithm, now, random);
        CertificateAuthority authority = root.intermediate(algorithm, now, random);
        SecretFiles.createDirectories(directory);
        Path staging = directory.resolve(STAGING + UUID.randomUUID());
        SecretFiles.createDirectories(staging);
        SecretFiles.create(staging.resolve("root.pem"), authority.bundle().toPem());
        SecretFiles.create(staging.resolve("root-key.pem"), Pem.encode(root.key()));
        SecretFiles.create(staging.resolve("intermediate.pem"), intermediatePem(authority));
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

    public CertificateAuthority authority() throws IOException {
        Path file = directory.resolve("authority/intermediate.pem");
        String pem = Files.readString(file);
        try {
            X509Certificate issuer = Pem.certificates(pem).getFirst();
            TrustBundle bundle = TrustBundle.load(directory.resolve("authority/root.pem"));
            return new CertificateAuthority(bundle, issuer, Pem.privateKey(pem), random);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    /** A new intermediate, written down before it is given out; empty without the root's key. */
    public Optional<CertificateAuthority> renewedIntermediate(Instant now) throws IOException {
        Path keyFile = directory.resolve("authority/root-key.pem");
        if (!Files.exists(keyFile)) {
            return Optional.empty();
        }
        TrustBundle bundle = TrustBundle.load(directory.resolve("authority/root.pem"));
        X509Certificate certificate = bundle.roots().getFirst();
        try {
            CertificateAuthority.Root root =
                    new CertificateAuthority.Root(
                            bundle.trustDomain(),
                            certificate,
                            Pem.privateKey(Files.readString(keyFile)));
            CertificateAuthority renewed =
                    root.intermediate(KeyAlgorithm.of(certificate.getPublicKey()), now, random);
            SecretFiles.replace(
                    directory.resolve("authority/intermediate.pem"), intermediatePem(renewed));
            return Optional.of(renewed);
        } catch (IllegalArgumentException e) {
            throw new IOException(keyFile + " " + e.getMessage(), e);
        }
    }

    JwtKeyFile jwtKeys() {
        return new JwtKeyFile(directory.resolve("jwt-keys.json"));
    }

    /**
     * The token keys of now, for a command. While a server runs it alone changes them; without one
     * a change that is due happens here.
     */
    public JwtKeys currentJwtKeys(JwtKeys.Schedule schedule, InstantSource clock)
            throws IOException {
        Optional<FileChannel> lock = lock();
        if (lock.isEmpty()) {
            return jwtKeys().load();
        }
        try (FileChannel _ = lock.get()) {
            JwtKeys kept = jwtKeys().load();
            JwtKeys now = kept.rotated(schedule, clock.instant(), random);
            if (now.sequence() != kept.sequence()) {
                jwtKeys().save(now);
            }
            return now;
        }
    }

    public BootstrapTokens tokens() {
        return new BootstrapTokens(directory.resolve("tokens"), random);
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

    private static String intermediatePem(CertificateAuthority authority) {
        return Pem.encode(List.of(authority.issuer())) + Pem.encode(authority.issuerKey());
    }
}
