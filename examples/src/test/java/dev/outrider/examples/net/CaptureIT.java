package dev.outrider.examples.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code outrider init} in network namespaces, with each tool that is installed. Needs root. */
@SuppressWarnings("NullAway.Init") // the machines are made before the first test
final class CaptureIT {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int PROXY = 1337;
    private static final int APP = 4711;

    @TempDir static Path logs;
    private static NetHosts hosts;
    private static Family family;
    private static NetHost web;
    private static NetHost orders;

    @BeforeAll
    static void makeMachines() throws Exception {
        var obstacle = NetHosts.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        hosts = NetHosts.start(List.of("web", "orders", "empty", "bare"), new Random());
        family = new Family(logs);
        web = hosts.host("web");
        orders = hosts.host("orders");
        listen(web, "15001", "15006", "15021", "8080", "2222");
        listen(orders, "8080", "3306");
    }

    @AfterAll
    static void takeThemAway() throws Exception {
        if (family != null) {
            family.close();
        }
        if (hosts != null) {
            hosts.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "iptables-nft", "iptables-legacy"})
    void whatTheAppOpensAndWhatComesInIsCapturedAndTheRestLeftAlone(String backend)
            throws Exception {
        assumeInstalled(backend);
        String before = rules(web);
        Finished first = writeRules(backend);
        assertThat(first.code()).as(first.output()).isZero();
        String once = rules(web);
        Finished again = writeRules(backend);
        assertThat(again.code()).as(again.output()).isZero();
        assertThat(rules(web)).isEqualTo(once).isNotEqualTo(before);

        outward();
        inward();
        toItself();

        Finished cleaned = init(web, "--clean");
        assertThat(cleaned.output()).contains("removed", "address ::6 on lo");
        assertThat(rules(web)).doesNotContainIgnoringCase("outrider").doesNotContain("15001");
        assertThat(init(web, "--clean").output()).contains("nothing of Outrider's");
        assertThat(ask(web, APP, "10.77.0.2", 8080)).isEqualTo("8080 10.77.0.2 8080");
    }

    private static void outward() throws Exception {
        // Both a real machine and an address that nobody has.
        assertThat(ask(web, APP, "10.77.0.2", 8080)).isEqualTo("15001 10.77.0.2 8080");
        assertThat(ask(web, APP, "192.0.2.7", 80)).isEqualTo("15001 192.0.2.7 80");
        assertThat(ask(web, APP, "2001:db8::7", 80)).isEqualTo("15001 2001:db8:0:0:0:0:0:7 80");
        assertThat(ask(web, PROXY, "10.77.0.2", 8080)).isEqualTo("8080 10.77.0.2 8080");
        assertThat(ask(web, PROXY, "fd77::2", 8080)).isEqualTo("8080 fd77:0:0:0:0:0:0:2 8080");
        assertThat(ask(web, APP, "10.77.0.2", 3306)).isEqualTo("3306 10.77.0.2 3306");
        assertThat(ask(web, APP, "198.51.100.9", 80)).isEmpty();
        assertThat(ask(web, APP, "fd99::9", 80)).isEmpty();
    }

    private static void inward() throws Exception {
        assertThat(ask(orders, APP, "10.77.0.1", 8080)).isEqualTo("15006 10.77.0.1 8080");
        assertThat(ask(orders, APP, "fd77::1", 8080)).isEqualTo("15006 fd77:0:0:0:0:0:0:1 8080");
        assertThat(ask(orders, APP, "10.77.0.1", 15001)).isEqualTo("15006 10.77.0.1 15001");
        assertThat(ask(orders, APP, "10.77.0.1", 15021)).isEqualTo("15021 10.77.0.1 15021");
        assertThat(ask(orders, APP, "10.77.0.1", 2222)).isEqualTo("2222 10.77.0.1 2222");
    }

    private static void toItself() throws Exception {
        assertThat(ask(web, APP, "127.0.0.1", 8080)).isEqualTo("8080 127.0.0.1 8080");
        assertThat(ask(web, APP, "::1", 8080)).isEqualTo("8080 0:0:0:0:0:0:0:1 8080");
        assertThat(ask(web, APP, "10.77.0.1", 8080)).isEqualTo("8080 10.77.0.1 8080");
        assertThat(ask(web, PROXY, "127.0.0.1", 8080)).isEqualTo("8080 127.0.0.1 8080");
        assertThat(ask(web, PROXY, "10.77.0.1", 8080)).isEqualTo("15006 10.77.0.1 8080");
        assertThat(ask(web, PROXY, "fd77::1", 8080)).isEqualTo("15006 fd77:0:0:0:0:0:0:1 8080");
    }

