package dev.outrider.sidecar.discover;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The numbers of a Service's ports, which slices do not say: the cluster's DNS does, in the SRV
 * record of each name. Asked only where it matters. Blocks; one thread at a time.
 */
final class ServicePorts {
    /** Ports do change, and a name server may come back. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    /** So many times a query's own time limit an answer may take. */
    private static final int PATIENCE = 8;

    private final ClusterName name;
    private final KubernetesConfig config;
    private final DnsConfig dns;
    private final RecordLookup records;
    private final Map<String, Integer> numbers = new HashMap<>();

    ServicePorts(ClusterName name, KubernetesConfig config, DnsConfig dns, RecordLookup records) {
        this.name = name;
        this.config = config;
        this.dns = dns;
        this.records = records;
    }

    /** Which port of the pods the wanted one is; {@link PortChoice.Unclear} if nobody says. */
    PortChoice choose(ServiceSlices slices, ServicePort wanted) {
        PortChoice known = PortChoice.of(name.service(), slices, wanted, numbers);
        if (known instanceof PortChoice.Unclear && !numbers.isEmpty()) {
            numbers.clear(); // what they were is not what they are
            known = PortChoice.of(name.service(), slices, wanted, numbers);
        }
        if (!(known instanceof PortChoice.Asking asking)) {
            return known;
        }
        asking.names().forEach(each -> of(each).ifPresent(number -> numbers.put(each, number)));
        PortChoice asked = PortChoice.of(name.service(), slices, wanted, numbers);
        return asked instanceof PortChoice.Asking(Set<String> names)
                ? new PortChoice.Unclear(
                        "which of the ports "
                                + String.join(", ", names)
                                + " of "
                                + name.service()
                                + " has the number "
                                + wanted
                                + " is not in DNS; list the service with the port's name")
                : asked;
    }

    /** The number of the port of that name. */
    OptionalInt of(String port) {
        String domain = new ClusterName("", name.service()).dns(config.clusterDomain());
        try {
            return records.port("_" + port + "._tcp." + domain)
                    .toCompletableFuture()
                    .get(dns.queryTimeout().toMillis() * PATIENCE, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | CompletionException | TimeoutException e) {
            return OptionalInt.empty(); // asked again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }
}
