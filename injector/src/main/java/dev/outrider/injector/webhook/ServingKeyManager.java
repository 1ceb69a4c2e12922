package dev.outrider.injector.webhook;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows what is current at each handshake. An alias stands for one certificate with its key, so a
 * handshake that a rotation meets in its middle never mixes two of them. Any thread.
 */
final class ServingKeyManager extends X509ExtendedKeyManager {
    private final Supplier<@Nullable ServingCertificate> current;
    private final AtomicLong number = new AtomicLong();
    private final ConcurrentMap<String, ServingCertificate> chosen = new ConcurrentHashMap<>();
    private volatile @Nullable Named newest;

    private record Named(String alias, ServingCertificate certificate) {}

    ServingKeyManager(Supplier<@Nullable ServingCertificate> current) {
        this.current = current;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, SSLEngine engine) {
        ServingCertificate now = current.get();
        return now == null || !type.equals(now.key().getAlgorithm()) ? null : alias(now);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null; // only engines are used here
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        ServingCertificate named = alias == null ? null : chosen.get(alias);
        return named == null ? null : named.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        ServingCertificate named = alias == null ? null : chosen.get(alias);
        return named == null ? null : named.key();
    }

    /** The last two are kept: a handshake is shorter than the time between two rotations. */
    private synchronized String alias(ServingCertificate certificate) {
        Named last = newest;
        if (last != null && last.certificate().equals(certificate)) {
            return last.alias();
        }
        Named next = new Named(Long.toString(number.incrementAndGet()), certificate);
        chosen.keySet().removeIf(alias -> last == null || !alias.equals(last.alias()));
        chosen.put(next.alias(), certificate);
        newest = next;
        return next.alias();
    }
}
