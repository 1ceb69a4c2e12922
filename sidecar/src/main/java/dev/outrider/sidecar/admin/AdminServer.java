package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.PortServer;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The admin port. */
public final class AdminServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;

    private final PortServer server;

    private AdminServer(PortServer server) {
        this.server = server;
    }

    /** Opens the port; the exception says in a sentence why that failed. */
    public static AdminServer start(AdminConfig config, AdminViews views, Ticker ticker)
            throws IOException {
        AdminRoutes routes = new AdminRoutes(views, new Gate(config.hostNames()));
        PortServer.Settings settings =
                new PortServer.Settings(
                        "admin",
                        config.address(),
                        "admin.listen",
                        MOST_CONNECTIONS,
                        config.timeout());
        return new AdminServer(PortServer.start(settings, routes::answer, ticker));
    }

    /** Where it listens, with the real port when 0 was asked for. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** How many connections are open. */
    int connections() {
        return server.connections();
    }

    /** Closes the port and what is open on it. */
    @Override
    public void close() {
        server.close();
    }
}
