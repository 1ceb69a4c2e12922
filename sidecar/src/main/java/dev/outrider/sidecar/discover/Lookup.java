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
    private final DnsConfig.Family family;
    private final TtlRecorder ttl = new TtlRecorder();
    private final LastWords words = new LastWords();
    private final DnsNameResolver resolver;

    Lookup(String name, DnsConfig config, DnsTransport transport) {
        this(name, config, transport, null);
    }

    /**
     * @param searched domains tried behind a short name; null for those of /etc/resolv.conf
     */
    Lookup(String name, DnsConfig config, DnsTransport transport, @Nullable List<String> searched) {
        this.name = name;
        this.family = config.family();
        DnsNameResolverBuilder builder =
                new DnsNameResolverBuilder(transport.loop())
                        .datagramChannelType(transport.udp())
                        .socketChannelType(transport.tcp())
                        .resolveCache(ttl)
                        .cnameCache(ttl)
                        .dnsQueryLifecycleObserverFactory(words)
                        .queryTimeoutMillis(config.queryTimeout().toMillis())
                        .resolvedAddressTypes(
                                switch (config.family()) {
                                    case AUTO -> ResolvedAddressTypes.IPV4_PREFERRED;
                                    case IPV4 -> ResolvedAddressTypes.IPV4_ONLY;
                                    case IPV6 -> ResolvedAddressTypes.IPV6_ONLY;
                                });
        if (!config.nameServers().isEmpty()) {
            builder.nameServerProvider(
                    new SequentialDnsServerAddressStreamProvider(
                            config.nameServers().stream()
                                    .map(each -> new InetSocketAddress(each.host(), each.port()))
                                    .toList()));
        }
        if (searched != null) {
            builder.searchDomains(searched);
        }
        this.resolver = builder.build();
    }

    void start(Consumer<Answer> done) {
        ttl.clear();
        words.clear();
        resolver.resolveAll(name)
                .addListener((Future<List<InetAddress>> found) -> {
                    if (found.isSuccess()) {
                        done.accept(new Answer.Found(ofFamily(found.getNow()), ttl.seconds()));
                    } else if (DnsNameResolver.isTransportOrTimeoutError(found.cause())
                            || !words.definite()) {
                        // Of a short name each domain that is searched has to say that it is not
                        // there: the one that failed to may be where it is.
                        done.accept(failed(found.cause()));
                    } else {
                        askWhetherAbsent(found.cause(), done);
                    }
                });
    }

    void close() {
        resolver.close();
    }

    /** The resolver keeps to itself why there was no address, and how long that holds. */
    private void askWhetherAbsent(Throwable cause, Consumer<Answer> done) {
        DnsRecordType type = family == DnsConfig.Family.IPV6 ? DnsRecordType.AAAA : DnsRecordType.A;
        resolver.query(new DefaultDnsQuestion(name, type))
                .addListener((Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> asked) ->
                        done.accept(
                                asked.isSuccess()
                                        ? judged(asked.getNow(), cause)
                                        : failed(asked.cause())));
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
        return family == DnsConfig.Family.AUTO && !v4.isEmpty() ? v4 : found;
    }

    private static Answer failed(@Nullable Throwable cause) {
        return new Answer.Failed(cause == null ? "no answer" : String.valueOf(cause.getMessage()));
    }
}
