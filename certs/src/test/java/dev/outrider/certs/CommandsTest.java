package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.ca.AuthorityDirectory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands as a person types them. */
class CommandsTest {
    private static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";

    @TempDir Path temp;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aMeshInThreeCommands() throws Exception {
        assertThat(run("certs", "init", "--dir", at("ca"))).isZero();
        assertThat(run("certs", "issue", "--ca", at("ca"), "--id", WEB, "--out", at("web")))
                .isZero();
        assertThat(run("certs", "verify", "--bundle", at("web/bundle.pem"), at("web/svid.pem")))
                .isZero();
        assertThat(run("certs", "show", at("web/svid.pem"))).isZero();

        assertThat(out.toString())
                .contains("ok: " + WEB)
                .contains("URI:" + WEB)
                // A full day within the second in which it was issued.
                .containsPattern("(23h 59m|1d 0h) left")
                .contains("EC_P256");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(temp.resolve("web/svid-key.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aKeyIsNotReplacedUnasked() throws Exception {
        run("certs", "init", "--dir", at("ca"));
        String[] issue = {"certs", "issue", "--ca", at("ca"), "--id", WEB, "--out", at("web")};
        run(issue);
        String key = Files.readString(temp.resolve("web/svid-key.pem"));

        assertThat(run(issue)).isEqualTo(1);
        assertThat(err.toString()).contains("svid-key.pem exists already and is kept; --force");
        assertThat(temp.resolve("web/svid-key.pem")).hasContent(key);
        assertThat(run("certs", "init", "--dir", at("ca"))).isEqualTo(1);
        assertThat(
                        run(
                                "certs", "issue", "--ca", at("ca"), "--id", WEB, "--out", at("web"),
                                "--force"))
                .isZero();
        assertThat(Files.readString(temp.resolve("web/svid-key.pem"))).isNotEqualTo(key);
    }

    @Test
    void verifySaysWhyNotAndBothClocks() {
        run("certs", "init", "--dir", at("ca"));
        run(
                "certs",
                "issue",
                "--ca",
                at("ca"),
                "--id",
                WEB,
                "--out",
                at("old"),
                "--ttl",
                "1h",
                "--valid-from",
                "2026-01-01T00:00:00Z");

        assertThat(run("certs", "verify", "--bundle", at("old/bundle.pem"), at("old/svid.pem")))
                .isEqualTo(1);
        assertThat(out.toString())
                .contains("refused: EXPIRED: the certificate of " + WEB)
                .contains("valid until 2026-01-01T01:00:00Z, our clock says");
    }

    @Test
    void aRequestMadeHereIsSignedThereAndOnlyForItsId() {
        run("certs", "init", "--dir", at("ca"));
        assertThat(run("certs", "csr", "--id", WEB, "--out", at("web"))).isZero();
        String[] sign = {
            "certs",
            "issue",
            "--ca",
            at("ca"),
            "--csr",
            at("web/svid.csr"),
            "--out",
            at("web"),
            "--id",
            WEB
        };
        assertThat(run(sign)).as(err.toString()).isZero();
        assertThat(run("certs", "verify", "--bundle", at("web/bundle.pem"), at("web/svid.pem")))
                .isZero();
        sign[sign.length - 1] = "spiffe://cluster.local/ns/shop/sa/orders";
        assertThat(run(sign)).isEqualTo(1);
        assertThat(err.toString()).contains("the request is for " + WEB);
    }

    @Test
    void aTokenVerifiesAgainstTheJsonBundle() throws Exception {
        run("certs", "init", "--dir", at("ca"));
        out.getBuffer().setLength(0);
        assertThat(run("certs", "jwt", "--ca", at("ca"), "--id", WEB, "--aud", "orders")).isZero();
        String token = out.toString().strip();
        out.getBuffer().setLength(0);
        assertThat(run("certs", "bundle", "--ca", at("ca"), "--format", "json")).isZero();

        assertThat(PlainJwt.verified(token, out.toString(), "jwt-svid").get("sub").asText())
                .isEqualTo(WEB);
    }

    @Test
    void aTokenIsPrintedOnceAndKeptAsAHash() throws Exception {
        run("certs", "init", "--dir", at("ca"));
        out.getBuffer().setLength(0);
        assertThat(run("ca", "token", "--dir", at("ca"), "--id", WEB)).isZero();
        String[] parts = out.toString().strip().split("\\.", -1);

        assertThat(temp.resolve("ca/tokens/" + parts[1] + ".json"))
                .content()
                .contains("sha256", WEB)
                .doesNotContain(parts[2]);
    }

    @Test
    void wrongUsageIs2AndWhatIsMissingIsSaid() {
        assertThat(run("certs")).isEqualTo(2);
        assertThat(run("certs", "issue", "--ca", at("ca"))).isEqualTo(2);
        assertThat(err.toString()).contains("--id");
        assertThat(run("certs", "issue", "--ca", at("ca"), "--id", "web")).isEqualTo(2);
        assertThat(err.toString()).contains("does not start with spiffe://");
        assertThat(run("certs", "show", at("nothing"))).isEqualTo(1);
        assertThat(err.toString()).contains("nothing: no such file");
        assertThat(run("ca", "--dir", at("ca"), "--listen", "nowhere")).isEqualTo(1);
        assertThat(err.toString()).contains("--listen 'nowhere' must be host:port");
    }

    @Test
    void everyCommandsHelpTeachesWithAnExample() {
        CommandLine root = Main.commandLine();
        for (String group : new String[] {"certs", "ca"}) {
            CommandLine command = Objects.requireNonNull(root.getSubcommands().get(group));
            assertThat(command.getUsageMessage()).contains("outrider " + group);
            command.getSubcommands()
                    .forEach((name, sub) ->
                            assertThat(sub.getUsageMessage())
                                    .as(name)
                                    .contains("Example")
                                    .contains("outrider " + group));
        }
    }

    @Test
    void anotherRootIsAskedForOnce() throws Exception {
        run("certs", "init", "--dir", at("ca"));

        assertThat(run("ca", "rotate-root", "--dir", at("ca"))).isZero();
        assertThat(out.toString()).contains("Another root is asked for");
        assertThat(
                        AuthorityDirectory.open(temp.resolve("ca"), new SecureRandom())
                                .load()
                                .rotationRequested())
                .isTrue();
        assertThat(run("ca", "rotate-root")).isEqualTo(2);
        assertThat(run("ca", "rotate-root", "--dir", at("ca"), "--kubernetes")).isEqualTo(2);
        assertThat(err.toString()).contains("which authority? Give --dir or --kubernetes");
        assertThat(run("ca", "rotate-root", "--dir", at("nowhere"))).isEqualTo(1);
        assertThat(err.toString()).contains("holds no authority");
    }

    @Test
    void outsideOfAClusterTheMendIsTold() {
        assertThat(run("ca", "--kubernetes", "--dir", at("ca"))).isEqualTo(2);
        assertThat(err.toString()).contains("--dir and --kubernetes are two places");
        assertThat(run("ca", "--kubernetes")).isEqualTo(1);
        assertThat(err.toString()).contains("give --namespace");
        assertThat(run("ca", "--kubernetes", "--namespace", "outrider-system")).isEqualTo(1);
        assertThat(err.toString()).contains("KUBERNETES_SERVICE_HOST is not set");
    }

    @Test
    void helpNamesWhatThereIsInACluster() {
        assertThat(run("ca", "--help")).isZero();
        assertThat(out.toString())
                .contains("--kubernetes")
                .contains("--issuer-secret")
                .contains("--trust-namespaces")
                .contains("--root-distribution")
                .contains("rotate-root");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String at(String name) {
        return temp.resolve(name).toString();
    }
}
