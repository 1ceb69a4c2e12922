package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.listen.Capture;
import dev.outrider.sidecar.listen.ExchangeStart;
import dev.outrider.sidecar.listen.Handlers;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.listen.Security;
import dev.outrider.sidecar.outbound.Outbound;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The way out under a real configuration, on a port all of whose connections count as captured on
 * their way to one address: only the kernel, which would say so, is not asked.
 */
final class CapturedWay implements AutoCloseable {
    private final Base base;
    private final InetSocketAddress destination;
    private final Path file;
    private final Listener listener;
    private volatile InForce now;

    CapturedWay(Path folder, InetSocketAddress destination, String yaml) throws IOException {
        this.destination = destination;
        this.file = folder.resolve("captured.yaml");
        ConfigDocument.Loaded<SidecarConfig> loaded = load(yaml);
        this.base = new Base(loaded.config(), Ticker.system());
        this.now = Fitting.fit(base, loaded.config(), loaded.text(), null);
        now.destinations().takeOver(null);
        this.listener = listener(Objects.requireNonNull(loaded.config().outbound()));
        listener.open(base.transport, base.loops);
    }

    private ConfigDocument.Loaded<SidecarConfig> load(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return switch (new ConfigFile(System::getenv).load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> good -> good;
            case ConfigDocument.Invalid<SidecarConfig> bad ->
                    throw new IllegalArgumentException(bad.errors().toString());
        };
    }

    private Listener listener(OutboundConfig outbound) {
        ListenerConfig as = Outbound.listener(outbound);
        ListenerConfig here =
                new ListenerConfig(
                        as.name(),
                        as.direction(),
                        as.address(),
                        as.connections(),
                        as.limits(),
                        as.http2(),
                        Capture.NONE,
                        as.ports(),
                        as.ports().of(destination.getPort()),
                        as.detectTimeout(),
                        as.proxyProtocolFrom(),
                        0);
        return new Listener(
                here,
                new Handlers(
                        (peer, _) ->
                                new ExchangeStart(
                                        Direction.OUTBOUND,
                                        peer,
                                        destination,
                                        () -> way().http(),
                                        base.ticker),
                        it ->
                                way().tcp()
                                        .connected(
                                                new TcpConnection(
                                                        it.direction(),
                                                        it.peer(),
                                                        destination,
                                                        it.serverName()))),
                new Security.Plain(),
                _ -> false,
                base.ticker,
                base.random);
    }

    private Way way() {
        return Objects.requireNonNull(now.outbound());
    }

    int port() {
        return listener.address().getPort();
    }

    /** Puts another configuration in force. */
    void change(String yaml) throws IOException {
        ConfigDocument.Loaded<SidecarConfig> loaded = load(yaml);
        InForce old = now;
        InForce next = Fitting.fit(base, loaded.config(), loaded.text(), old);
        next.destinations().takeOver(old.destinations());
        now = next;
    }

    @Override
    public void close() {
        listener.close();
        listener.cut();
        now.destinations().close();
        base.endLoops();
        Retirement.close(now.parts(), null);
        base.close();
    }
}
