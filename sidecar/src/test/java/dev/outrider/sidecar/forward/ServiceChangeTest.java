package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service and the one that is to take its place share what they know. */
class ServiceChangeTest {
    private static final Endpoint STAYS = new Endpoint("127.0.0.1", 7001);
    private static final Endpoint GOES = new Endpoint("127.0.0.1", 7002);
    private static final Endpoint HEAVIER = new Endpoint("127.0.0.1", 7001, 9, null);
    private static final Endpoint COMES = new Endpoint("127.0.0.1", 7003);

    private final ServiceConfig config = new ServiceConfigs.Knobs().config();
    private final Service service =
            Service.of("orders", config, TcpRig.context(null, Ticker.system()));

    private Service pending() {
        service.update(new EndpointSet(5, List.of(STAYS, GOES)));
        Service next = service.under(config);
        next.update(new EndpointSet(1, List.of(HEAVIER, COMES)));
        return next;
    }

    private static List<Integer> weights(Service service) {
        return service.members().all().stream().map(Member::weight).toList();
    }

    private boolean runsAt(Endpoint endpoint) {
        return service.runsAt(new InetSocketAddress(endpoint.host(), endpoint.port()));
    }

    @Test
    void whatIsToComeChangesNothingOfWhatIsInForce() {
        Service next = pending();
        assertThat(weights(service)).containsExactly(1, 1);
        assertThat(runsAt(STAYS)).isTrue();
        assertThat(runsAt(GOES)).isTrue();
        assertThat(weights(next)).containsExactly(1, 1);
    }

    @Test
    void whatItWasToldHoldsOnceItIsInForce() {
        Service next = pending();
        Member kept = service.members().all().getFirst();
        service.replacedBy(next);
        assertThat(next.members().all().getFirst()).isSameAs(kept);
        assertThat(weights(next)).containsExactly(9, 1);
        assertThat(next.runsAt(new InetSocketAddress("127.0.0.1", COMES.port()))).isTrue();

        // A source that has not heard that it was closed speaks for nobody.
        service.update(new EndpointSet(6, List.of(GOES)));
        assertThat(next.runsAt(new InetSocketAddress("127.0.0.1", COMES.port()))).isTrue();
    }
}
