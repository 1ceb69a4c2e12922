package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.PortRequest;
import dev.outrider.sidecar.aside.RequestRefused;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps web pages and strangers out. A page in the operator's browser reaches loopback too: by DNS
 * rebinding, which needs a name in Host, and by cross-site posts, which carry an Origin. So Host
 * must be localhost, an IP address or a configured name, and a change must have no Origin or its
 * own. Callers that are not on loopback get health and metrics only.
 */
final class Gate {
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9a-fA-F:.]+]|[0-9A-Za-z._-]+)(:[0-9]{1,5})?");
    private static final Pattern IP = Pattern.compile("\\[.*]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private final Set<String> names;

    Gate(List<String> names) {
        this.names =
                names.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet());
    }

    void check(PortRequest request, boolean open) throws RequestRefused {
        Matcher host = HOST.matcher(request.header("host"));
        if (!host.matches()) {
            throw new RequestRefused(400, "the Host header is missing or malformed");
        }
        String name = host.group(1).toLowerCase(Locale.ROOT);
        if (!name.equals("localhost") && !IP.matcher(name).matches() && !names.contains(name)) {
            throw new RequestRefused(
                    421, "this Host is not known here; add it to 'hostNames' of the admin port");
        }
        if (!open && !request.caller().isLoopbackAddress()) {
            throw new RequestRefused(403, "only callers on loopback may see or do this");
        }
        if (request.changes() && crossSite(request)) {
            throw new RequestRefused(403, "changes are not taken from the pages of other sites");
        }
    }

    private static boolean crossSite(PortRequest request) {
        String site = request.header("sec-fetch-site");
        if (!site.isEmpty() && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        String origin = request.header("origin");
        if (origin.isEmpty()) {
            return false;
        }
        try {
            String authority = URI.create(origin).getAuthority();
            return authority == null || !authority.equalsIgnoreCase(request.header("host"));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
