package dev.outrider.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.Pem;
import dev.outrider.sidecar.redis.RedisConfig.Topology;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis with TLS that asks for a certificate, and with a password. */
class SecureRedisIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String PASSWORD = "to be kept";

    @TempDir private Path folder;
    private Path certificate;
    private Path key;
    private Path stranger;

    @BeforeEach
    void issue() throws Exception {
        certificate = folder.resolve("redis.pem");
        key = folder.resolve("redis.key");
        stranger = folder.resolve("stranger.pem");
        KeyPair pair = pair();
        Files.writeString(certificate, Pem.encode(List.of(selfSigned(pair))));
        Files.writeString(key, Pem.encode(pair.getPrivate()));
        Files.writeString(stranger, Pem.encode(List.of(selfSigned(pair()))));
    }

    private static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    /** For a name that is not the address. */
    private static X509Certificate selfSigned(KeyPair pair) throws Exception {
        X500Name name = new X500Name("CN=redis");
        Instant now = Instant.now();
        return new JcaX509CertificateConverter()
                .getCertificate(
                        new JcaX509v3CertificateBuilder(
                                        name,
                                        BigInteger.ONE,
                                        Date.from(now.minusSeconds(3600)),
                                        Date.from(now.plusSeconds(3600)),
                                        name,
                                        pair.getPublic())
                                .addExtension(
                                        Extension.subjectAlternativeName,
                                        false,
                                        new GeneralNames(
                                                new GeneralName(
                                                        GeneralName.dNSName, "redis.internal")))
                                .build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(pair.getPrivate())));
    }

    private RedisServer server() throws IOException {
        return RedisServer.start(
                "--tls-port", "{tls-port}",
                "--tls-cert-file", certificate.toString(),
                "--tls-key-file", key.toString(),
                "--tls-ca-cert-file", certificate.toString(),
                "--requirepass", PASSWORD);
    }

    private static RedisConfig config(RedisServer server, RedisUser user, RedisTlsConfig tls) {
        RedisConfig usual = RedisClientRig.single(server);
        return new RedisConfig(
                Topology.SINGLE,
                List.of(new RedisAddress("127.0.0.1", server.tlsPort())),
                null,
                user,
                usual.sentinelUser(),
                tls,
                3,
                usual.prefix(),
                usual.budget(),
                usual.connectTimeout(),
                usual.pending(),
                usual.breaker());
    }

    private static RedisUser password(String password) {
        return new RedisUser("default", new Secret(password), null);
    }

    private RedisTlsConfig tls(Path trust, @Nullable String name) {
        return new RedisTlsConfig(trust, name, certificate, key);
    }

    @Test
    void callsAreAnsweredWithTheRightKeysAndDatabase() throws IOException, RedisUnavailable {
        try (RedisServer server = server();
                RedisClientRig rig =
                        new RedisClientRig(
                                config(
                                        server,
                                        password(PASSWORD),
                                        tls(certificate, "redis.internal")))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            assertThat(rig.count("k", 2)).isEqualTo(2);
            assertThat(server.cli("-n", "3", "get", "outrider:k")).isEqualTo("2");
        }
    }

    @Test
    void aChangedPasswordFileHoldsForNewConnections() throws IOException, RedisUnavailable {
        Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        RedisUser user = new RedisUser("", null, file);
        try (RedisServer server = server();
                RedisClientRig rig =
                        new RedisClientRig(
                                config(server, user, tls(certificate, "redis.internal")))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            server.cli("config", "set", "requirepass", "another");
            Files.writeString(file, "another\n");
            server.cli("-a", "another", "--no-auth-warning", "client", "kill", "type", "normal");
            await().atMost(PATIENCE).until(() -> rig.answers("k"));
        }
    }

    @Test
    void aWrongPasswordIsSaidAndNotShown() throws IOException {
        try (RedisServer server = server();
                RedisClientRig rig =
                        new RedisClientRig(
                                config(
                                        server,
                                        password("a wrong one"),
                                        tls(certificate, "redis.internal")))) {
            await().atMost(PATIENCE).until(() -> error(rig).contains("WRONGPASS"));
            assertThat(error(rig)).contains("refused").doesNotContain("a wrong one");
            assertThat(rig.refusal("k")).isNotNull();
        }
    }

    /** Of a connection that was good before, and although calls go on and fail. */
    @Test
    void aPasswordThatIsWrongFromNowOnIsSaidToo() throws IOException {
        try (RedisServer server = server();
                RedisClientRig rig =
                        new RedisClientRig(
                                config(
                                        server,
                                        password(PASSWORD),
                                        tls(certificate, "redis.internal")))) {
            await().atMost(PATIENCE).until(() -> rig.redis.status().connected() == 2);
            server.cli("config", "set", "requirepass", "another");
            server.cli("-a", "another", "--no-auth-warning", "client", "kill", "type", "normal");
            await().atMost(PATIENCE).until(() -> error(rig).contains("WRONGPASS"));
            assertThat(rig.refusal("k")).isNotNull();
            assertThat(error(rig)).contains("refused").doesNotContain(PASSWORD);
        }
    }

    @Test
    void aRedisOfOthersOrOfAnotherNameIsNotTrusted() throws IOException {
        try (RedisServer server = server()) {
            for (RedisTlsConfig each :
                    List.of(tls(stranger, "redis.internal"), tls(certificate, "redis.other"))) {
                try (RedisClientRig rig =
                        new RedisClientRig(config(server, password(PASSWORD), each))) {
                    await().atMost(PATIENCE)
                            .until(() -> error(rig).matches("(?s).*(Signature|path|name).*"));
                    assertThat(rig.redis.status().connected()).isZero();
                    assertThat(rig.refusal("k")).isEqualTo(RedisUnavailable.Reason.DOWN);
                }
            }
        }
    }

    private static String error(RedisClientRig rig) {
        return String.valueOf(rig.redis.status().lastError());
    }
}
