package dev.outrider.certs;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the SVID that is current at each handshake, so that a renewed one is used at once. An alias
 * carries the certificate's serial, so one handshake never mixes two generations.
 */
public final class SvidKeyManager extends X509ExtendedKeyManager {
    private final Supplier<@Nullable X509Svid> current;
    private volatile @Nullable X509Svid previous;

    public SvidKeyManager(Supplier<@Nullable X509Svid> current) {
        this.current = current;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(types);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(type);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(type);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return aliases(type);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return aliases(type);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        X509Svid svid = find(alias);
        return svid == null ? null : svid.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        X509Svid svid = find(alias);
        return svid == null ? null : svid.key();
    }

    private @Nullable String choose(String... types) {
        X509Svid svid = current.get();
        if (svid == null || !Arrays.asList(types).contains(svid.key().getAlgorithm())) {
            return null;
        }
        previous = svid;
        return alias(svid);
    }

    private String @Nullable [] aliases(String type) {
        String alias = choose(type);
        return alias == null ? null : new String[] {alias};
    }

    /** The chosen one may have been replaced a moment ago; the one before is still good. */
    private @Nullable X509Svid find(@Nullable String alias) {
        X509Svid now = current.get();
        if (now != null && alias(now).equals(alias)) {
            return now;
        }
        X509Svid before = previous;
        return before != null && alias(before).equals(alias) ? before : null;
    }

    private static String alias(X509Svid svid) {
        return svid.leaf().getSerialNumber().toString(16);
    }
}
