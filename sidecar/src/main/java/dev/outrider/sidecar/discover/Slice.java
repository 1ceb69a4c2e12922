package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.Fields;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One EndpointSlice (discovery.k8s.io/v1), of which only what matters here is kept.
 *
 * @param v6 whether its addresses are IPv6
 * @param headless whether its Service has no address of its own
 * @param account whose pods these are, all of them with a sidecar; empty: not known to be so
 * @param ports those of TCP
 */
record Slice(boolean v6, boolean headless, String account, List<Port> ports, List<Place> places) {
    static final String SERVICE_LABEL = "kubernetes.io/service-name";

    /** Set on a Service all of whose pods have a sidecar; its slices have the same labels. */
    static final String ACCOUNT_LABEL = "outrider.dev/service-account";

    private static final String HEADLESS_LABEL = "service.kubernetes.io/headless";

    private static final Pattern ACCOUNT =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9._]{0,61}[A-Za-z0-9])?");

    /** Whether calls may go to a place. */
    enum Condition {
        READY,
        /** It ends, and still answers: better than nobody. */
        LEAVING,
        OUT
    }

    /**
     * A port of the pods.
     *
     * @param name that of the Service's port; empty if it has only one
     * @param number 0: every port
     */
    record Port(String name, int number) {}

    /**
     * One pod.
     *
     * @param hostname empty if it has none of its own
     * @param zones who should call it; empty: everybody
     */
    record Place(
            String address,
            Condition condition,
            String hostname,
            @Nullable String zone,
            List<String> zones) {}

    /** Null for one whose addresses are no IP addresses. */
    static @Nullable Slice read(Map<String, @Nullable Object> object) {
        String type = Fields.text(object, "addressType").orElse("");
        boolean v6 = type.equals("IPv6");
        if (!v6 && !type.equals("IPv4")) {
            return null;
        }
        Map<String, String> labels = Fields.labels(object);
        List<Place> places = new ArrayList<>();
        for (Object each : Fields.list(object, "endpoints")) {
            Place place = place(each, v6);
            if (place != null) {
                places.add(place);
            }
        }
        return new Slice(
                v6,
                labels.containsKey(HEADLESS_LABEL),
                account(labels.getOrDefault(ACCOUNT_LABEL, "")),
                ports(object),
                List.copyOf(places));
    }

    /** Label values cannot be anything else; but an identity is made of it. */
    private static String account(String label) {
        return ACCOUNT.matcher(label).matches() ? label : "";
    }

    private static List<Port> ports(Map<String, @Nullable Object> object) {
        List<Port> ports = new ArrayList<>();
        for (Object each : Fields.list(object, "ports")) {
            long number = Fields.number(each, "port").orElse(0L);
            boolean tcp = Fields.text(each, "protocol").orElse("TCP").equals("TCP");
            if (tcp && number >= 0 && number <= 65_535) {
                ports.add(new Port(Fields.text(each, "name").orElse(""), (int) number));
            }
        }
        return List.copyOf(ports);
    }

    /** Of its addresses the first: they are all as good (and nobody writes more than one). */
    private static @Nullable Place place(@Nullable Object endpoint, boolean v6) {
        List<@Nullable Object> addresses = Fields.list(endpoint, "addresses");
        if (addresses.isEmpty() || !(addresses.getFirst() instanceof String address)) {
            return null;
        }
        if (v6 ? !NetUtil.isValidIpV6Address(address) : !NetUtil.isValidIpV4Address(address)) {
            return null;
        }
        List<String> zones = new ArrayList<>();
        for (Object each : Fields.list(endpoint, "hints", "forZones")) {
            Fields.text(each, "name").ifPresent(zones::add);
        }
        return new Place(
                NetUtil.toAddressString(InetAddress.ofLiteral(address)),
                condition(Fields.map(endpoint, "conditions")),
                Fields.text(endpoint, "hostname").orElse(""),
                Fields.text(endpoint, "zone").orElse(null),
                List.copyOf(zones));
    }

    /** What is not said counts as ready, as serving what is ready, and as not ending. */
    private static Condition condition(Map<String, @Nullable Object> conditions) {
        boolean ready = !Boolean.FALSE.equals(conditions.get("ready"));
        if (ready) {
            return Condition.READY;
        }
        boolean serving = Fields.flag(conditions, "serving");
        boolean terminating = Fields.flag(conditions, "terminating");
        return serving && terminating ? Condition.LEAVING : Condition.OUT;
    }
}
