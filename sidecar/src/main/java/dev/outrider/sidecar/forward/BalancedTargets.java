package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.BalanceConfig;
import dev.outrider.sidecar.balance.HashKey;
import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.Members;
import dev.outrider.sidecar.balance.Picker;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The members of a service that has endpoints, among which calls are balanced. */
final class BalancedTargets implements Targets {
    private final String service;
    private final Supplier<Members> members;
    private final Reach reach;
    private final Service.Context context;
    private final Picker picker;
    private final @Nullable HashKey hashKey;

    /**
     * @param members those of now
     */
    BalancedTargets(
            String service,
            BalanceConfig balance,
            Supplier<Members> members,
            Reach reach,
            Service.Context context) {
        this.service = service;
        this.members = members;
        this.reach = reach;
        this.context = context;
        this.picker = Picker.of(balance);
        this.hashKey = balance.hash() == null ? null : new HashKey(balance.hash());
    }

    @Override
    public boolean has(Member member) {
        return members.get().all().contains(member);
    }

    @Override
    public InetSocketAddress address(Member member) {
        return reach.address(member);
    }

    @Override
    public @Nullable Member pick(Exchange exchange, @Nullable Member avoid, Worker worker) {
        long hash =
                hashKey == null
                        ? 0
                        : hashKey.of(
                                exchange.request(),
                                exchange.peer().address().getHostString(),
                                worker.random);
        return picker.pick(members.get(), avoid, hash, worker.random, worker.ticker.nanos());
    }

    /** Only its source can be hashed. */
    @Override
    public @Nullable Member pick(
            TcpConnection connection, @Nullable Member avoid, RandomGenerator random) {
        long hash =
                hashKey == null ? 0 : HashKey.ofSource(connection.peer().address().getHostString());
        return picker.pick(members.get(), avoid, hash, random, context.ticker().nanos());
    }

    @Override
    public @Nullable InetSocketAddress source(InetSocketAddress remote) {
        return context.self().source(service, remote);
    }

    @Override
    public String whyNobody(@Nullable InetSocketAddress destination) {
        Members now = members.get();
        int known = now.all().size();
        return known == 0
                ? now.why().isEmpty() ? "no endpoint of " + service + " is known" : now.why()
                : "none of the " + known + " endpoints of " + service + " is healthy";
    }
}
