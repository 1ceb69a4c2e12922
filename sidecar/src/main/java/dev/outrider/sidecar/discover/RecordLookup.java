package dev.outrider.sidecar.discover;

import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the name servers for what a Service's names say besides addresses: the number of a port
 * (SRV) and the name of an address (PTR), as the cluster's DNS has them. Any thread; answers come
 * on the event loop of the look-ups, within a few times the time of a query, and fail if none came.
 */
final class RecordLookup {
    /** In an SRV record behind priority and weight (RFC 2782). */
    private static final int PORT_AT = 4;

    private final DnsConfig config;
    private final DnsTransport transport;

    RecordLookup(DnsConfig config, DnsTransport transport) {
        this.config = config;
        this.transport = transport;
    }

    /** The port that a name such as {@code _http._tcp.billing.shop.svc.cluster.local} has. */
    CompletionStage<OptionalInt> port(String name) {
        return ask(name, DnsRecordType.SRV, RecordLookup::port)
                .thenApply(found ->
                        found.isEmpty() ? OptionalInt.empty() : OptionalInt.of(found.getFirst()));
    }

    /** The names of an address, given as the name that stands for it backwards. */
    CompletionStage<List<String>> names(String reversed) {
        return ask(
                reversed,
                DnsRecordType.PTR,
                record -> record instanceof DnsPtrRecord it ? it.hostname() : null);
    }

    /** The addresses of a name, of one family. */
    CompletionStage<List<InetAddress>> addresses(String name, boolean v6) {
        DnsRecordType type = v6 ? DnsRecordType.AAAA : DnsRecordType.A;
        return ask(name, type, record -> address(record, type));
    }

    private static @Nullable InetAddress address(DnsRecord record, DnsRecordType type) {
        if (!(record instanceof DnsRawRecord raw) || !raw.type().equals(type)) {
            return null;
        }
        byte[] bytes = new byte[raw.content().readableBytes()];
        raw.content().getBytes(raw.content().readerIndex(), bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null; // not 4 or 16 bytes
        }
    }

    private static @Nullable Integer port(DnsRecord record) {
        return record instanceof DnsRawRecord raw
                        && raw.type().equals(DnsRecordType.SRV)
                        && raw.content().readableBytes() > PORT_AT + 2
                ? raw.content().getUnsignedShort(raw.content().readerIndex() + PORT_AT)
                : null;
    }

    private <T> CompletionStage<List<T>> ask(
            String name, DnsRecordType type, Function<DnsRecord, @Nullable T> read) {
        CompletableFuture<List<T>> answer = new CompletableFuture<>();
        Runnable turn =
                () -> {
                    try {
                        query(name, type, read, answer);
                    } catch (RuntimeException e) {
                        // Such as no socket left to open.
                        transport.loop().execute(transport.queue()::leave);
                        answer.completeExceptionally(e);
                    }
                };
        try {
            transport.loop().execute(() -> transport.queue().enter(turn));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e); // the proxy ends
        }
        return answer;
    }

    private <T> void query(
            String name,
            DnsRecordType type,
            Function<DnsRecord, @Nullable T> read,
            CompletableFuture<List<T>> answer) {
        // First, since a name with a label that is too long is refused here.
        DefaultDnsQuestion question = new DefaultDnsQuestion(name + ".", type);
        DnsNameResolver resolver = Lookup.resolver(config, transport).build();
        resolver.resolveAll(question)
                .addListener((Future<List<DnsRecord>> found) -> {
                    resolver.close();
                    transport.queue().leave();
                    if (found.isSuccess()) {
                        answer.complete(taken(found.getNow(), read));
                    } else if (DnsNameResolver.isTransportOrTimeoutError(found.cause())) {
                        answer.completeExceptionally(found.cause());
                    } else {
                        answer.complete(List.of());
                    }
                });
    }

    private static <T> List<T> taken(
            List<DnsRecord> records, Function<DnsRecord, @Nullable T> read) {
        List<T> taken = new ArrayList<>();
        for (DnsRecord each : records) {
            T value = read.apply(each);
            if (value != null) {
                taken.add(value);
            }
            ReferenceCountUtil.release(each);
        }
        return taken;
    }
}
