package dev.outrider.examples.training;

import dev.outrider.certs.JwkDocuments;
import dev.outrider.certs.JwtAlgorithm;
import dev.outrider.certs.JwtVerificationKey;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuthorityDirectory;
import dev.outrider.examples.training.TrainingFiles.Workload;
import dev.outrider.sidecar.auth.keys.FileKeyStore;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import dev.outrider.sidecar.auth.keys.KeyRequest;
import io.jsonwebtoken.Jwts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * What edge and clients know each other by: the edge's certificate, the keys of an issuer of tokens
 * and the store of API keys are files of {@code directory}; clients have tokens and a key.
 *
 * @param roots that clients trust
 * @param tokens of different users
 */
record EdgeCredentials(
        Path directory, List<X509Certificate> roots, List<String> tokens, String apiKey) {
    static final String HOST = "shop.example.com";
    static final String ISSUER = "https://login.example.com";
    static final String AUDIENCE = "shop";

    private static final int USERS = 16;
    private static final Duration LIFE = Duration.ofHours(1);
    private static final String KEY_ID = "training";

    static EdgeCredentials make(Path directory, AuthorityDirectory authority)
            throws IOException, InterruptedException {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        Instant now = clock.instant();
        X509Svid shown =
                authority
                        .authority()
                        .issue(
                                SpiffeId.parse(Workload.TRAINED.id()),
                                KeyAlgorithm.EC_P256,
                                List.of(HOST),
                                now,
                                LIFE);
        KeyPair signer = KeyAlgorithm.RSA_2048.generate(random);
        EdgeCredentials made =
                new EdgeCredentials(
                        directory,
                        authority.authority().bundle().roots(),
                        tokens(signer, now),
                        new KeyOperations(
                                        new FileKeyStore(apiKeys(directory), clock),
                                        clock,
                                        random,
                                        () -> {})
                                .create(
                                        new KeyRequest(
                                                "acme", "gold", List.of(), List.of(), "", LIFE))
                                .secret());
        SecretFiles.create(made.certificate(), shown.chainPem());
        SecretFiles.create(made.key(), shown.keyPem());
        Files.writeString(
                made.jwks(),
                JwkDocuments.jwks(
                        List.of(
                                new JwtVerificationKey(
                                        KEY_ID, JwtAlgorithm.RS256, signer.getPublic()))));
        return made;
    }

    private static List<String> tokens(KeyPair signer, Instant now) {
        return IntStream.range(0, USERS)
                .mapToObj(user ->
                        Jwts.builder()
                                .header()
                                .keyId(KEY_ID)
                                .and()
                                .issuer(ISSUER)
                                .subject("user-" + user)
                                .audience()
                                .add(AUDIENCE)
                                .and()
                                .id(UUID.randomUUID().toString())
                                .issuedAt(Date.from(now))
                                .expiration(Date.from(now.plus(LIFE)))
                                .claim("scope", "orders:read profile")
                                .claim("roles", List.of("customer"))
                                .claim("tier", "gold")
                                .signWith(signer.getPrivate(), Jwts.SIG.RS256)
                                .compact())
                .toList();
    }

    Path certificate() {
        return directory.resolve("edge.pem");
    }

    Path key() {
        return directory.resolve("edge.key");
    }

    Path jwks() {
        return directory.resolve("jwks.json");
    }

    Path apiKeys() {
        return apiKeys(directory);
    }

    private static Path apiKeys(Path directory) {
        return directory.resolve("api-keys.json");
    }
}