    @Test
    void theProbeProvesItAndFailsWhenAnotherRuleComesFirst() throws Exception {
        assumeInstalled("nft");
        NetHost empty = hosts.host("empty");
        Finished good = init(empty, "--exclude-outbound-ports", "25");
        assertThat(good.code()).as(good.output()).isZero();
        assertThat(good.output()).contains("capture works").doesNotContain("FAILED", "skipped");

        tool(empty, "ip", "link", "set", "lo", "down");
        assertThat(init(empty).output()).contains("ip link set lo up");
        tool(empty, "ip", "link", "set", "lo", "up");
        tool(
                empty,
                "nft",
                "add table ip thief; add chain ip thief o { type nat hook output priority"
                        + " -150; }; add rule ip thief o tcp dport 80 redirect to :9");
        Finished bad = init(empty);
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.output()).contains("FAILED", "capture does NOT work");
        tool(empty, "nft", "delete table ip thief");
    }

    @Test
    void withoutTheCapabilityItSaysWhatThePodNeeds() throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-net_admin"));
        command.addAll(initCommand());
        Finished refused = web.run(LONGEST, command);

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.output()).contains("NET_ADMIN", "securityContext");
    }

    @Test
    void withAnInitContainersTwoCapabilitiesTheAppsSideIsProven() throws Exception {
        assumeInstalled("nft");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--bounding-set=-all,+net_admin,+net_raw",
                                "--no-new-privs"));
        command.addAll(initCommand());
        Finished proven = hosts.host("bare").run(LONGEST, command);

        assertThat(proven.code()).as(proven.output()).isZero();
        assertThat(proven.output()).contains("capture works").doesNotContain("FAILED");
        assertThat(proven.output().lines().filter(line -> line.contains("ok  "))).hasSize(6);
        assertThat(proven.output().lines().filter(line -> line.contains("skipped")))
                .hasSize(2)
                .allMatch(line -> line.contains("the proxy to ") && line.contains("SETUID"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nft", "iptables-legacy"})
    void aConnectionThatWasThereGoesOn(String backend) throws Exception {
        assumeInstalled(backend);
        Path go = logs.resolve("go-" + backend);
        // As root, which is no less an app, and may look into the directory of this test.
        Child client =
                family.start(
                        "established-" + backend,
                        web.command(
                                List.of(
                                        "bash",
                                        "-c",
                                        "exec 3<>/dev/tcp/10.77.0.2/8080; read -r a <&3; echo \"$a\";"
                                                + " until [ -e \"$0\" ]; do sleep 0.1; done;"
                                                + " echo again >&3; read -r b <&3; echo \"$b\"",
                                        go.toString())),
                        Map.of());
        await().atMost(LONGEST).until(() -> client.output().contains("8080"));
        assertThat(writeRules(backend).code()).isZero();
        tool(web, "touch", go.toString());

        await().atMost(LONGEST).until(() -> client.output().contains("again"));
        init(web, "--clean");
    }

    private static Finished writeRules(String backend) throws Exception {
        return init(
                web,
                "--skip-probe",
                "--backend",
                backend,
                "--exclude-outbound-ports",
                "3306",
                "--exclude-inbound-ports",
                "2222",
                "--exclude-outbound-ranges",
                "198.51.100.0/24,fd99::/64");
    }

    /** What the one who answers says: the port it listens on, and where the caller was going. */
    private static String ask(NetHost from, int uid, String address, int port) throws Exception {
        String script = "exec 3<>/dev/tcp/$0/$1 && read -r line <&3 && echo \"$line\"";
        Finished finished =
                from.runAs(
                        uid,
                        LONGEST,
                        List.of(
                                "timeout",
                                "2",
                                "bash",
                                "-c",
                                script,
                                address,
                                Integer.toString(port)));
        return finished.code() == 0 ? finished.output().strip() : "";
    }

    private static void assumeInstalled(String backend) {
        assumeTrue(
                SystemTool.find(backend).isPresent(),
                () -> backend + " is not installed; Debian has it in nftables or iptables");
    }

    private static String rules(NetHost host) throws Exception {
        return (toolIfInstalled(host, "nft", "list ruleset")
                        + toolIfInstalled(host, "iptables-legacy-save")
                        + toolIfInstalled(host, "ip6tables-legacy-save"))
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll("packets \\d+ bytes \\d+|\\[\\d+:\\d+]", "");
    }

    private static String toolIfInstalled(NetHost host, String... command) throws Exception {
        return SystemTool.find(command[0]).isPresent() ? tool(host, command) : "";
    }

    private static String tool(NetHost host, String... command) throws Exception {
        Finished finished = host.run(LONGEST, List.of(command));
        assertThat(finished.code()).as(finished.output()).isZero();
        return finished.output();
    }

    private static Finished init(NetHost host, String... options) throws Exception {
        List<String> command = new ArrayList<>(initCommand());
        command.addAll(List.of(options));
        return host.run(LONGEST, command);
    }

    private static List<String> initCommand() {
        return java("dev.outrider.injector.Main", "init");
    }

    private static List<String> java(String main, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void listen(NetHost host, String... ports) throws IOException {
        Child listener =
                family.start(
                        "listener-" + host.name(),
                        host.command(java(RedirectedListener.class.getName(), ports)),
                        Map.of());
        await().atMost(LONGEST).until(() -> listener.output().contains("ready"));
    }
}
