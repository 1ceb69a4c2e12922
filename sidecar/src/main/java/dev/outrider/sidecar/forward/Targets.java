package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whom a service's calls go to: members it knows, or wherever its callers were going. Any thread.
 */
interface Targets {
    boolean has(Member member);

    InetSocketAddress address(Member member);

    /** Null if there is nobody to call. */
    @Nullable Member pick(Exchange exchange, @Nullable Member avoid, Worker worker);

    /** For a connection without requests. */
    @Nullable Member pick(TcpConnection connection, @Nullable Member avoid, RandomGenerator random);

    /** Where connections to an address come from; null leaves it to the kernel. */
    @Nullable InetSocketAddress source(InetSocketAddress remote);

    /** Why nobody was picked for a call that was going there. */
    String whyNobody(@Nullable InetSocketAddress destination);
}
