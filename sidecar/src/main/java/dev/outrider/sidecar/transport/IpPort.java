package dev.outrider.sidecar.transport;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An IP address and a port; no names, so nothing needs to be resolved to open or reach it. */
public record IpPort(InetAddress address, int port) {
    private static final String FORM = "^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+):([0-9]{1,5})$";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    public static final Schema<IpPort> SCHEMA =
            Schemas.scalar(
                    "ip:port",
                    Map.of("type", "string", "pattern", FORM),
                    new IpPort(InetAddress.getLoopbackAddress(), 15000),
                    IpPort::parse);

    public IpPort {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("expected a port from 0 to 65535");
        }
    }

    public static IpPort parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected an IP address and a port such as 127.0.0.1:15000 or [::1]:15000");
        }
        String host = matcher.group(1).replaceAll("[\\[\\]]", "");
        return new IpPort(InetAddress.ofLiteral(host), Integer.parseInt(matcher.group(2)));
    }

    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString() {
        String host = address.getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
