package dev.outrider.injector.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Values of options: what is taken, and what is said of the rest. */
final class OptionsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    --outbound-port           | 0                | port 0 does not exist; they are 1 to 65535
                    --outbound-port           | 80-90            | '80-90' is a range; name one port
                    --inbound-port            | 15021            | port 15021 is kept for probes
                    --inbound-port            | 15001            | choose another for one of them
                    --exclude-inbound-ports   | 80,x             | 'x' is no port; write ports and ranges such as
                    --exclude-inbound-ports   | 80,,81           | remove the comma that is too many
                    --include-inbound-ports   | 70000            | port 70000 does not exist
                    --include-outbound-ports  | 90-80            | runs backwards; write 80-90
                    --exclude-outbound-ports  | 80 -j ACCEPT   | is no port
                    --exclude-outbound-ranges | 10.1.0.0/8       | write 10.0.0.0/8 or 10.1.0.0/32
                    --exclude-outbound-ranges | 10.0.0.0/33      | a prefix of 33 bits; IPv4 has 0 to 32
                    --include-outbound-ranges | example.org      | 'example.org' is no address range
                    --include-outbound-ranges | ::ffff:10.0.0.1  | is no address range
                    --include-outbound-ranges | 300.0.0.1        | is no address range
                    --proxy-uid               | root             | 'root' is no user or group id
                    --proxy-uid               | 0                | '0' is root
                    --proxy-uid               | 4294967295       | is no user or group id
                    --proxy-gid               | -5               | is no user or group id
                    --exclude-interfaces      | eth0;reboot    | is no interface's name
                    """)
    void aWrongValueIsNamedWithItsOptionAndTheMend(String option, String value, String words) {
        assertThat(run("--dry-run", option + "=" + value)).isEqualTo(2);

        assertThat(err.toString()).contains(words);
        if (!words.startsWith("port 15021") && !words.startsWith("choose")) {
            assertThat(err.toString()).contains(option);
        }
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aDryRunPrintsInputForTheToolAndNothingElse() {
        assertThat(run("--dry-run", "--skip-ipv6", "--exclude-outbound-ports", "25")).isZero();

        assertThat(out.toString().lines().filter(line -> !line.startsWith("#")).toList())
                .first()
                .isIn("table ip outrider", "*nat");
        assertThat(out.toString()).contains("# IPv6: left alone, as --skip-ipv6 says");
        assertThat(out.toString()).containsAnyOf("dport 25 return", "--dport 25 -j RETURN");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpTeachesWithExamples() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString()).contains("outrider init --dry-run", "iptables-legacy", "1337");
    }

    @Test
    void anEmptyProxyUidIsRefused() {
        assertThat(run("--dry-run", "--proxy-uid=")).isEqualTo(2);
        assertThat(err.toString()).contains("name the uid the proxy runs as");
    }

    @Test
    void portsAreSortedAndJoined() {
        assertThat(PortSet.parse("8080, 80,81-90,8081,85-95"))
                .isEqualTo(new PortSet(PortSet.parse("80-95,8080-8081").ranges()));
        assertThat(PortSet.parse("80-95").contains(95)).isTrue();
        assertThat(PortSet.parse("80-95").contains(96)).isFalse();
    }

    @Test
    void rangesWithinOthersAreLeftOut() {
        CidrSet ranges = CidrSet.parse("10.1.0.0/16,10.0.0.0/8,fd00::/8,fd00:1::5,192.168.1.1");

        assertThat(ranges.ranges().stream().map(Cidr::toString))
                .containsExactly("10.0.0.0/8", "fd00::/8", "192.168.1.1/32");
        assertThat(ranges.of(Family.IPV6)).hasSize(1);
        assertThat(ranges.contains(Cidr.parse("10.255.0.1").base())).isTrue();
        assertThat(ranges.contains(Cidr.parse("fe80::1").base())).isFalse();
    }

    @Test
    void addressesPrintAsPeopleWriteThem() {
        assertThat(Cidr.parse("0::0/0")).hasToString("::/0");
        assertThat(Cidr.parse("2001:db8:0:0:0:0:0:1")).hasToString("2001:db8::1/128");
        assertThat(Cidr.parse("fd00::/8")).hasToString("fd00::/8");
        assertThat(Cidr.parse("0.0.0.0/0")).hasToString("0.0.0.0/0");
    }

    @Test
    void tooManyEntriesAreRefused() {
        assertThatThrownBy(() -> PortSet.parse("1,".repeat(100) + "1"))
                .hasMessageContaining("write ranges");
    }

    private int run(String... arguments) {
        return new CommandLine(new InitCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
