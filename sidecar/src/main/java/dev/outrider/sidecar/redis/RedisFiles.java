package dev.outrider.sidecar.redis;

import dev.outrider.certs.Pem;
import dev.outrider.sidecar.time.Background;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passwords and TLS files, looked at again every few seconds on a virtual thread, so that a
 * connection made on a loop finds them in memory and as they are now. What could be read last
 * stands while a file is broken.
 */
final class RedisFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int LARGEST = 1 << 20;

    private final RedisConfig config;
    private final Background polling;
    private Map<Path, String> texts = Map.of();
    private volatile Keys keys;
    private boolean broken;

    /**
     * What connections are made with.
     *
     * @param passwords by file
     */
    private record Keys(
            Map<Path, String> passwords,
            @Nullable TrustManagerFactory trust,
            @Nullable KeyManagerFactory own) {}

    /** Reads them; a file that is named and cannot be read is a mistake to be mended at once. */
    static RedisFiles open(RedisConfig config) throws IOException {
        return new RedisFiles(config);
    }

    private RedisFiles(RedisConfig config) throws IOException {
        this.config = config;
        this.texts = read();
        this.keys = parse(texts);
        this.polling =
                new Background(
                        "redis-files",
                        () -> {
                            reload();
                            return EVERY;
                        });
        if (!texts.isEmpty()) {
            polling.start();
        }
    }

    private void reload() {
        try {
            Map<Path, String> now = read();
            if (!now.equals(texts)) {
                keys = parse(now);
                texts = now;
                LOG.info("redis: new connections use the changed files");
            }
            broken = false;
        } catch (IOException e) {
            if (!broken) {
                LOG.warn("redis: {}; what was read before stands", e.getMessage());
            }
            broken = true;
        }
    }

    private Map<Path, String> read() throws IOException {
        RedisTlsConfig tls = config.tls();
        Map<Path, String> read = new LinkedHashMap<>();
        for (Path each :
                Stream.of(
                                config.user().passwordFile(),
                                config.sentinelUser().passwordFile(),
                                tls == null ? null : tls.trust(),
                                tls == null ? null : tls.certificate(),
                                tls == null ? null : tls.key())
                        .filter(Objects::nonNull)
                        .toList()) {
            try {
                if (Files.size(each) > LARGEST) {
                    throw new IOException("it is larger than " + LARGEST + " bytes");
                }
                read.put(each, Files.readString(each));
            } catch (IOException e) {
                throw new IOException("file " + each + " for Redis cannot be read: " + e, e);
            }
        }
        return read;
    }

    private Keys parse(Map<Path, String> read) throws IOException {
        RedisTlsConfig tls = config.tls();
        if (tls == null) {
            return new Keys(read, null, null);
        }
        try {
            return new Keys(
                    read,
                    trust(parsed(read, tls.trust(), Pem::certificates)),
                    tls.certificate() == null || tls.key() == null
                            ? null
                            : own(
                                    parsed(read, tls.certificate(), Pem::certificates),
                                    parsed(read, tls.key(), Pem::privateKey)));
        } catch (GeneralSecurityException e) {
            throw new IOException("the files for TLS to Redis cannot be used: " + e, e);
        }
    }

    private static TrustManagerFactory trust(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority" + i, authorities.get(i));
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static KeyManagerFactory own(List<X509Certificate> chain, PrivateKey key)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static <T> T parsed(Map<Path, String> read, Path file, Function<String, T> parse)
            throws IOException {
        try {
            return parse.apply(Objects.requireNonNull(read.get(file)));
        } catch (IllegalArgumentException e) {
            throw new IOException("file " + file + " for Redis " + e.getMessage(), e);
        }
    }

    /** On the loop of each connection that is made. */
    ImmediateRedisCredentialsProvider credentials(RedisUser user) {
        return () -> {
            String password =
                    user.passwordFile() != null
                            ? Objects.requireNonNull(keys.passwords.get(user.passwordFile()))
                                    .stripTrailing()
                            : user.password() == null ? null : user.password().text();
            String name = user.name().isEmpty() ? null : user.name();
            return RedisCredentials.just(name, password);
        };
    }

    /** On the loop of each TLS connection that is made. */
    void configure(SslContextBuilder context) {
        Keys now = keys;
        context.trustManager(now.trust);
        context.keyManager(now.own);
    }

    @Override
    public void close() {
        polling.close();
    }
}
