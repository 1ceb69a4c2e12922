package dev.outrider.examples.captured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.captured.Scene.Met;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.story.Act;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Where capture ends. */
enum EdgeActs implements Act<Scene> {
    UNKNOWN(
            "Destinations that no configuration knows",
            "web (unknown: pass) and orders (unknown: refuse) call the machine outside",
            "web is let pass in plain text, orders is refused") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            Met passed = scene.curl(Pod.WEB, "http://outside:8080/passed");
            seen.check(passed.good(), "web: " + passed.text());
            Met six = scene.curl(Pod.WEB, "-6", "http://outside:8080/passed-6");
            seen.check(six.good(), "web over IPv6: " + six.status());
            nothingOfTheMesh(scene, seen);
            Met refused = scene.curl(Pod.ORDERS, "http://outside:8080/refused");
            seen.check(refused.status() >= 400, "orders: " + refused.text());
            NetHost orders = scene.mesh().host(Pod.ORDERS);
            Finished raw =
                    scene.run(
                            orders,
                            "timeout",
                            "10",
                            "bash",
                            "-c",
                            "exec 3<>/dev/tcp/10.77.0.4/9000; read -r line <&3; echo \"$line\"");
            seen.check(!raw.output().contains("220"), "orders, raw TCP: no greeting");
            seen.check(
                    !scene.mesh().log(Pod.OUTSIDE).contains("/refused"),
                    "the app outside has heard of web only");
        }

        private void nothingOfTheMesh(Scene scene, Sightings seen) throws Exception {
            Met met =
                    scene.curl(
                            Pod.WEB,
                            "-H",
                            "X-Request-Id: web's own",
                            "-H",
                            "Outrider-Timeout-Ms: 9000",
                            "http://outside:8080/strange");
            List<String> fields = new ArrayList<>();
            met.json().path("headers").fieldNames().forEachRemaining(fields::add);
            Collections.sort(fields);
            seen.check(
                    fields.equals(List.of("accept", "host", "user-agent", "x-request-id"))
                            && met.header("x-request-id").equals("web's own"),
                    "nothing was added to what web's app sent: " + String.join(", ", fields));
        }
    },

    CHANGE(
            "Connections live through changes",
            "on web, a program keeps a connection of HTTP and one to a server that speaks first;"
                    + " meanwhile the configuration of web's sidecar changes ten times",
            "both connections go on, and every call is answered") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            Path end = scene.mesh().flag("changed");
            List<String> program =
                    scene.mesh()
                            .programs()
                            .program(
                                    "-Xmx64m",
                                    SteadyCaller.class.getName(),
                                    List.of(
                                            "http://orders:8080/steady",
                                            "orders",
                                            "9000",
                                            end.toString()));
            int mark = scene.mark(Pod.ORDERS);
            FutureTask<Finished> caller =
                    new FutureTask<>(() ->
                            scene.run(scene.mesh().host(Pod.WEB), program.toArray(String[]::new)));
            Thread.startVirtualThread(caller);
            String last = "none";
            try {
                scene.logged(Pod.ORDERS, mark, it -> it.path("path").asText().equals("/steady"));
                PodFile file = scene.mesh().file(Pod.WEB);
                for (int i = 1; i <= CHANGES; i++) {
                    last = scene.mesh().change(Pod.WEB, file.changed(i));
                }
            } finally {
                Files.createFile(end);
            }
            String output = caller.get().output();
            seen.check(
                    last.endsWith(" 200"),
                    "web's sidecar, of the last change: " + last.replace("\n", ""));
            seen.check(
                    output.startsWith("220 orders is ready\n221 bye\n"),
                    "the program: " + output.strip().replace("\n", " / "));
        }
    },

    OWN(
            "A pod calls itself",
            "on web, curl calls web's own app: by loopback, by the pod's address, and as a service",
            "the first two straight; the third goes out, and comes in by web's certificate, once") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            straight(scene, seen, "http://127.0.0.1:8080/loopback", "/loopback");
            straight(scene, seen, "http://[::1]:8080/loopback-6", "/loopback-6");
            straight(scene, seen, "http://10.77.0.1:8080/own", "/own");
            straight(scene, seen, "http://[fd77::1]:8080/own-6", "/own-6");
            Met met = scene.curl(Pod.WEB, "--resolve", "web:80:10.77.0.201", "http://web/service");
            seen.check(met.good(), met.text());
            JsonNode line = scene.asked(Pod.WEB, "/service");
            String peer = line.path("peer").asText();
            seen.check(peer.equals(Pod.WEB.id()), "web's sidecar: called by " + peer);
            String from = met.json().path("from").asText();
            seen.check(from.equals("127.0.0.6"), "web's app: called from " + from);
        }

        private void straight(Scene scene, Sightings seen, String url, String path)
                throws Exception {
            Met met = scene.curl(Pod.WEB, url);
            boolean untouched =
                    met.header("traceparent").isEmpty()
                            && met.header("x-forwarded-client-cert").isEmpty();
            seen.check(
                    met.good() && untouched && met.json().path("path").asText().equals(path),
                    url + ": " + met.status() + (untouched ? ", no sidecar in between" : ""));
        }
    };

    private static final int CHANGES = 10;

    private final String title;
    private final String does;
    private final String expects;

    EdgeActs(String title, String does, String expects) {
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
}
