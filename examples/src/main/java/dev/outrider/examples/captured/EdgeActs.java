package dev.outrider.examples.captured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.captured.Scene.Met;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.story.Act;

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
    },

    OWN(
            "A pod calls itself",
            "on web, curl calls web's own app: by loopback, by the pod's address, and as a service",
            "the first two straight; the third goes out, and comes in by web's certificate") {
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
