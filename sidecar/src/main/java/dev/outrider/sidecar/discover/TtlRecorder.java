package dev.outrider.sidecar.discover;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsCnameCache;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Learns the lifetimes of a look-up: the resolver tells them to its caches only. It keeps nothing
 * else, so every look-up asks. Confined to the resolver's loop.
 */
final class TtlRecorder implements DnsCache, DnsCnameCache {
    static final long NONE = Long.MAX_VALUE;
    private long seconds = NONE;

    private record Entry(@Nullable InetAddress address, @Nullable Throwable cause)
            implements DnsCacheEntry {}

    /** The shortest lifetime of the records so far, or {@link #NONE}. */
    long seconds() {
        return seconds;
    }

    @Override
    public void clear() {
        seconds = NONE;
    }

    @Override
    public boolean clear(String hostname) {
        return false;
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
        return null;
    }

    @Override
    public DnsCacheEntry cache(
            String hostname,
            DnsRecord[] additionals,
            InetAddress address,
            long originalTtl,
            EventLoop loop) {
        seconds = Math.min(seconds, originalTtl);
        return new Entry(address, null);
    }

    @Override
    public DnsCacheEntry cache(
            String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        return new Entry(null, cause);
    }

    @Override
    public @Nullable String get(String hostname) {
        return null;
    }

    @Override
    public void cache(String hostname, String cname, long originalTtl, EventLoop loop) {
        seconds = Math.min(seconds, originalTtl);
    }
}
