package dev.outrider.sidecar.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls of all protocols while all changes. {@code -Doutrider.soak.changes=1000} makes it long,
 * {@code -Doutrider.soak.seed} repeats the changes of an earlier run. docs/reliability.md says
 * which calls may fail.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class SoakIT {
    private static final int CHANGES = Integer.getInteger("outrider.soak.changes", 40);
    private static final long SEED =
            Long.getLong("outrider.soak.seed", new SecureRandom().nextInt());
    private static final int LOOKS = CHANGES < 100 ? 2 : 10;
    private static final int CALLS_AFTER_A_CHANGE = 30;
    private static final Pattern AT_REST =
            Pattern.compile(
                    "(?m)^(outrider_(?:active_requests|bulkhead_taken|bulkhead_waiting"
                            + "|tcp_connections|downstream_connections)(?:\\{[^}]*})?) (\\S+)$");

    private final Complaints complaints = new Complaints();
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Map<String, Killable> apps = new LinkedHashMap<>();
    private final Map<String, Outages> outages = new LinkedHashMap<>();
    private SoakMesh mesh;
    private Load load;
    private H2Calls shared;
    private Changes changes;
    private int made;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        for (String name : SoakMesh.SERVERS) {
            outages.put(SoakMesh.service(name), new Outages());
            apps.put(name, app(name));
        }
        mesh = new SoakMesh(folder);
        load = new Load(SEED);
        changes =
                new Changes(mesh, apps, outages, new Random(SEED), this::someCalls, load::turnOver);
        changes.begin();
        shared = new H2Calls(group, mesh.outbound());
        callers();
    }

    private Killable app(String name) throws IOException {
        return switch (SoakMesh.service(name)) {
            case "orders" -> new KillableServer(new H1Conversation());
            case "grpc" -> new H2App(group);
            default -> new KillableServer(SoakIT::echo);
        };
    }

    private static void echo(Socket socket) throws IOException {
        var _ = socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private void callers() {
        Outages orders = outages("orders");
        Outages grpc = outages("grpc");
        for (H1Caller.Kind kind : H1Caller.Kind.values()) {
            load.add("HTTP/1.1 " + kind, orders, new H1Caller(mesh.outbound(), kind));
        }
        for (H2Caller.Kind kind : H2Caller.Kind.values()) {
            Outages called = kind == H2Caller.Kind.GET_TRANSLATED ? orders : grpc;
            load.add("HTTP/2 " + kind, called, new H2Caller(shared, kind));
        }
        for (Pace pace : Pace.values()) {
            TcpCaller caller = new TcpCaller(mesh.port("tcp"), mesh::web, pace);
            load.add("TCP " + pace, outages("tcp"), caller);
        }
    }

    private Outages outages(String service) {
        return Objects.requireNonNull(outages.get(service));
    }

    private void someCalls() {
        long before = load.done();
        await().atMost(SoakMesh.PATIENCE)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(() -> load.done() >= before + CALLS_AFTER_A_CHANGE);
    }

    @AfterEach
    void stop() {
        load.close();
        shared.close();
        mesh.close();
        apps.values().forEach(Killable::close);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
        complaints.close();
    }

    @Test
    void allChangesAndNothingFailsThatCouldBeServed() throws Exception {
        print("seed " + SEED + ", " + CHANGES + " changes");
        load.start();
        someCalls();
        for (int look = 1; look < LOOKS / 2; look++) {
            var _ = changeAndLook(look);
        }
        Levels level = changeAndLook(LOOKS / 2);
        for (int look = LOOKS / 2 + 1; look <= LOOKS; look++) {
            var _ = changeAndLook(look);
        }
        load.tallies().forEach(each -> print(each.toString()));
        print("changes " + changes.made());
        await().atMost(SoakMesh.PATIENCE)
                .untilAsserted(() ->
                        assertThat(levels())
                                .matches(each -> each.within(level), "as in the middle: " + level));
        load.close();
        shared.close();

        assertThat(load.failures()).as("with seed " + SEED).isEmpty();
        assertThat(load.tallies())
                .allSatisfy(each -> assertThat(each.goodCalls()).as(each.kind()).isPositive());
        assertThat(complaints.all()).isEmpty();
        everythingComesToRest();
    }

    private Levels changeAndLook(int look) throws IOException {
        while (made < CHANGES * look / LOOKS) {
            made += changes.next();
        }
        Levels now = levels();
        print(made + " changes, " + load.done() + " calls, " + now);
        return now;
    }

    /** Without calls under way: what is held then is held for good, or until it has idled. */
    private Levels levels() {
        AtomicReference<Levels> levels = new AtomicReference<>();
        load.inSilence(() -> levels.set(Levels.now()));
        return levels.get();
    }

    /** The last connections between sidecars idle until "web" ends. */
    private void everythingComesToRest() {
        await().atMost(SoakMesh.PATIENCE).untilAsserted(() -> atRest("web"));
        mesh.end("web");
        for (String name : SoakMesh.SERVERS) {
            await().atMost(SoakMesh.PATIENCE).untilAsserted(() -> atRest(name));
        }
    }

    private void atRest(String name) {
        Matcher line = AT_REST.matcher(mesh.admin(name, "/metrics"));
        int seen = 0;
        while (line.find()) {
            seen++;
            assertThat(Double.parseDouble(line.group(2))).as(name + " " + line.group(1)).isZero();
        }
        assertThat(seen).isGreaterThanOrEqualTo(6);
    }

    @SuppressWarnings("SystemOut") // what a long run has found is read from its output
    private static void print(String line) {
        System.out.println("soak: " + line);
    }
}
