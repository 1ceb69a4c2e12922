package dev.outrider.sidecar.soak;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Changes something, at random: one thread. Remembers what stands, so that it can stand again. */
final class Changes {
    private final SoakMesh mesh;
    private final Map<String, Killable> apps;
    private final Map<String, Outages> outages;
    private final Random random;
    private final Map<Kind, Integer> made = new EnumMap<>(Kind.class);
    private final Runnable traffic;
    private final Runnable turnOver;
    private String orders = "";
    private String grpc = "";
    private int serial;

    /** With how many of a hundred changes are of the kind. */
    enum Kind {
        CALLERS_CONFIGURATION(31),
        SERVERS_CONFIGURATION(20),
        ENDPOINTS(22),
        SERVICE_ADDED_OR_REMOVED(6),
        CERTIFICATE(6),
        ROOT(1),
        APP_KILLED(9),
        SIDECAR_KILLED(2),
        SIDECAR_RESTARTED(3);

        private final int share;

        Kind(int share) {
            this.share = share;
        }
    }

    /**
     * @param traffic returns when some calls were made
     * @param turnOver returns when no call is left that began before
     */
    Changes(
            SoakMesh mesh,
            Map<String, Killable> apps,
            Map<String, Outages> outages,
            Random random,
            Runnable traffic,
            Runnable turnOver) {
        this.mesh = mesh;
        this.apps = apps;
        this.outages = outages;
        this.random = random;
        this.traffic = traffic;
        this.turnOver = turnOver;
    }

    /** What all begins with. */
    void begin() throws IOException {
        for (String name : SoakMesh.SERVERS) {
            server(name);
        }
        both();
        caller();
    }

    Map<Kind, Integer> made() {
        return made;
    }

    /** Makes one change, or as many as belong together; says how many. */
    int next() throws IOException {
        Kind kind = draw();
        int changes =
                switch (kind) {
                    case CALLERS_CONFIGURATION -> {
                        caller();
                        yield 1;
                    }
                    case SERVERS_CONFIGURATION -> {
                        server(one(SoakMesh.SERVERS));
                        yield 1;
                    }
                    case ENDPOINTS -> {
                        endpoints();
                        yield 1;
                    }
                    case SERVICE_ADDED_OR_REMOVED -> {
                        serial++;
                        caller();
                        yield 1;
                    }
                    case CERTIFICATE -> {
                        mesh.renew(List.of(one(mesh.names())));
                        yield 1;
                    }
                    case ROOT -> {
                        root();
                        yield 3;
                    }
                    case APP_KILLED -> {
                        killApp(one(List.copyOf(apps.keySet())));
                        yield 1;
                    }
                    case SIDECAR_KILLED -> {
                        killSidecar(one(SoakMesh.DOUBLED));
                        yield 1;
                    }
                    case SIDECAR_RESTARTED -> {
                        allThere();
                        mesh.restart(one(SoakMesh.DOUBLED));
                        yield 1;
                    }
                };
        made.merge(kind, changes, Integer::sum);
        traffic.run();
        return changes;
    }

    private Kind draw() {
        int number = random.nextInt(100);
        for (Kind each : Kind.values()) {
            number -= each.share;
            if (number < 0) {
                return each;
            }
        }
        throw new IllegalStateException("the shares are not 100");
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private void root() throws IOException {
        mesh.addRoot();
        traffic.run();
        mesh.renew(mesh.names());
        traffic.run();
        mesh.dropOldRoot();
    }

    /** Another instance is there all the time, but for raw TCP. */
    private void killApp(String name) throws IOException {
        allThere();
        Killable app = Objects.requireNonNull(apps.get(name));
        Outages service = outages(name);
        traffic.run(); // it dies with calls under way
        service.begin();
        app.kill();
        traffic.run();
        app.restart();
        service.end();
    }

    /** It says no goodbye to anybody. */
    private void killSidecar(String name) throws IOException {
        allThere();
        Outages service = outages(name);
        traffic.run(); // it dies with calls under way
        service.begin();
        mesh.end(name);
        traffic.run();
        mesh.start(name);
        service.end();
    }

    private Outages outages(String instance) {
        return Objects.requireNonNull(outages.get(SoakMesh.service(instance)));
    }

    /** A call keeps the endpoints it began with, so those with only one must be over. */
    private void allThere() throws IOException {
        both();
        caller();
        turnOver.run();
    }

    private void both() {
        orders = endpoint("orders-a") + ", " + endpoint("orders-b");
        grpc = endpoint("grpc-a") + ", " + endpoint("grpc-b");
    }

    private String endpoint(String name) {
        return "\"127.0.0.1:" + mesh.port(name) + "\"";
    }

    private void endpoints() throws IOException {
        both();
        String weighted = "\"127.0.0.1:%d weight=%d\"";
        switch (random.nextInt(4)) {
            case 0 -> orders = endpoint(one(List.of("orders-a", "orders-b")));
            case 1 -> grpc = endpoint(one(List.of("grpc-a", "grpc-b")));
            case 2 ->
                    orders =
                            endpoint("orders-b")
                                    + ", "
                                    + weighted.formatted(
                                            mesh.port("orders-a"), random.nextInt(2, 9));
            default -> {} // both again
        }
        caller();
    }

    private void caller() throws IOException {
        mesh.configure(
                "web",
                """
                outbound:
                  listen: 127.0.0.1:0
                  services:
                    orders:
                      hosts: [orders]
                      endpoints: {static: [%s]}
                %s    grpc:
                      hosts: [grpc]
                      endpoints: {static: [%s]}
                %s    other-%d: {hosts: [other-%d], endpoints: {static: ["127.0.0.1:9"]}}
                """
                        .formatted(orders, service(), grpc, service(), serial % 5, serial % 5));
    }

    /** Settings that change nothing for good calls. An endpoint is set aside for a short time. */
    private String service() {
        return """
              timeout: %ds
              retry: {attempts: %d}
              breaker: {minimumRequests: %d}
              bulkhead: {concurrent: %d}
              balance: {algorithm: %s}
              pool: {idlePerEndpoint: %d, idle: %ds}
              outliers: {baseEjection: 200ms, maxEjection: 1s}
        """
                .formatted(
                        random.nextInt(30, 60),
                        random.nextInt(2, 5),
                        random.nextInt(20, 200),
                        random.nextInt(100, 1000),
                        one(List.of("peak-ewma", "least-requests", "round-robin", "weighted")),
                        random.nextInt(1, 256),
                        random.nextInt(2, 30));
    }

    private void server(String name) throws IOException {
        Killable app = Objects.requireNonNull(apps.get(name));
        String protocol =
                switch (name.charAt(0)) {
                    case 'o' -> "http1";
                    case 'g' -> "http2";
                    default -> "auto";
                };
        mesh.configure(
                name,
                """
                inbound:
                  listen: 127.0.0.1:%d
                  app: 127.0.0.1:%d
                  protocol: %s
                  timeout: %ds
                  idle: %ds
                  appIdle: %ds
                  bulkhead: {concurrent: %d}
                  access: [{name: rule-%d, allow: {from: [spiffe://cluster.local/ns/shop/sa/web]}}]
                """
                        .formatted(
                                mesh.port(name),
                                app.port(),
                                protocol,
                                random.nextInt(30, 60),
                                random.nextInt(60, 300),
                                random.nextInt(2, 30),
                                random.nextInt(100, 1000),
                                random.nextInt(5)));
    }
}
