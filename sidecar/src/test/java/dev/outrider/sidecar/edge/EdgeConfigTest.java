package dev.outrider.sidecar.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigError;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.ConfigLayer;
import dev.outrider.sidecar.config.ConfigLayers;
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
              clients: {}
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
        return errors(new ConfigFile(_ -> null).load(file, SidecarConfig.SCHEMA));
    }

    private static List<String> errors(ConfigDocument<SidecarConfig> document) {
        return switch (document) {
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
                    "all*2"            | "all*5"            | 20:21 edge.routes[0].limits[1]: 'all*5' cannot cost 5 here | has charged it 2 before
                    "all*2"            | "all*1"            | 20:21 edge.routes[0].limits[1]: 'all*1' cannot cost 1 here | another limit
                    {b: [all]}         | {b: ["all*3"]}     | 14:23 edge.serviceLimits.b[0]: 'all*3' cannot cost | Take it out here or out of everyRequest
                    {b: [all]}         | {b: all*3}         | 14:19 edge.serviceLimits.b: 'all*3' cannot cost | Take it out here or out of everyRequest
                    {b: [all]}         | {b: [none]}        | 14:23 edge.serviceLimits.b[0]: there is no limit 'none' | paid
                    {b: [all]}         | {c: [all]}         | 14:19 edge.serviceLimits.c: 'c' is not among services | name one of a, b
                    everyRequest: [all]| everyRequest: [paid] | 10:18 edge.everyRequest[0]: limit 'paid' counts by the caller or the route | in the routes instead
                    {gold: {minute: 50}}} | {gold: {minute: 1}}, cost: 2} | 9:57 edge.limits.named.paid.tiers.gold: a cost of 2 never fits into 1 units | raise the quota
                    {quotas: {minute: 100}, cost: 2} | {quotas: {minute: 1}, cost: 2} | 8:13 edge.limits.named.all.quotas: a cost of 2 never fits into 1 units | raise the quota
                    limits: [all, "all*2", paid] | limits: [all, "paid*6"] | 20:21 edge.routes[0].limits[1]: a cost of 6 never fits into 5 units | lower the cost
                    split: {services: {a: 1, b: 1} | split: {services: {a: 1, c: 1} | 19:32 edge.routes[0].split.services.c: 'c' is not among services | add it there
                    limits: [all, "all*2", paid] | mirror: {service: c} | 20:16 edge.routes[0].mirror.service: 'c' is not among services | add it there
                    split: {services: {a: 1, b: 1}, sticky: {header: x-user}} | service: c | 19:7 edge.routes[0].service: 'c' is not among services | add it there
                    auth: {anonymous: true} | auth: {jwt: [main, other]} | 17:20 edge.routes[0].auth.jwt[0]: there is no issuer 'main' | under auth.jwt.issuers
                    auth: {anonymous: true} | auth: {apiKey: true} | 17:14 edge.routes[0].auth.apiKey: a route accepts API keys | say under auth.apiKeys
                    clients: {}        | auth: {apiKeys: {redis: true}} | 5:20 edge.auth.apiKeys.redis: auth.apiKeys is kept in Redis | give redis with its addresses
                    cost: 2}           | cost: 2, policy: leased} | 8:45 edge.limits.named.all.policy: limit 'all' counts in Redis and none is configured | set its policy to local
                    clients: {}        | auth: {jwt: {issuers: {main: {issuer: i, audience: a, jwks: {file: f}}}, denyList: {redis: true}}} | 5:87 edge.auth.jwt.denyList.redis: auth.jwt.denyList is kept in Redis | give redis with its addresses
                    limits: [all, "all*2", paid] | rewrite: {path: "/x/{id}"} | 20:7 edge.routes[0].rewrite: | needs {id} in the path template
                    clients: {}        | auth: {strip: [x-a, x_b]} | 5:23 edge.auth.strip[1]: 'x_b' under strip is no field | covered by
                    clients: {}        | auth: {apiKeys: {file: k, header: x-auth-user}} | 5:29 edge.auth.apiKeys.header: the API key's field is also one for claims | name another
                    clients: {}        | auth: {jwt: {issuers: {m: {issuer: i, audience: a, jwks: {file: f}}, n: {issuer: i, audience: a, jwks: {file: f}}}}} | 5:76 edge.auth.jwt.issuers.n.issuer: two issuers have the same 'issuer' | make them one
                    redirect: false    | redirect: true     | 4:33 edge.http.redirect: http.redirect sends clients to https | set http.redirect to false
                    key: api-key,      | key: client,       |                                       |
                    header: x-user     | header: X-Tenant   | 19:48 edge.routes[0].split.sticky.header: route 'r' writes the field of 'split.sticky' | X-Auth-User
                    header: x-user     | header: x-new      | 19:48 edge.routes[0].split.sticky.header: route 'r' writes the field of 'split.sticky' | chosen
                    header: x-user     | header: x-old      |                                       |
                    """)
    void whatDoesNotFitIsNamedWithItsPlaceAndMend(String good, String bad, String what, String mend)
            throws IOException {
        assertThat(GOOD).contains(good);
        List<String> errors = errors(GOOD.replaceFirst(Pattern.quote(good), bad));
        if (what == null) {
            assertThat(errors).isEmpty();
        } else {
            assertThat(errors).first().asString().contains("f.yaml:" + what, mend);
            assertThat(errors).hasSize(bad.contains("other") ? 2 : 1);
        }
    }

    @Test
    void allThatDoesNotFitIsToldAtOnce() throws IOException {
        String yaml =
                GOOD.replace("{b: [all]}", "{c: [none]}").replace("b: 1}", "d: 1}")
                        + "    - {name: r, auth: {jwt: main}, service: e, limits: none}\n";
        assertThat(errors(yaml))
                .extracting(each -> each.replaceFirst("^.*/f.yaml:([0-9]+):[0-9]+ ", "$1 "))
                .map(each -> each.substring(0, each.indexOf(": ")))
                .containsExactly(
                        "14 edge.serviceLimits.c",
                        "14 edge.serviceLimits.c[0]",
                        "19 edge.routes[0].split.services.d",
                        "21 edge.routes[1].service",
                        "21 edge.routes[1].auth.jwt",
                        "21 edge.routes[1].limits",
                        "21 edge.routes[1].name",
                        "21 edge.routes[1]");
    }

    /** A limit that a layer above takes out is missed where a layer below names it. */
    @Test
    void aPartIsNamedWhereItsOwnLayerHasIt() throws IOException {
        Path below = Files.writeString(folder.resolve("below.yaml"), GOOD);
        Path above =
                Files.writeString(
                        folder.resolve("above.yaml"), "edge:\n  serviceLimits:\n    c: [none]\n");
        ConfigLayers layers =
                ConfigLayers.of(
                        List.of(
                                new ConfigLayer.File(below, false),
                                new ConfigLayer.File(above, false)),
                        List.of(ConfigLayer.Setting.parse("edge.everyRequest=[paid, missing]")));
        assertThat(errors(new ConfigFile(_ -> null).load(layers, SidecarConfig.SCHEMA)))
                .satisfiesExactly(
                        each -> assertThat(each).contains("--set", " edge.everyRequest[0]: "),
                        each -> assertThat(each).contains("--set", " edge.everyRequest[1]: "),
                        each -> assertThat(each).contains("above.yaml:3:5 edge.serviceLimits.c: "),
                        each ->
                                assertThat(each)
                                        .contains("above.yaml:3:9 edge.serviceLimits.c[0]"));
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
