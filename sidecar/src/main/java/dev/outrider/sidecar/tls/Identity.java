package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.util.Map;

/**
 * Who we are and whom we trust at one moment, with the TLS made from it. Immutable and safe on any
 * thread. Take it anew from {@link IdentitySource#current()} for each connection; keep what one
 * connection needs, not the snapshot, so that its native memory is given back once it is replaced.
 */
public final class Identity {
    private final X509Svid svid;
    private final TrustBundle bundle;
    private final Map<ClientCertificates, ServerTls> servers;
    private final Map<Alpn, ClientTls> clients;

    Identity(
            X509Svid svid,
            TrustBundle bundle,
            Map<ClientCertificates, ServerTls> servers,
            Map<Alpn, ClientTls> clients) {
        this.svid = svid;
        this.bundle = bundle;
        this.servers = servers;
        this.clients = clients;
    }

    public SpiffeId id() {
        return svid.id();
    }

    /** Holds the private key: for signing, never for showing. */
    public X509Svid svid() {
        return svid;
    }

    public TrustBundle bundle() {
        return bundle;
    }

    public ServerTls server(ClientCertificates asked) {
        ServerTls server = servers.get(asked);
        if (server == null) {
            throw new IllegalStateException("no server side for " + asked);
        }
        return server;
    }

    public ClientTls client(Alpn alpn) {
        ClientTls client = clients.get(alpn);
        if (client == null) {
            throw new IllegalStateException("no client side for " + alpn);
        }
        return client;
    }

    @Override
    public String toString() {
        return "Identity[" + svid + ", " + bundle.roots().size() + " roots]";
    }
}
