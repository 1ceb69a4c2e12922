package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrider.sidecar.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of the edge, of a route and of the service that its split has chosen. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeLayersIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=([0-9]+)");

    private Mesh mesh;
    private EchoApp app;
    private RedisServer redis;
    private int port;
    private int admin;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        redis = RedisServer.start();
        StringBuilder yaml =
                new StringBuilder(
                        """
                        profile: edge
                        name: edge
                        accessLog: {output: "off"}
                        admin: {listen: "127.0.0.1:0"}
                        runtime: {loops: 1}
                        edge:
                          http: {listen: "127.0.0.1:0", redirect: false}
                          redis: {addresses: ["%s"], budget: 1s}
                          everyRequest: [all]
                          limits:
                            named:
                              all: {quotas: {day: 1000}, key: ["header:x-customer"]}
                        """
                                .formatted(redis.address()));
        yaml.append(
                """
                      calm:
                        algorithm: leaky-bucket
                        quotas: {requests: 1, per: 50s}
                        throttle: {queue: 5, wait: 1m}
                """);
        String limit = "      %s: {quotas: {day: %d}, key: [\"header:x-customer\"], policy: %s}\n";
        for (String policy : new String[] {"local", "redis", "leased"}) {
            yaml.append(limit.formatted("route-" + policy, 10, policy));
            yaml.append(limit.formatted("canary-" + policy, 2, policy));
        }
        String service = "    %s: {hosts: [%s], endpoints: {static: [\"%s\"]}, mtls: false}\n";
        yaml.append("  services:\n").append(service.formatted("old", "old", app.address()));
        StringBuilder limits = new StringBuilder();
        StringBuilder routes = new StringBuilder();
        for (String policy : new String[] {"local", "redis", "leased"}) {
            yaml.append(service.formatted("canary-" + policy, policy, app.address()));
            limits.append("    canary-%s: [all, canary-%s]\n".formatted(policy, policy));
            routes.append(
                    """
                        - name: %1$s
                          match: {path: {prefix: /%1$s}}
                          split: {services: {old: 0, canary-%1$s: 1}}
                          auth: {anonymous: true}
                          limits: [all, route-%1$s]
                          requestHeaders: {set: {X-Goes-To: "$${service}"}}
                    """
                            .formatted(policy));
        }
        yaml.append("  serviceLimits:\n").append(limits);
        yaml.append("  routes:\n").append(routes);
        yaml.append(
                """
                    - name: calm
                      match: {path: {prefix: /calm}}
                      service: old
                      timeout: 5s
                      auth: {anonymous: true}
                      limits: [calm]
                """);
        Sidecar edge = mesh.start("edge", yaml.toString());
        port = Objects.requireNonNull(edge.address("edge-plain")).getPort();
        admin = Objects.requireNonNull(edge.address("admin")).getPort();
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() ->
                        JSON.readTree(RawClient.get(admin, "localhost", "/redis").body())
                                        .path("connected")
                                        .asInt()
                                == 1);
    }

    @AfterAll
    void stop() throws Exception {
        mesh.close();
        redis.close();
        app.close();
    }

    private RawClient.Answer get(String policy, String customer) throws Exception {
        return RawClient.get(port, "h", "/" + policy, "X-Customer: " + customer);
    }

    private int left(String limit, String customer) throws Exception {
        String page = "/limits/" + limit + "?key=header%3D" + customer + "*x-customer";
        JsonNode use = JSON.readTree(RawClient.get(admin, "localhost", page).body());
        JsonNode quota = use.path("quotas").path(0);
        return quota.path("remaining").asInt(-1) + quota.path("heldInAdvance").asInt(-1);
    }

    private int scriptsRun() {
        int calls = 0;
        Matcher each = CALLS.matcher(redis.cli("info", "commandstats"));
        while (each.find()) {
            calls += Integer.parseInt(each.group(1));
        }
        return calls;
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "redis", "leased"})
    void whatTheServicesLimitRefusesIsNotChargedToTheRoute(String policy) throws Exception {
        for (int i = 0; i < 5; i++) {
            RawClient.Answer answer = get(policy, "acme");
            assertThat(answer.status()).as(answer.body()).isEqualTo(i < 2 ? 200 : 429);
            if (i == 0) {
                assertThat(answer.body()).contains("x-goes-to: canary-" + policy);
            }
        }
        assertThat(left("canary-" + policy, "acme")).isZero();
        assertThat(left("route-" + policy, "acme")).isEqualTo(8);
        assertThat(left("all", "acme")).as("the edge decides before").isLessThanOrEqualTo(995);
    }

    @Test
    void whoseTurnComesAfterTheRoutesTimeIsRefusedAtOnce() throws Exception {
        assertThat(get("calm", "acme").status()).isEqualTo(200);
        assertThat(get("calm", "acme").status()).isEqualTo(429);
        JsonNode counts = JSON.readTree(RawClient.get(admin, "localhost", "/limits").body());
        assertThat(counts.path("limits").path("calm").path("throttled").asInt(-1)).isZero();
    }

    @Test
    void redisDecidesTheRouteAndItsServiceInOneStep() throws Exception {
        assertThat(get("redis", "first").status()).isEqualTo(200); // the script is known from here
        int before = scriptsRun();
        assertThat(get("redis", "globex").status()).isEqualTo(200);
        assertThat(get("redis", "globex").status()).isEqualTo(200);
        assertThat(scriptsRun() - before).isEqualTo(2);
    }

    @Test
    void aLimitOfTheEdgeThatRouteAndServiceNameTooIsChargedOnce() throws Exception {
        RawClient.Answer answer = get("local", "initech");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(left("all", "initech")).isEqualTo(999);
        assertThat(answer.header("ratelimit-policy")).containsOnlyOnce("\"all-day\";q=1000");
        assertThat(get("local", "initech").status()).isEqualTo(200);
        assertThat(get("local", "initech").status()).isEqualTo(429);
        assertThat(left("all", "initech")).isEqualTo(997);
    }
}
