package dev.outrider.sidecar.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigError;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an edge's file may not say, since its parts do not fit together. */
class EdgeConfigTest {
    private static final String GOOD =
            """
            profile: edge
            name: edge
            edge:
              http: {listen: "127.0.0.1:0", redirect: false}
              limits:
                named:
                  all: {quotas: {minute: 100}, cost: 2}
                  paid: {key: api-key, quotas: {minute: 5}, tiers: {gold: {minute: 50}}}
              everyRequest: [all]
              services:
                a: {hosts: [a], endpoints: {static: ["127.0.0.1:1"]}, mtls: false}
                b: {hosts: [b], endpoints: {static: ["127.0.0.1:1"]}, mtls: false}
              serviceLimits: {b: [all]}
              routes:
                - name: r
                  auth: {anonymous: true}
                  requestHeaders: {set: {X-Tenant: t}, rename: {X-Old: X-New}}
                  split: {services: {a: 1, b: 1}, sticky: {header: x-user}}
                  limits: [all, "all*2", paid]
            """;

    @TempDir private Path folder = Path.of("");

    private List<String> errors(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("f.yaml"), yaml);
        return switch (new ConfigFile(_ -> null).load(file, SidecarConfig.SCHEMA)) {
            case ConfigDocument.Loaded<SidecarConfig> _ -> List.of();
            case ConfigDocument.Invalid<SidecarConfig> it ->
                    it.errors().stream().map(ConfigError::toString).toList();
        };
    }

    @Test
    void aLimitMayBeNamedWhereItHoldsAnyway() throws IOException {
        assertThat(errors(GOOD)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "all*2"            | "all*5"            | route 'r': 'all*5' cannot cost 5 here | has charged it 2 before
                    "all*2"            | "all*1"            | route 'r': 'all*1' cannot cost 1 here | another limit
                    {b: [all]}         | {b: ["all*3"]}     | serviceLimits 'b': 'all*3'            | Take it out here or out of everyRequest
                    {b: [all]}         | {b: [none]}        | serviceLimits 'b': there is no limit  | paid
                    {b: [all]}         | {c: [all]}         | serviceLimits names 'c'               | not among services
                    everyRequest: [all]| everyRequest: [paid] | by the caller or the route          | in the routes instead
                    key: api-key,      | key: client,       |                                       |
                    header: x-user     | header: X-Tenant   | route 'r' writes the field of 'split.sticky' | X-Auth-User
                    header: x-user     | header: x-new      | route 'r' writes the field of 'split.sticky' | chosen
                    header: x-user     | header: x-old      |                                       |
                    """)
    void whatDoesNotFitIsNamedWithItsMend(String good, String bad, String what, String mend)
            throws IOException {
        assertThat(GOOD).contains(good);
        List<String> errors = errors(GOOD.replaceFirst(Pattern.quote(good), bad));
        if (what == null) {
            assertThat(errors).isEmpty();
        } else {
            assertThat(errors).singleElement().asString().contains("f.yaml:", what, mend);
        }
    }

    @Test
    void aTierThatNobodyKnowsYetIsRefused() throws IOException {
        String yaml = GOOD.replace("key: api-key,", "").replace("[all]\n  ser", "[paid]\n  ser");
        assertThat(errors(yaml))
                .singleElement()
                .asString()
                .contains("limit 'paid' has tiers", "in the routes instead");
    }
}
