package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RetirementTest {
    private final Flights first = new Flights();
    private final Flights second = new Flights();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch retired = new CountDownLatch(1);

    private static TcpFlow flow() {
        Peer peer = Peer.plain(new InetSocketAddress("127.0.0.1", 4711));
        return new TcpFlow(new TcpConnection(Direction.OUTBOUND, peer, null, null), "db", 0);
    }

    private void retire(Retirement retirement) {
        List<AutoCloseable> parts = List.of(() -> closed.set(true));
        retirement.retire(parts, List.of(), List.of(first, second), retired::countDown);
    }

    @Test
    void waitsForRelayedConnectionsAlsoOfWhatWasInForceEarlier() {
        try (Retirement retirement = new Retirement(Ticker.system())) {
            TcpFlow flow = flow();
            first.opened(flow);
            retire(retirement);
            await().during(Duration.ofSeconds(3)).until(() -> !closed.get());

            first.finished(flow);
            await().untilTrue(closed);
            await().until(() -> retired.getCount() == 0);
        }
    }

    @Test
    void theEndClosesAtOnceAndWaitsForIt() {
        Retirement retirement = new Retirement(Ticker.system());
        first.opened(flow());
        retire(retirement);
        retirement.close();
        assertThat(closed).isTrue();
        assertThat(retired.getCount()).isZero();
    }

    @Test
    void relayedConnectionsThatMoveBytesAreNotQuiet() {
        TcpFlow flow = flow();
        first.opened(flow);
        long opened = first.stirred(Direction.OUTBOUND);
        assertThat(opened).isPositive();
        first.moved(flow, 1, 0);
        assertThat(first.stirred(Direction.OUTBOUND)).isGreaterThan(opened);
        assertThat(first.relayed(Direction.OUTBOUND)).isEqualTo(1);
        assertThat(first.relayed(Direction.INBOUND)).isZero();
        assertThat(first.underWay(Direction.OUTBOUND)).isZero();
        assertThat(first.over()).isFalse();
        first.finished(flow);
        assertThat(first.over()).isTrue();
    }
}
