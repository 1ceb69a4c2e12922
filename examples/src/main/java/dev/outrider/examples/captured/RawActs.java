package dev.outrider.examples.captured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.story.Act;

/** Protocols that the sidecars do not understand, and pass on in mutual TLS. */
enum RawActs implements Act<Scene> {
    REDIS(
            "redis-cli",
            "on web, redis-cli calls redis: by its name, its IPv6 address, and a service address",
            "PONG, and what was set is got; redis' sidecar knew web by its certificate") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            String six = scene.mesh().host(Pod.REDIS).ipv6().getHostAddress();
            says(scene, seen, "redis", "PONG", "PING");
            says(scene, seen, six, "OK", "SET", "tea", "499");
            says(scene, seen, PodFile.REDIS_ADDRESS, "499", "GET", "tea");
        }

        private void says(
                Scene scene, Sightings seen, String host, String wanted, String... command)
                throws Exception {
            int mark = scene.mark(Pod.REDIS);
            String line = "timeout 15 redis-cli -h " + host + " " + String.join(" ", command);
            Finished finished = scene.run(scene.mesh().host(Pod.WEB), line.split(" ", -1));
            String answer = finished.output().strip();
            seen.check(answer.equals(wanted), line.substring(11) + ": " + answer);
            calledByWeb(scene, seen, Pod.REDIS, mark, 6379);
        }
    },

    GREETER(
            "A server that speaks first",
            "on web, a client of port 9000 on orders waits for the greeting, twice",
            "the greeting both times; the second time the sidecar knows and does not wait") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            long silent = scene.counter(Pod.WEB, detected("silent"));
            long first = scene.counter(Pod.WEB, detected("server-first"));
            greeted(scene, seen);
            greeted(scene, seen);
            seen.check(
                    scene.counter(Pod.WEB, detected("silent")) == silent + 1,
                    "once web's sidecar waited for the client to speak");
            seen.check(
                    scene.counter(Pod.WEB, detected("server-first")) == first + 1,
                    "once it knew that the server speaks first");
        }

        private void greeted(Scene scene, Sightings seen) throws Exception {
            int mark = scene.mark(Pod.ORDERS);
            Finished finished =
                    scene.run(scene.mesh().host(Pod.WEB), "timeout", "15", "bash", "-c", TALK);
            String[] lines = finished.output().strip().split("\n", -1);
            seen.check(
                    finished.output().contains("220 orders is ready\n221 bye\n"),
                    String.join(" / ", lines) + " ms");
            calledByWeb(scene, seen, Pod.ORDERS, mark, 9000);
        }
    },

    STRANGER(
            "No way around",
            "a machine outside, and the sidecar's own user on web, call orders and redis in"
                    + " plain text",
            "no answer: strict sidecars want a certificate, and the apps hear nothing") {
        @Override
        public void play(Scene scene, Sightings seen) throws Exception {
            NetHost outside = scene.mesh().outside();
            refused(scene, seen, outside, CapturedMesh.APP, "http://orders:8080/stranger-4", "-4");
            refused(scene, seen, outside, CapturedMesh.APP, "http://orders:8080/stranger-6", "-6");
            NetHost web = scene.mesh().host(Pod.WEB);
            refused(scene, seen, web, CapturedMesh.PROXY, "http://orders:8080/stranger-u", "-4");
            Finished raw = scene.run(outside, "timeout", "15", "bash", "-c", PING);
            seen.check(!raw.output().contains("PONG"), "outside: no PONG from redis");
            seen.check(
                    !scene.mesh().log(Pod.ORDERS.host()).contains("stranger"),
                    "orders' app has heard of none of them");
        }

        private void refused(
                Scene scene, Sightings seen, NetHost from, int uid, String url, String family)
                throws Exception {
            Scene.Met met = scene.curl(from, uid, family, url);
            seen.check(met.status() == 0 && met.code() != 0, from.name() + ": " + met.text());
        }
    };

    /** Prints the greeting, the goodbye and the milliseconds it took. */
    private static final String TALK =
            "exec 3<>/dev/tcp/10.77.0.2/9000; a=$EPOCHREALTIME; read -r line <&3; echo \"$line\";"
                    + " echo quit >&3; read -r line <&3; echo \"$line\"; b=$EPOCHREALTIME;"
                    + " echo $(( (${b/./} - ${a/./}) / 1000 ))";

    private static final String PING =
            "exec 3<>/dev/tcp/10.77.0.3/6379; printf 'PING\\r\\n' >&3; read -r line <&3;"
                    + " echo \"$line\"";

    private final String title;
    private final String does;
    private final String expects;

    RawActs(String title, String does, String expects) {
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

    private static String detected(String protocol) {
        return "outrider_downstream_connections_detected_total{listener=\"outbound\",protocol=\""
                + protocol
                + "\"";
    }

    private static void calledByWeb(Scene scene, Act.Sightings seen, Pod pod, int mark, int port)
            throws Exception {
        JsonNode line =
                scene.logged(
                        pod,
                        mark,
                        it ->
                                it.path("direction").asText().equals("inbound")
                                        && it.path("protocol").asText().equals("tcp"));
        String peer = line.path("peer").asText();
        String destination = line.path("destination").asText();
        seen.check(
                peer.equals(Pod.WEB.id()) && destination.endsWith(":" + port),
                "%s' sidecar: to %s, called by %s".formatted(pod.host(), destination, peer));
    }
}
