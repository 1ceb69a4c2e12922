package dev.outrider.sidecar.discover;

import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks one name up: /etc/hosts first, then the name servers, over TCP where an answer is
 * truncated. Confined to its loop.
 */
final class Lookup {
    /** What came of it. */
    sealed interface Answer {
        /** {@code seconds} is {@link TtlRecorder#NONE} for /etc/hosts. */
        record Found(List<InetAddress> addresses, long seconds) implements Answer {}

        /**
         * The name servers say that there is no such name, or no address; {@code seconds} by RFC
         * 2308, or {@link TtlRecorder#NONE}.
         */
        record Absent(long seconds) implements Answer {}

        record Failed(String problem) implements Answer {}
    }

    private final String name;
    private final DnsConfig config;
    private final DnsTransport transport;
    private final @Nullable List<String> searched;

    /** The look-up under way, or waiting for its turn. */
    private @Nullable Turn turn;

    Lookup(String name, DnsConfig config, DnsTransport transport) {
        this(name, config, transport, null);
    }

    /**
     * @param searched domains tried behind a short name; null for those of /etc/resolv.conf
     */
    Lookup(String name, DnsConfig config, DnsTransport transport, @Nullable List<String> searched) {
        this.name = name;
        this.config = config;
        this.transport = transport;
        this.searched = searched;
    }

    /** One at a time. */
    void start(Consumer<Answer> done) {
        Turn next = new Turn(done);
        turn = next;
        transport.queue().enter(next);
    }

    /** Whoever waits for an answer is told nothing any more. */
    void close() {
        if (turn != null) {
            turn.cancel();
        }
    }

    /**
     * One look-up. Its resolver is made for it, since a resolver tells neither whose lifetimes nor
     * whose refusals it hears of, and since an idle one costs more than all else that a name does;
     * each comes from another port, which makes its answers hard to forge.
     */
    private final class Turn implements Runnable {
        private final Consumer<Answer> done;
        private final TtlRecorder ttl = new TtlRecorder();
        private final LastWords words = new LastWords();
        private @Nullable DnsNameResolver resolver;
        private boolean over;

        Turn(Consumer<Answer> done) {
            this.done = done;
        }

        @Override
        public void run() {
            DnsNameResolver made;
            try {
                made = resolver(ttl, words);
            } catch (RuntimeException e) {
                // Such as no socket left to open. Later, since as many may follow as wait.
                transport.loop().execute(() -> end(failed(e)));
                return;
            }
            resolver = made;
            made.resolveAll(name)
                    .addListener((Future<List<InetAddress>> found) -> {
                        if (over) {
                            return;
                        }
                        if (found.isSuccess()) {
                            end(new Answer.Found(ofFamily(found.getNow()), ttl.seconds()));
                        } else if (DnsNameResolver.isTransportOrTimeoutError(found.cause())
                                || !words.definite()) {
                            // Of a short name each domain that is searched has to say that it is
                            // not there: the one that failed to may be where it is.
                            end(failed(found.cause()));
                        } else {
                            askWhetherAbsent(made, found.cause());
                        }
                    });
        }

        /** The resolver keeps to itself why there was no address, and how long that holds. */
        private void askWhetherAbsent(DnsNameResolver resolver, Throwable cause) {
            boolean v6 = config.family() == DnsConfig.Family.IPV6;
            DnsRecordType type = v6 ? DnsRecordType.AAAA : DnsRecordType.A;
            resolver.query(new DefaultDnsQuestion(name, type))
                    .addListener(
                            (Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> asked) ->
                                    end(
                                            asked.isSuccess()
                                                    ? judged(asked.getNow(), cause)
                                                    : failed(asked.cause())));
        }

        private void end(Answer answer) {
            if (!over) {
                leave();
                done.accept(answer);
            }
        }

        void cancel() {
            if (over) {
                return;
            }
            if (transport.queue().forget(this)) {
                over = true;
            } else {
                leave();
            }
        }

        private void leave() {
            over = true;
            if (resolver != null) {
                resolver.close();
            }
            transport.queue().leave();
        }
    }

    private DnsNameResolver resolver(TtlRecorder ttl, LastWords words) {
        DnsNameResolverBuilder builder =
                resolver(config, transport)
                        .resolveCache(ttl)
                        .cnameCache(ttl)
                        .dnsQueryLifecycleObserverFactory(words)
                        .resolvedAddressTypes(
                                switch (config.family()) {
                                    case AUTO -> ResolvedAddressTypes.IPV4_PREFERRED;
                                    case IPV4 -> ResolvedAddressTypes.IPV4_ONLY;
                                    case IPV6 -> ResolvedAddressTypes.IPV6_ONLY;
                                });
        if (searched != null) {
            builder.searchDomains(searched);
        }
        return builder.build();
    }

    /** One that asks the name servers of the configuration. */
    static DnsNameResolverBuilder resolver(DnsConfig config, DnsTransport transport) {
        DnsNameResolverBuilder builder =
                new DnsNameResolverBuilder(transport.loop())
                        .datagramChannelType(transport.udp())
                        .socketChannelType(transport.tcp())
                        .queryTimeoutMillis(config.queryTimeout().toMillis());
        if (!config.nameServers().isEmpty()) {
            builder.nameServerProvider(
                    new SequentialDnsServerAddressStreamProvider(
                            config.nameServers().stream()
                                    .map(each -> new InetSocketAddress(each.host(), each.port()))
                                    .toList()));
        }
        return builder;
    }

    private static Answer judged(
            AddressedEnvelope<DnsResponse, InetSocketAddress> envelope, Throwable cause) {
        try {
            DnsResponse response = envelope.content();
            boolean found = response.count(DnsSection.ANSWER) > 0;
            if (response.code().equals(DnsResponseCode.NXDOMAIN)
                    || response.code().equals(DnsResponseCode.NOERROR) && !found) {
                return new Answer.Absent(negativeSeconds(response));
            }
            // This server may not know what another has said before, see LastWords.
            return found ? failed(cause) : new Answer.Absent(TtlRecorder.NONE);
        } finally {
            envelope.release();
        }
    }

    /** The lesser of the SOA record's own lifetime and its last field (RFC 2308, section 5). */
    private static long negativeSeconds(DnsResponse response) {
        for (int i = 0; i < response.count(DnsSection.AUTHORITY); i++) {
            DnsRecord each = response.recordAt(DnsSection.AUTHORITY, i);
            if (each.type().equals(DnsRecordType.SOA)
                    && each instanceof DnsRawRecord soa
                    && soa.content().readableBytes() >= 22) {
                long minimum = soa.content().getUnsignedInt(soa.content().writerIndex() - 4);
                return Math.min(soa.timeToLive(), minimum);
            }
        }
        return TtlRecorder.NONE;
    }

    private List<InetAddress> ofFamily(List<InetAddress> found) {
        List<InetAddress> v4 = found.stream().filter(Inet4Address.class::isInstance).toList();
        return config.family() == DnsConfig.Family.AUTO && !v4.isEmpty() ? v4 : found;
    }

    private static Answer failed(@Nullable Throwable cause) {
        return new Answer.Failed(cause == null ? "no answer" : String.valueOf(cause.getMessage()));
    }
}
