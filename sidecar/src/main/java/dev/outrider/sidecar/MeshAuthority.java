package dev.outrider.sidecar;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.TrustBundle;
import dev.outrider.sidecar.auth.JwksSource;
import dev.outrider.sidecar.auth.TokenIssuer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.IdentityCa;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where this workload's tokens and the mesh's token keys come from, unless files give them: the CA.
 * A connection to it trusts the bundle of the identity in use, so it is made anew when the roots
 * change. Blocks.
 */
final class MeshAuthority implements TokenIssuer, AutoCloseable {
    private final @Nullable IdentityCa ca;
    private final Supplier<@Nullable Identity> identity;
    private @Nullable CaClient client;
    private @Nullable TrustBundle clientBundle;

    MeshAuthority(@Nullable IdentityCa ca, Supplier<@Nullable Identity> identity) {
        this.ca = ca;
        this.identity = identity;
    }

    @Override
    public String mint(String audience) throws Exception {
        Identity current = current();
        return client(current).fetchJwt(current.svid(), audience);
    }

    /** The CA's key set. */
    JwksSource.Fetched keys() throws IOException {
        try {
            return new JwksSource.Fetched(client(current()).fetchJwks(), null);
        } catch (dev.outrider.certs.CaException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Identity current() throws IOException {
        Identity current = identity.get();
        if (current == null) {
            throw new IOException("this workload has no identity yet");
        }
        return current;
    }

    private synchronized CaClient client(Identity current) throws IOException {
        if (ca == null) {
            throw new IOException("no certificate authority is configured");
        }
        CaClient known = client;
        if (known != null && current.bundle().equals(clientBundle)) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        CaClient fresh = new CaClient(ca.address(), current.bundle());
        client = fresh;
        clientBundle = current.bundle();
        return fresh;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
