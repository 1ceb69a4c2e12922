package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.exchange.TraceContext;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
    private static final InstantSource WALL =
            InstantSource.fixed(Instant.parse("2026-11-22T10:00:01Z"));
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final ExchangeObserver NOBODY = new ExchangeObserver() {};

    @TempDir Path directory;

    @Test
    void writesALineWithWhatIsKnown() throws IOException {
        Path file = directory.resolve("access.log");
        try (AccessLog log = open(file, 1)) {
            log.finished(full());
        }
        JsonNode line = new ObjectMapper().readTree(Files.readString(file));
        assertThat(line.get("time").asText()).isEqualTo("2026-11-22T09:59:59Z");
        assertThat(line.get("direction").asText()).isEqualTo("inbound");
        assertThat(line.get("path").asText()).isEqualTo("/pay?card=*&*");
        assertThat(line.get("status").asInt()).isEqualTo(502);
        assertThat(line.get("flags").asText()).isEqualTo("UC,URX");
        assertThat(line.get("reason").asText()).isEqualTo("upstream-reset");
        assertThat(line.get("request_id").asText()).isEqualTo("req-1");
        assertThat(line.get("trace_id").asText()).isEqualTo("00000000000000010000000000000002");
        assertThat(line.get("peer").asText()).isEqualTo("spiffe://cluster.local/ns/shop/sa/web");
        assertThat(line.get("caller").asText()).isEqualTo("alice");
        assertThat(line.get("endpoint").asText()).isEqualTo("10.0.0.2:80");
        assertThat(line.get("attempts")).hasSize(2);
        assertThat(line.get("attempts").get(1).get("ms").asDouble()).isEqualTo(1.5);
        assertThat(line.get("duration_ms").asDouble()).isEqualTo(2_000);
        assertThat(line.get("first_byte_ms").asDouble()).isEqualTo(2_000);
        assertThat(Files.readString(file))
                .doesNotContain("4711")
                .doesNotContain("hunter2")
                .doesNotContain("Bearer");
    }

    @Test
    void atTheEdgeALineTellsWhoTheClientIsAndWhichRouteItTook() throws IOException {
        Path file = directory.resolve("access.log");
        Exchange exchange = Exchanges.get(Direction.EDGE);
        exchange.edge().client(InetAddress.ofLiteral("192.0.2.7"));
        exchange.edge().route("orders");
        exchange.caller(new Caller("acme", "api-key", "0a1B2c3D4e5F", Map.of()));
        exchange.finished(MILLI);
        Exchange nobody = Exchanges.get(Direction.EDGE);
        nobody.finished(MILLI);
        try (AccessLog log = open(file, 1)) {
            log.finished(exchange);
            log.finished(nobody);
        }
        List<String> lines = Files.readAllLines(file);
        JsonNode line = new ObjectMapper().readTree(lines.getFirst());
        assertThat(line.get("client").asText()).isEqualTo("10.1.2.3:40123");
        assertThat(line.get("client_address").asText()).isEqualTo("192.0.2.7");
        assertThat(line.get("route").asText()).isEqualTo("orders");
        assertThat(line.get("caller").asText()).isEqualTo("acme");
        assertThat(line.get("caller_issuer").asText()).isEqualTo("api-key");
        assertThat(line.get("caller_credential").asText()).isEqualTo("0a1B2c3D4e5F");
        line = new ObjectMapper().readTree(lines.getLast());
        assertThat(line.get("client_address").asText()).isEqualTo("10.1.2.3");
        assertThat(line.get("route").isNull()).isTrue();
    }

    @Test
    void writesALineForARelayedConnection() throws IOException {
        Path file = directory.resolve("access.log");
        TcpFlow flow = Flows.of(Direction.OUTBOUND, "db");
        flow.countReceived(10);
        flow.countSent(2_000);
        flow.attempted(new AttemptResult(1, "10.0.0.2:5432", 0, MILLI, 0, null));
        flow.finished(
                new Failure.UpstreamReset("10.0.0.2:5432", "reset", true, true), 2_000 * MILLI);
        try (AccessLog log = open(file, 1)) {
            log.finished(flow);
        }
        JsonNode line = new ObjectMapper().readTree(Files.readString(file));
        assertThat(line.get("time").asText()).isEqualTo("2026-11-22T09:59:59Z");
        assertThat(line.get("direction").asText()).isEqualTo("outbound");
        assertThat(line.get("protocol").asText()).isEqualTo("tcp");
        assertThat(line.get("server_name").asText()).isEqualTo("db.shop");
        assertThat(line.get("destination").asText()).isEqualTo("10.96.0.7:5432");
        assertThat(line.get("flags").asText()).isEqualTo("UC");
        assertThat(line.get("reason").asText()).isEqualTo("response-broken-off");
        assertThat(line.get("client").asText()).isEqualTo("10.1.2.3:4711");
        assertThat(line.get("service").asText()).isEqualTo("db");
        assertThat(line.get("endpoint").asText()).isEqualTo("10.0.0.2:5432");
        assertThat(line.get("received_bytes").asLong()).isEqualTo(10);
        assertThat(line.get("sent_bytes").asLong()).isEqualTo(2_000);
        assertThat(line.get("duration_ms").asDouble()).isEqualTo(2_000);
    }

    @Test
    void aNewFileIsForItsOwnerAndGroup() throws IOException {
        Path file = directory.resolve("access.log");
        try (AccessLog log = open(file, 1)) {
            log.finished(full());
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isIn("rw-r-----", "rw-------");
    }

    @Test
    void noValueCanForgeALine() throws IOException {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        JsonBuffer buffer = new JsonBuffer();
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append((char) random.nextInt(i % 2 == 0 ? 128 : 65_536));
            }
            buffer.open('{');
            buffer.field("a", text.toString());
            buffer.field("b", null);
            buffer.close('}');
            buffer.endLine();
            String line = buffer.toString();
            assertThat(line).as("seed %d, round %d", seed, i).matches("[ -~]*\n");
            assertThat(new ObjectMapper().readTree(line).get("a").asText())
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(text.toString());
            buffer = new JsonBuffer();
        }
    }

    @Test
    void writesToTheNewFileAfterARotation() throws IOException {
        Path file = directory.resolve("access.log");
        Path rotated = directory.resolve("access.log.1");
        try (AccessLog log = open(file, 1)) {
            log.finished(full());
            await().until(() -> Files.exists(file) && Files.size(file) > 0);
            Files.move(file, rotated);
            log.reopen();
            log.finished(full());
            await().until(() -> Files.exists(file) && Files.size(file) > 0);
        }
        assertThat(Files.readAllLines(rotated)).hasSize(1);
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void dropsAndCountsWhileTheWriterIsStuck() {
        CountDownLatch stuck = new CountDownLatch(1);
        AccessLogConfig config = new AccessLogConfig("/unused", 1, false, 64);
        LogFile never = () -> new Stuck(stuck);
        AccessLog log = new AccessLog(config, never, WALL, new SplittableRandom(1));
        for (int i = 0; i < 10_000; i++) {
            log.finished(full());
        }
        assertThat(log.dropped()).isPositive();
        stuck.countDown();
        log.close();
    }

    @Test
    void aFullDiskIsCountedAndStopsNothing() {
        AccessLog log = open(Path.of("/dev/full"), 1);
        log.finished(full());
        await().until(() -> log.failedWrites() > 0);
        for (int i = 0; i < 20_000; i++) {
            log.finished(full());
        }
        assertThat(log.dropped()).isPositive();
        log.close();
    }

    @Test
    void goesOnWhereItStoppedWhenTheDiskHasRoomAgain() {
        StringBuilder written = new StringBuilder();
        LogFile file = () -> new Flaky(written);
        AccessLogConfig config = new AccessLogConfig("/unused", 1, false, 64);
        AccessLog log = new AccessLog(config, file, WALL, new SplittableRandom(1));
        log.finished(full());
        await().until(() -> log.failedWrites() > 0);
        await().until(() -> {
            synchronized (written) {
                return written.toString().endsWith("}\n");
            }
        });
        log.close();
        assertThat(written.toString().lines()).hasSize(1);
        assertThat(written.toString()).startsWith("{\"time\"");
    }

    @Test
    void samplesGoodExchangesAndKeepsTheOthers() throws IOException {
        Path file = directory.resolve("access.log");
        try (AccessLog log = open(file, 0)) {
            Exchange good = Exchanges.get(Direction.OUTBOUND);
            Exchanges.finish(good, log, 200, MILLI);
            Exchange bad = Exchanges.get(Direction.OUTBOUND);
            Exchanges.finish(bad, log, 500, MILLI);
        }
        assertThat(Files.readAllLines(file)).hasSize(1).allMatch(line -> line.contains(":500,"));
    }

    @Test
    void keepsOnlyTheNamesOfAQuery() {
        assertThat(AccessLine.withoutValues("/a")).isEqualTo("/a");
        assertThat(AccessLine.withoutValues("/a?")).isEqualTo("/a?*");
        assertThat(AccessLine.withoutValues("/a?t=1=2&&u=")).isEqualTo("/a?t=*&*&u=*");
    }

    private static AccessLog open(Path file, double sample) {
        return AccessLog.open(
                new AccessLogConfig(file.toString(), sample, false, 64),
                WALL,
                new SplittableRandom(1));
    }

    private static Exchange full() {
        Exchange exchange =
                Exchanges.of(
                        Direction.INBOUND,
                        "POST",
                        "/pay?card=4711&hunter2",
                        "authorization",
                        "Bearer hunter2");
        exchange.request().headers().add("X-Request-Id", "req-1");
        exchange.trace(new TraceContext(1, 2, 3, 0, true, null));
        exchange.caller(new Caller("alice", "https://issuer", "", Map.of()));
        Failure reset = new Failure.UpstreamReset("10.0.0.2:80", "peer \"reset\"\n", true, false);
        Exchanges.attempt(exchange, NOBODY, "10.0.0.1:80", 0, MILLI, 503, null);
        Exchanges.attempt(exchange, NOBODY, "10.0.0.2:80", MILLI, 5 * MILLI / 2, 0, reset);
        exchange.failed(reset);
        exchange.responding(502, 2_000 * MILLI);
        exchange.finished(2_000 * MILLI);
        return exchange;
    }

    private record Stuck(CountDownLatch until) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            try {
                until.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return source.remaining();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Takes ten bytes, then one failure, then all. */
    private record Flaky(StringBuilder written) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            synchronized (written) {
                if (written.length() == 10) {
                    written.append('\0');
                    throw new IOException("no space left");
                }
                int room = written.isEmpty() ? 10 : source.remaining();
                if (written.length() == 11) {
                    written.setLength(10);
                }
                for (int i = 0; i < room; i++) {
                    written.append((char) source.get());
                }
                return room;
            }
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
