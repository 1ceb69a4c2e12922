package dev.outrider.examples.captured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.captured.Scene.Met;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.story.Act;
import java.util.List;

/** Calls of HTTP from web to orders. */
enum HttpActs implements Act<Scene> {
    CURL(
            "curl http://orders/",
            "on web, curl calls orders by its name, over IPv4; it knows of no proxy",
            "200; orders' sidecar knew web by its certificate, and checked its token") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            Met met = scene.curl(Pod.WEB, "-4", "http://orders/curl");
            came(scene, seen, met, "/curl");
            seen.check(met.header("workload-identity-token").isEmpty(), "the app saw no token");
            Met bare = scene.curl(Pod.WEB, "--resolve", "*:80:10.77.0.2", BARE);
            seen.check(bare.status() == 401, "without a token: " + bare.text());
        }
    },

    IMPOSTOR(
            "Somebody else in the place of orders",
            "web's configuration says that orders is where redis is",
            "502: redis' sidecar has a certificate of the mesh, but not orders'") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            Met met =
                    scene.curl(
                            Pod.WEB,
                            "--resolve",
                            "*:80:10.77.0.2",
                            "http://orders-impersonated/impostor");
            seen.check(met.status() == 502, met.text());
        }
    },

    JAVA(
            "A Java client",
            "on web, a program calls orders with Java's own HTTP client",
            "200, in the same way") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            List<String> program =
                    scene.mesh()
                            .programs()
                            .program(
                                    "-Xmx64m",
                                    JavaCaller.class.getName(),
                                    List.of("http://orders/java"));
            Finished finished =
                    scene.mesh().host(Pod.WEB).runAs(CapturedMesh.APP, Scene.LONGEST, program);
            String last = finished.output().strip().lines().reduce("", (_, line) -> line);
            seen.check(last.startsWith("200 HTTP_"), last);
            peer(scene, seen, "/java");
        }
    },

    HTTP2(
            "HTTP/2 without a word before",
            "on web, curl speaks HTTP/2 at once (prior knowledge); the app speaks HTTP/1.1 only",
            "200 in HTTP/2, and the app asked in its own tongue") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            Met met = scene.curl(Pod.WEB, "--http2-prior-knowledge", "http://orders/two");
            came(scene, seen, met, "/two");
            seen.check(met.version().equals("2"), "curl was answered in HTTP/" + met.version());
        }
    },

    IPV6(
            "IPv6",
            "on web, curl connects over IPv6, and web's sidecar to that of orders, too",
            "200; the app was called from ::6, the address that means its own sidecar") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            Met near = scene.curl(Pod.WEB, "-6", "http://orders/six-near");
            came(scene, seen, near, "/six-near");
            Met met =
                    scene.curl(
                            Pod.WEB,
                            "--resolve",
                            "orders-by-ipv6:80:[fd77::2]",
                            "http://orders-by-ipv6/six");
            came(scene, seen, met, "/six");
            String from = met.json().path("from").asText();
            seen.check(from.equals("0:0:0:0:0:0:0:6"), "the app was called from " + from);
        }
    };

    private static final String BARE = "http://orders-without-token/bare";

    private final String title;
    private final String does;
    private final String expects;

    HttpActs(String title, String does, String expects) {
        this.title = title;
        this.does = does;
        this.expects = expects;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String does() {
        return does;
    }

    @Override
    public String expects() {
        return expects;
    }

    private static void came(Scene scene, Sightings seen, Met met, String path) throws Exception {
        seen.check(met.good(), met.text());
        seen.check(met.json().path("app").asText().equals("orders"), "orders' app answered");
        peer(scene, seen, path);
    }

    private static void peer(Scene scene, Sightings seen, String path) throws Exception {
        JsonNode line = scene.asked(Pod.ORDERS, path);
        String peer = line.path("peer").asText();
        seen.check(peer.equals(Pod.WEB.id()), "orders' sidecar: called by " + peer);
    }
}
