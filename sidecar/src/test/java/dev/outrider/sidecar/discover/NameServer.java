package dev.outrider.sidecar.discover;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real name server on loopback, UDP and TCP, that gives one answer to every question, apart from
 * names that have an answer of their own.
 */
public final class NameServer implements AutoCloseable {
    public enum Manner {
        PLAIN,
        /** Over UDP only says that the answer is too long. */
        TRUNCATED,
        /** Says nothing. */
        SILENT
    }

    /** {@code soaSeconds} goes out with answers that hold no address. */
    public record Answer(
            DnsResponseCode code,
            List<String> addresses,
            int seconds,
            int soaSeconds,
            Manner manner) {
        static final Answer BROKEN =
                new Answer(DnsResponseCode.SERVFAIL, List.of(), 0, 0, Manner.PLAIN);

        public static Answer absent(int soaSeconds) {
            return new Answer(DnsResponseCode.NXDOMAIN, List.of(), 0, soaSeconds, Manner.PLAIN);
        }

        public static Answer found(int seconds, String... addresses) {
            return new Answer(
                    DnsResponseCode.NOERROR, List.of(addresses), seconds, 0, Manner.PLAIN);
        }

        Answer manner(Manner other) {
            return new Answer(code, addresses, seconds, soaSeconds, other);
        }
    }

    private final Channel udp;
    private final Channel tcp;
    private final AtomicInteger udpQueries = new AtomicInteger();
    private final AtomicInteger tcpQueries = new AtomicInteger();
    private final Map<String, Answer> byName = new ConcurrentHashMap<>();
    private final Map<String, byte[]> records = new ConcurrentHashMap<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private volatile Answer answer = Answer.found(1, "10.0.0.1");

    public NameServer(EventLoop loop) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        tcp =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new TcpDnsQueryDecoder(),
                                                        new TcpDnsResponseEncoder(),
                                                        new OverTcp());
                                    }
                                })
                        .bind(new InetSocketAddress(loopback, 0))
                        .syncUninterruptibly()
                        .channel();
        udp =
                new Bootstrap()
                        .group(loop)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new DatagramDnsQueryDecoder(),
                                                        new DatagramDnsResponseEncoder(),
                                                        new OverUdp());
                                    }
                                })
                        .bind(new InetSocketAddress(loopback, port()))
                        .syncUninterruptibly()
                        .channel();
    }

    public int port() {
        return ((InetSocketAddress) tcp.localAddress()).getPort();
    }

    int udpQueries() {
        return udpQueries.get();
    }

    int tcpQueries() {
        return tcpQueries.get();
    }

    public void answer(Answer next) {
        answer = next;
    }

    /** What the cluster's DNS says of a port: its number, at the Service's own name. */
    public void srv(String name, int port) {
        ByteBuf content = Unpooled.buffer().writeShort(0).writeShort(100).writeShort(port);
        name(content, name.substring(name.indexOf("._tcp.") + 6));
        record(name, DnsRecordType.SRV, content);
    }

    /** The name of an address that is given backwards. */
    public void ptr(String reversed, String name) {
        ByteBuf content = Unpooled.buffer();
        name(content, name);
        record(reversed, DnsRecordType.PTR, content);
    }

    private static void name(ByteBuf content, String name) {
        for (String label : name.split("\\.", -1)) {
            content.writeByte(label.length());
            content.writeCharSequence(label, StandardCharsets.US_ASCII);
        }
        content.writeByte(0);
    }

    private void record(String name, DnsRecordType type, ByteBuf content) {
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes).release();
        records.put(type.name() + " " + name + ".", bytes);
    }

    /** {@code name} without a dot at its end. */
    public void answer(String name, Answer next) {
        byName.put(name + '.', next);
    }

    /** Names that were asked for, without what is behind their first dot. */
    public Set<String> asked() {
        return Set.copyOf(asked);
    }

    private Answer answerTo(DnsQuery query) {
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        asked.add(question.name().substring(0, question.name().indexOf('.')));
        return byName.getOrDefault(question.name(), answer);
    }

    @Override
    public void close() {
        udp.close().syncUninterruptibly();
        tcp.close().syncUninterruptibly();
    }

    private final class OverUdp extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            udpQueries.incrementAndGet();
            Answer now = answerTo(query);
            if (now.manner == Manner.SILENT) {
                return;
            }
            DnsResponse response =
                    new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
            if (now.manner == Manner.TRUNCATED) {
                DnsQuestion question = query.recordAt(DnsSection.QUESTION);
                response.addRecord(DnsSection.QUESTION, question).setTruncated(true);
            } else {
                fill(response, query, now);
            }
            context.writeAndFlush(response);
        }
    }

    private final class OverTcp extends SimpleChannelInboundHandler<DefaultDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DefaultDnsQuery query) {
            tcpQueries.incrementAndGet();
            DnsResponse response = new DefaultDnsResponse(query.id());
            fill(response, query, answerTo(query));
            context.writeAndFlush(response);
        }
    }

    private void fill(DnsResponse response, DnsQuery query, Answer answer) {
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        response.setRecursionAvailable(true).addRecord(DnsSection.QUESTION, question);
        DnsRecordType type = question.type();
        byte[] record = records.get(type.name() + " " + question.name());
        if (record != null) {
            response.addRecord(
                    DnsSection.ANSWER,
                    new DefaultDnsRawRecord(
                            question.name(), type, 5, Unpooled.wrappedBuffer(record)));
            return;
        }
        if (type.equals(DnsRecordType.SRV) || type.equals(DnsRecordType.PTR)) {
            response.setCode(DnsResponseCode.NXDOMAIN);
            return;
        }
        response.setCode(answer.code);
        int size = question.type().equals(DnsRecordType.AAAA) ? 16 : 4;
        for (String address : answer.addresses) {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
            if (bytes.length == size) {
                ByteBuf content = Unpooled.wrappedBuffer(bytes);
                response.addRecord(
                        DnsSection.ANSWER,
                        new DefaultDnsRawRecord(
                                question.name(), question.type(), answer.seconds, content));
            }
        }
        if (answer.soaSeconds > 0) {
            // Two root names, then serial, refresh, retry, expire and minimum.
            ByteBuf soa = Unpooled.buffer().writeZero(2);
            soa.writeInt(1).writeInt(2).writeInt(3).writeInt(4).writeInt(answer.soaSeconds);
            response.addRecord(
                    DnsSection.AUTHORITY,
                    new DefaultDnsRawRecord(question.name(), DnsRecordType.SOA, 3600, soa));
        }
    }
}
