package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpFlow;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetirementTest {
    private final EventExecutor loop = new DefaultEventLoop();
    private final Retirement retirement = new Retirement(List.of(loop));

    @AfterEach
    void end() {
        retirement.close();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Part implements AutoCloseable {
        private final AtomicBoolean closed = new AtomicBoolean();

        @Override
        public void close() {
            assertThat(closed.getAndSet(true)).as("closed twice").isFalse();
        }
    }

    private static TcpFlow flow() {
        Peer peer = Peer.plain(new InetSocketAddress("127.0.0.1", 4711));
        return new TcpFlow(new TcpConnection(Direction.OUTBOUND, peer, null, null), "db", 0);
    }

    private Flights change(AutoCloseable... parts) {
        Flights flights = new Flights();
        retirement.entered(flights, List.of(parts));
        retirement.left();
        return flights;
    }

    private void look() throws Exception {
        loop.submit(() -> {}).get(60, TimeUnit.SECONDS);
        retirement.look();
    }

    @Test
    void aPartIsClosedWhenNoSnapshotInUseHasIt() throws Exception {
        Part shared = new Part();
        Part first = new Part();
        Flights flights = change(shared, first);
        TcpFlow flow = flow();
        flights.opened(flow);
        Part last = new Part();
        var _ = change(shared, last);
        look();
        assertThat(first.closed).isFalse();

        flights.finished(flow);
        look();
        assertThat(first.closed).isTrue();
        assertThat(shared.closed).isFalse();
        assertThat(last.closed).isFalse();
        assertThat(retirement.flights()).hasSize(1);
    }

    @Test
    void oneOldConnectionKeepsNothingOfTheChangesAfterIt() throws Exception {
        Part first = new Part();
        Flights flights = change(first);
        flights.opened(flow());
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Part part = new Part();
            parts.add(part);
            var _ = change(part);
            look();
            assertThat(retirement.flights()).hasSizeLessThanOrEqualTo(2);
        }
        assertThat(parts.removeLast().closed).isFalse();
        assertThat(parts).allMatch(each -> each.closed.get());
        assertThat(first.closed).isFalse();
    }

    @Test
    void whoHasReadASnapshotAndNotCountedHimselfKeepsIt() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        Part first = new Part();
        Flights flights = change(first);
        loop.execute(() -> {
            try {
                assertThat(read.await(60, TimeUnit.SECONDS)).isTrue();
                flights.opened(flow());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var _ = change(new Part());
        retirement.look();
        assertThat(first.closed).isFalse();
        read.countDown();
        look();
        assertThat(first.closed).isFalse();
    }

    @Test
    void aSnapshotInForceIsKeptWhileTheNextIsBeingPutInItsPlace() throws Exception {
        Part inForce = new Part();
        var _ = change(inForce);
        retirement.entered(new Flights(), List.of());
        look();
        assertThat(inForce.closed).isFalse();
        retirement.left();
        look();
        assertThat(inForce.closed).isTrue();
    }

    @Test
    void looksByItself() {
        Part first = new Part();
        var _ = change(first);
        var _ = change(new Part());
        await().atMost(Mesh.PATIENCE).untilTrue(first.closed);
    }

    @Test
    void theEndClosesAtOnceAndWaitsForIt() {
        Part first = new Part();
        change(first).opened(flow());
        Part inForce = new Part();
        var _ = change(inForce);
        retirement.close();
        assertThat(first.closed).isTrue();
        assertThat(inForce.closed).isFalse();
    }

    @Test
    void relayedConnectionsThatMoveBytesAreNotQuiet() {
        Flights first = new Flights();
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
