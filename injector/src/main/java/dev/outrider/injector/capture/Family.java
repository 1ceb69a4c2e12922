package dev.outrider.injector.capture;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;

/** An IP version, with the addresses and names that differ between the two. */
enum Family {
    IPV4("IPv4", "127.0.0.0/8", "127.0.0.1", "127.0.0.6/32"),
    IPV6("IPv6", "::1/128", "::1", "::6/128");

    private final String text;
    private final String loopback;
    private final String self;
    private final String inboundSource;

    Family(String text, String loopback, String self, String inboundSource) {
        this.text = text;
        this.loopback = loopback;
        this.self = self;
        this.inboundSource = inboundSource;
    }

    static Family of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    /** What never leaves the machine. */
    Cidr loopback() {
        return Cidr.parse(loopback);
    }

    /** Where a redirect of local traffic ends. */
    InetAddress self() {
        return Cidr.parse(self).base();
    }

    /** The source the proxy's inbound side binds when it connects to the app. */
    Cidr inboundSource() {
        return Cidr.parse(inboundSource);
    }

    int bits() {
        return switch (this) {
            case IPV4 -> 32;
            case IPV6 -> 128;
        };
    }

    ProtocolFamily sockets() {
        return switch (this) {
            case IPV4 -> StandardProtocolFamily.INET;
            case IPV6 -> StandardProtocolFamily.INET6;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
