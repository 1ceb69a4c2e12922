package dev.outrider.sidecar.discover;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name that the cluster's DNS would have: of a Service, or of one pod of it that has a host name,
 * as those of a StatefulSet do.
 *
 * @param hostname empty for the whole Service
 * @param text the shortest form that says it all
 */
public record ClusterName(String hostname, ServiceName service, String text) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final String SVC = "svc";
    private static final int LONGEST = 253;

    public ClusterName(String hostname, ServiceName service) {
        this(
                hostname,
                service,
                hostname.isEmpty() ? service.toString() : hostname + "." + service + "." + SVC);
    }

    /**
     * Understands {@code svc}, {@code svc.ns}, {@code svc.ns.svc} and {@code pod.svc.ns.svc}, the
     * last two also with {@code clusterDomain} behind them.
     *
     * @param host without a port, in any case
     * @param namespace what a lone label is of
     * @return null for everything else, such as addresses and names of the outside
     */
    public static @Nullable ClusterName parse(String host, String namespace, String clusterDomain) {
        if (host.isEmpty() || host.length() > LONGEST) {
            return null;
        }
        String name = host.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        String domain = "." + clusterDomain;
        boolean whole = name.endsWith(domain);
        if (whole) {
            name = name.substring(0, name.length() - domain.length());
        }
        List<String> labels = List.of(name.split("\\.", -1));
        if (name.equals("localhost")
                || !labels.stream().allMatch(each -> LABEL.matcher(each).matches())) {
            return null;
        }
        boolean svc = labels.size() > 2 && labels.getLast().equals(SVC);
        return whole && !svc ? null : of(labels, svc, namespace);
    }

    private static @Nullable ClusterName of(List<String> labels, boolean svc, String namespace) {
        int count = svc ? labels.size() - 1 : labels.size();
        return switch (count) {
            case 1 -> new ClusterName("", new ServiceName(labels.get(0), namespace));
            case 2 -> new ClusterName("", new ServiceName(labels.get(0), labels.get(1)));
            case 3 ->
                    svc
                            ? new ClusterName(
                                    labels.get(0), new ServiceName(labels.get(1), labels.get(2)))
                            : null;
            default -> null;
        };
    }

    /** As the cluster's DNS has it. */
    String dns(String clusterDomain) {
        String pod = hostname.isEmpty() ? "" : hostname + ".";
        return pod + service + "." + SVC + "." + clusterDomain;
    }

    /** The shortest form that says it all, which is understood again. */
    @Override
    public String toString() {
        return text;
    }
}
