package dev.outrider.sidecar.discover;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/** The event loop that asks name servers, its kinds of sockets, and who waits for his turn. */
public record DnsTransport(
        EventLoop loop,
        Class<? extends DatagramChannel> udp,
        Class<? extends SocketChannel> tcp,
        LookupQueue queue) {

    /** One for all that look up on that loop. */
    public DnsTransport(
            EventLoop loop,
            Class<? extends DatagramChannel> udp,
            Class<? extends SocketChannel> tcp) {
        this(loop, udp, tcp, new LookupQueue(LookupQueue.MOST));
    }
}
