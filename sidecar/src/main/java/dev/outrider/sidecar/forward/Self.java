package dev.outrider.sidecar.forward;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What the proxy knows of itself, so that no call of its own comes back to it. Any thread. */
public interface Self {
    /** For a proxy that nothing leads back to. */
    Self NOWHERE =
            new Self() {
                @Override
                public boolean leadsBack(String service, InetSocketAddress address) {
                    return false;
                }

                @Override
                public @Nullable InetSocketAddress source(
                        String service, InetSocketAddress address) {
                    return null;
                }
            };

    /**
     * Whether a call of {@code service} there would be taken by this proxy, and sent there again.
     */
    boolean leadsBack(String service, InetSocketAddress address);

    /** Where a connection there has to come from; null leaves it to the kernel. */
    @Nullable InetSocketAddress source(String service, InetSocketAddress address);
}
