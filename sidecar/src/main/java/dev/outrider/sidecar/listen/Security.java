package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.PublicTls;
import dev.outrider.sidecar.tls.RefusalLog;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a listener asks of a connection before it looks at what is spoken. */
public sealed interface Security {
    /** Plain text; for the port that the local app calls. TLS is the app's own. */
    record Plain() implements Security {}

    /** TLS with a verified client certificate, and nothing else. */
    record MutualTls(Supplier<@Nullable Identity> identity, RefusalLog refusals)
            implements Security {}

    /** TLS if the client begins with it, else plain text; for the way into the mesh. */
    record Permissive(Supplier<@Nullable Identity> identity, RefusalLog refusals)
            implements Security {}

    /** TLS with a certificate for the server the client asks for; for clients from outside. */
    record Public(Supplier<@Nullable PublicTls> tls, RefusalLog refusals) implements Security {}
}
