package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.InetAddress;
import java.util.List;

/**
 * By what a limit counts.
 *
 * @param parts one count for each combination of their values
 * @param absent what holds for a request that lacks a part
 * @param ipv6Prefix how many leading bits of an IPv6 address make a client
 */
public record KeyConfig(List<KeyPart> parts, Absent absent, int ipv6Prefix) {
    static final int IPV6_PREFIX = 64;
    private static final int MOST_PARTS = 8;

    /** What is counted for a request that has nothing of a kind, such as no API key. */
    public enum Absent {
        /** The client's address stands in, so that nobody is spared and nobody shares. */
        CLIENT,
        /** All such requests count as one. */
        SHARED,
        /** The limit does not apply. */
        SKIP
    }

    private static final Schema<Absent> ABSENT = Schemas.oneOf(Absent.class);

    public KeyConfig {
        parts = List.copyOf(parts);
        if (parts.isEmpty() || parts.size() > MOST_PARTS) {
            throw new IllegalArgumentException(
                    "key must name 1 to "
                            + MOST_PARTS
                            + " parts; for one count of all requests write constant:all");
        }
        if (ipv6Prefix < 16 || ipv6Prefix > 128) {
            throw new IllegalArgumentException("ipv6Prefix must be from 16 to 128");
        }
    }

    /** The client's address; of IPv6 its network of 64 bits. */
    public static final KeyConfig CLIENT =
            new KeyConfig(
                    List.of(new KeyPart(KeyPart.Source.CLIENT, "")), Absent.CLIENT, IPV6_PREFIX);

    /** The fields of a record that has a key. */
    static KeyConfig of(Fields f) {
        return new KeyConfig(
                f.optional(
                        "key",
                        Schemas.list(KeyPart.SCHEMA),
                        CLIENT.parts,
                        "what is counted by: client, api-key, user, tenant, route, claim:NAME,"
                                + " header:NAME, constant:TEXT, or a list of these for each"
                                + " combination"),
                f.optional(
                        "absent",
                        ABSENT,
                        Absent.CLIENT,
                        "what a request that lacks a part counts as: its client address, one"
                                + " shared count, or not at all"),
                f.optional(
                        "ipv6Prefix",
                        Schemas.integer(16, 128),
                        IPV6_PREFIX,
                        "leading bits of an IPv6 address that make one client"));
    }

    /** Writes whom the request counts for; false if for nobody. */
    boolean write(Exchange exchange, KeyText text) {
        text.clear();
        for (int i = 0; i < parts.size(); i++) {
            KeyPart part = parts.get(i);
            if (!part.write(exchange, text, ipv6Prefix) && !standIn(exchange, part, text)) {
                return false;
            }
        }
        return true;
    }

    private boolean standIn(Exchange exchange, KeyPart part, KeyText text) {
        switch (absent) {
            case CLIENT -> {
                InetAddress client = exchange.client();
                text.part("no-" + part.source().word());
                text.address(client, ipv6Prefix);
            }
            case SHARED -> text.part("no-" + part.source().word());
            case SKIP -> {
                return false;
            }
        }
        return true;
    }
}
