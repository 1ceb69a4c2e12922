package dev.outrider.sidecar.discover;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;

/** The event loop that asks name servers, and its kinds of sockets. */
public record DnsTransport(
        EventLoop loop, Class<? extends DatagramChannel> udp, Class<? extends SocketChannel> tcp) {}
