package dev.outrider.sidecar.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls of all protocols while all changes. {@code -Doutrider.soak.changes=1000} makes it long,
 * {@code -Doutrider.soak.seed} repeats the changes of an earlier run. docs/reliability.md says which
 * calls may fail.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class SoakIT {
    private static final int CHANGES = Integer.getInteger("outrider.soak.changes", 60);
    private static final long SEED = Long.getLong("outrider.soak.seed", new SecureRandom().nextInt());
    private static final int CALLS_AFTER_A_CHANGE = 30;
    private static final Pattern AT_REST =
            Pattern.compile(
                    "(?m)^(outrider_(?:active_requests|bulkhead_taken|bulkhead_waiting"
                            + "|tcp_connections|downstream_connections)(?:\\{[^}]*})?) (\\S+)$");

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Map<String, Killable> apps = new LinkedHashMap<>();
    private final Map<String, Outages> outages = new LinkedHashMap<>();
    private SoakMesh mesh;
    private Load load;
    private H2Calls shared;
    private Changes changes;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        for (String name : SoakMesh.SERVERS) {
            outages.put(name.split("-", 2)[0], new Outages());
            apps.put(
                    name,
                    switch (name.charAt(0)) {
                        case 'o' -> new KillableServer(new H1Conversation());
                        case 'g' -> new H2App(group);
                        default ->
                                new KillableServer(socket -> {
                                    var _ =
                                            socket.getInputStream()
                                                    .transferTo(socket.getOutputStream());
                                });
                    });
        }
        mesh = new SoakMesh(folder);
        load = new Load(SEED);
        changes =
                new Changes(
                        mesh, apps, outages, new Random(SEED), this::someCalls, load::turnOver);
        changes.begin();
        shared = new H2Calls(group, mesh.outbound());
        callers();
    }

    private void callers() {
        Outages orders = outages("orders");
        for (H1Caller.Kind kind : H1Caller.Kind.values()) {
            boolean repeatable = kind != H1Caller.Kind.POST_CHUNKED;
            load.add(
                    "HTTP/1.1 " + kind,
                    orders,
                    repeatable && kind != H1Caller.Kind.WEBSOCKET,
                    new H1Caller(mesh.outbound(), kind));
        }
        for (H2Caller.Kind kind : H2Caller.Kind.values()) {
            boolean repeatable =
                    kind == H2Caller.Kind.GET || kind == H2Caller.Kind.GET_TRANSLATED;
            Outages called = kind == H2Caller.Kind.GET_TRANSLATED ? orders : outages("grpc");
            load.add("HTTP/2 " + kind, called, repeatable, new H2Caller(shared, kind));
        }
        load.add("TCP", outages("tcp"), false, new TcpCaller(mesh.port("tcp"), mesh::web));
    }

    private Outages outages(String service) {
        return java.util.Objects.requireNonNull(outages.get(service));
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
    }

    @Test
    void allChangesAndNothingFailsThatCouldBeServed() throws Exception {
        print("seed " + SEED + ", " + CHANGES + " changes");
        load.start();
        someCalls();
        change(CHANGES / 2);
        Levels middle = levels();
        change(CHANGES - CHANGES / 2);
        Levels end = levels();
        load.close();
        shared.close();

        load.tallies().forEach(each -> print(each.toString()));
        print("changes " + changes.made());
        print("middle " + middle);
        print("end    " + end);
        assertThat(load.failures()).as("with seed " + SEED).isEmpty();
        assertThat(load.tallies())
                .allSatisfy(each -> assertThat(each.good().sum()).as(each.kind()).isPositive());
        everythingComesToRest();
        assertThat(end).matches(now -> now.within(middle), "as much as in the middle: " + middle);
    }

    private void change(int count) throws IOException {
        int made = 0;
        while (made < count) {
            made += changes.next();
            if (made % 50 == 0) {
                print(made + " changes, " + load.done() + " calls, " + java.time.Instant.now());
            }
        }
    }

    private Levels levels() {
        load.pause();
        try {
            return Levels.now();
        } finally {
            load.resume();
        }
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
