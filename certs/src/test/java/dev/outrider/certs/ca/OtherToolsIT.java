package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrider.certs.JwtAlgorithm;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.PlainJwt;
import dev.outrider.certs.SecretFiles;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** openssl and curl, which know nothing of us, read what we make and speak to the server. */
class OtherToolsIT {
    @TempDir Path temp;
    private RunningCa ca;

    @BeforeEach
    void start() throws Exception {
        CaSettings defaults = RunningCa.settings();
        ca =
                new RunningCa(
                        temp.resolve("ca"),
                        new CaSettings(
                                defaults.listen(),
                                defaults.hosts(),
                                defaults.svidTtl(),
                                defaults.jwtTtl(),
                                new JwtKeys.Schedule(
                                        JwtAlgorithm.RS256,
                                        Duration.ofHours(1),
                                        Duration.ofMinutes(5)),
                                defaults.perAddress(),
                                defaults.perIdentity()));
        X509Svid svid = ca.svid(RunningCa.WEB, Instant.now(), Duration.ofHours(1));
        SecretFiles.create(temp.resolve("svid.pem"), svid.chainPem());
        SecretFiles.create(temp.resolve("key.pem"), svid.keyPem());
        SecretFiles.create(temp.resolve("bundle.pem"), ca.bundle().toPem());
    }

    @AfterEach
    void stop() throws Exception {
        ca.close();
    }

    @Test
    void opensslVerifiesTheChainAndReadsTheId() throws Exception {
        assumeInstalled("openssl", "version");
        for (String purpose : List.of("sslclient", "sslserver")) {
            assertThat(
                            run(
                                    "openssl",
                                    "verify",
                                    "-x509_strict",
                                    "-purpose",
                                    purpose,
                                    "-CAfile",
                                    "bundle.pem",
                                    "-untrusted",
                                    "svid.pem",
                                    "svid.pem"))
                    .isEqualTo("svid.pem: OK\n");
        }
        assertThat(run("openssl", "x509", "-in", "svid.pem", "-noout", "-text"))
                .contains("URI:" + RunningCa.WEB)
                .contains("TLS Web Server Authentication, TLS Web Client Authentication")
                .contains("CA:FALSE")
                .containsPattern("Subject Alternative Name: critical");
    }

    /** As an API server checks a webhook: the roots it was given, and the name of the Service. */
    @Test
    void opensslTakesAListedDnsName() throws Exception {
        assumeInstalled("openssl", "version");
        String name = "outrider-injector.outrider-system.svc";
        X509Svid injector =
                ca.directory
                        .authority()
                        .issue(
                                SpiffeId.of(
                                        "cluster.local", "outrider-system", "outrider-injector"),
                                KeyAlgorithm.EC_P256,
                                List.of(name),
                                Instant.now(),
                                Duration.ofHours(1));
        SecretFiles.create(temp.resolve("injector.pem"), injector.chainPem());
        assertThat(
                        run(
                                "openssl",
                                "verify",
                                "-x509_strict",
                                "-purpose",
                                "sslserver",
                                "-verify_hostname",
                                name,
                                "-CAfile",
                                "bundle.pem",
                                "-untrusted",
                                "injector.pem",
                                "injector.pem"))
                .isEqualTo("injector.pem: OK\n");
    }

    @Test
    void theAuthoritySignsARequestThatOpensslMade() throws Exception {
        assumeInstalled("openssl", "version");
        assumeInstalled("curl", "--version");
        run(
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "own-key.pem",
                "-out",
                "own.csr",
                "-subj",
                "/CN=whatever",
                "-addext",
                "subjectAltName=URI:" + RunningCa.WEB);
        String chain =
                run(
                        "curl",
                        "-sS",
                        "--cacert",
                        "bundle.pem",
                        "-H",
                        "Authorization: Bearer " + ca.token(RunningCa.WEB),
                        "--data-binary",
                        "@own.csr",
                        ca.uri() + "/v1/svid");
        Files.writeString(temp.resolve("own.pem"), chain);

        X509Svid own = X509Svid.load(temp.resolve("own.pem"), temp.resolve("own-key.pem"));
        assertThat(own.id()).isEqualTo(RunningCa.WEB);
        assertThat(
                        run(
                                "openssl",
                                "verify",
                                "-CAfile",
                                "bundle.pem",
                                "-untrusted",
                                "own.pem",
                                "own.pem"))
                .isEqualTo("own.pem: OK\n");
    }

    @Test
    void curlShowsItsCertificateAndGetsAToken() throws Exception {
        assumeInstalled("curl", "--version");
        String answer =
                run(
                        "curl",
                        "-sS",
                        "--tlsv1.3",
                        "--cacert",
                        "bundle.pem",
                        "--cert",
                        "svid.pem",
                        "--key",
                        "key.pem",
                        "-d",
                        "{\"audience\":\"orders\"}",
                        ca.uri() + "/v1/jwt");
        String jwks = run("curl", "-sS", "--cacert", "bundle.pem", ca.uri() + "/v1/jwks");
        String token = answer.split("\"", -1)[3];

        assertThat(PlainJwt.verified(token, jwks, "sig").get("sub").asText())
                .isEqualTo(RunningCa.WEB.toString());
    }

    private void assumeInstalled(String tool, String argument) {
        boolean there;
        try {
            run(tool, argument);
            there = true;
        } catch (IOException | InterruptedException e) {
            there = false;
        }
        assumeTrue(there, tool + " is not installed");
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path errors = temp.resolve("errors");
        Process process =
                new ProcessBuilder(command)
                        .directory(temp.toFile())
                        .redirectError(errors.toFile())
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s %s", List.of(command), output, Files.readString(errors))
                .isZero();
        return output;
    }
}
