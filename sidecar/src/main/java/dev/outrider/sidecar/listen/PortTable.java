package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schemas;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is spoken on which port: what the user says, else what is well known, else {@link
 * AppProtocol#AUTO}.
 *
 * @param named by port, as the user wrote it
 */
public record PortTable(Map<Integer, AppProtocol> named) {
    public static final PortTable DEFAULTS = new PortTable(Map.of());

    /**
     * Protocols whose server speaks first, so that looking at the client's first bytes would only
     * make it wait: FTP, SSH, Telnet, SMTP, POP3, IMAP, submission, MySQL, NATS, VNC. And ones that
     * are never HTTP, where looking gains nothing and a text command (Redis, memcached) might look
     * like it: PostgreSQL, AMQP, Redis, Kafka, memcached, MongoDB.
     */
    private static final Map<Integer, AppProtocol> WELL_KNOWN = wellKnown();

    public PortTable {
        named = Map.copyOf(named);
        for (int port : named.keySet()) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        "ports: " + port + " is not a port (1 to 65535)");
            }
        }
    }

    private static Map<Integer, AppProtocol> wellKnown() {
        Map<Integer, AppProtocol> table = new HashMap<>();
        int[] serverFirst = {21, 22, 23, 25, 110, 143, 587, 3306, 4222, 5900};
        int[] neverHttp = {5432, 5672, 6379, 9092, 11211, 27017};
        for (int port : serverFirst) {
            table.put(port, AppProtocol.TCP);
        }
        for (int port : neverHttp) {
            table.put(port, AppProtocol.TCP);
        }
        return Map.copyOf(table);
    }

    /** The field {@code ports} of a direction's record. */
    public static PortTable field(Fields f, String help) {
        return of(f.optional("ports", Schemas.map(AppProtocol.SCHEMA), Map.of(), help));
    }

    static PortTable of(Map<String, AppProtocol> byText) {
        Map<Integer, AppProtocol> named = new HashMap<>();
        byText.forEach((port, protocol) -> {
            if (!port.matches("[1-9][0-9]{0,4}")) {
                throw new IllegalArgumentException(
                        "ports: '" + port + "' is not a port; write for example 3306: tcp");
            }
            named.put(Integer.parseInt(port), protocol);
        });
        return new PortTable(named);
    }

    public AppProtocol of(int port) {
        AppProtocol protocol = named.get(port);
        return protocol != null ? protocol : WELL_KNOWN.getOrDefault(port, AppProtocol.AUTO);
    }

    /** Whether the user himself says that the port's bytes are to be passed through unread. */
    public boolean saysOpaque(int port) {
        @Nullable AppProtocol protocol = named.get(port);
        return protocol == AppProtocol.TCP || protocol == AppProtocol.TLS;
    }
}
