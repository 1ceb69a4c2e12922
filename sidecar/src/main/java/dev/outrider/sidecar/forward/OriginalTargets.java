package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.OnDemandMembers;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Wherever each captured connection was going; there is never another to turn to. */
final class OriginalTargets implements Targets {
    private final OriginalDestinations original;
    private final Consumer<Set<String>> forgotten;

    /**
     * @param forgotten told the addresses that are kept when others are not
     */
    OriginalTargets(OriginalDestinations original, Consumer<Set<String>> forgotten) {
        this.original = original;
        this.forgotten = forgotten;
    }

    @Override
    public boolean has(Member member) {
        return original.members().has(member);
    }

    @Override
    public InetSocketAddress address(Member member) {
        // An IP literal, so there is nothing to resolve.
        return new InetSocketAddress(member.endpoint().host(), member.endpoint().port());
    }

    @Override
    public @Nullable Member pick(Exchange exchange, @Nullable Member avoid, Worker worker) {
        return at(exchange.destination());
    }

    @Override
    public @Nullable Member pick(
            TcpConnection connection, @Nullable Member avoid, RandomGenerator random) {
        return at(connection.destination());
    }

    private @Nullable Member at(@Nullable InetSocketAddress destination) {
        if (destination == null || original.refuses(destination)) {
            return null;
        }
        Member known = original.members().known(destination);
        if (known != null) {
            return known;
        }
        OnDemandMembers.Sweep sweep = original.members().makeRoom();
        if (!sweep.forgotten().isEmpty()) {
            forgotten.accept(original.members().addresses());
        }
        return sweep.room() ? original.members().add(destination) : null;
    }

    @Override
    public @Nullable InetSocketAddress source(InetSocketAddress remote) {
        return original.localAddress(remote);
    }

    @Override
    public String whyNobody(@Nullable InetSocketAddress destination) {
        return original.whyNot(destination);
    }
}
