package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.outrider.sidecar.auth.MtlsMode;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.inbound.InboundConfig;
import dev.outrider.sidecar.outbound.OutboundConfig;
import dev.outrider.sidecar.schema.RecordSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SidecarConfigTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path JSON_SCHEMA = DOCS.resolve("sidecar.schema.json");
    private static final String TEST = "SidecarConfigTest";

    private static final String INTRODUCTION =
            """
            # The configuration file

            `outrider sidecar --config sidecar.yaml` reads one YAML file; `outrider check --config sidecar.yaml` says whether it is valid, and where it
            is not: file, line, column, the path of the key and a sentence. An unknown key is an error. Keys that are left out have the default below.

            ```yaml
            name: orders
            namespace: shop
            identity:
              trustDomain: cluster.local
              id: spiffe://cluster.local/ns/shop/sa/orders
              ca: {address: "https://127.0.0.1:8443", bundle: bundle.pem, token: token.txt}
            inbound:                                    # other workloads call the app through this port
              listen: 127.0.0.1:15006
              app: 127.0.0.1:8080
              jwt: {audience: [orders]}
              access:
                - allow: {from: ["spiffe://cluster.local/ns/shop/sa/web"], methods: [GET]}
            outbound:                                   # the app calls http://127.0.0.1:15001/ with `Host: billing`
              listen: 127.0.0.1:15001
              services:
                billing:
                  hosts: [billing]
                  endpoints: {static: ["127.0.0.1:16006"]}
                  identity: spiffe://cluster.local/ns/shop/sa/billing
                  audience: billing
                  timeout: 2s
            ```

            - **Substitution.** `${NAME}` in a value is the environment variable, `${file:path}` the content of a file; a relative path counts from the
              configuration file's folder. Either must be there. Errors and `/config_dump` of the admin port show the
              reference, not what it stands for.
            - **Durations** are `500ms`, `2s`, `5m`, `1h`; **sizes** `512`, `64KiB`, `1MiB`; **percentages** `50%` or `0.5%`.
            - **A list of one** may be written without brackets.
            - An editor can check the file as you type with [sidecar.schema.json](sidecar.schema.json), which is in the jar too.
            - This page is generated from the code; a test keeps it true.
            """;

    /** With most of what people need. */
    private static final String GOOD =
            """
            profile: sidecar
            name: orders
            namespace: shop
            identity:
              trustDomain: cluster.local
              id: spiffe://cluster.local/ns/shop/sa/orders
              ca: {address: "https://127.0.0.1:8443", bundle: bundle.pem, token: token.txt}
            inbound:
              listen: 127.0.0.1:15006
              app: 127.0.0.1:8080
              mtls: strict
              jwt: {audience: [orders]}
              access:
                - allow: {from: ["spiffe://cluster.local/ns/shop/sa/web"], methods: [GET]}
            outbound:
              listen: 127.0.0.1:15001
              services:
                billing:
                  hosts: [billing, billing.shop.svc.cluster.local]
                  endpoints: {static: ["127.0.0.1:16006", "127.0.0.1:17006"]}
                  identity: spiffe://cluster.local/ns/shop/sa/billing
                  audience: billing
                  mtls: true
                  timeout: 2s
                  retry: {attempts: 2, perTry: 500ms, backoff: {base: 25ms, max: 250ms}}
                  breaker:
                    {failureRate: 50%, window: 10s, minimumRequests: 20, openFor: 5s, probes: 3}
                stock:
                  hosts: [stock]
                  endpoints: {dns: stock.shop.svc.cluster.local, port: 8080}
                twin:
                  addresses: 10.96.0.0/12
                  hosts: [twin]
                  endpoints: {static: ["127.0.0.1:18006"]}
            tracing: {sampling: 100%, zipkin: "http://127.0.0.1:9411/api/v2/spans"}
            accessLog: {output: stdout}
            admin: {listen: "127.0.0.1:15000"}
            """;

    @TempDir private Path folder = Path.of("");

    private ConfigDocument<SidecarConfig> load(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("f.yaml"), yaml);
        return new ConfigFile(_ -> null).load(file, SidecarConfig.SCHEMA);
    }

    @Test
    void readsAWholeFile() throws IOException {
        assertThat(load(GOOD)).isInstanceOf(ConfigDocument.Loaded.class);
        SidecarConfig config = ((ConfigDocument.Loaded<SidecarConfig>) load(GOOD)).config();

        InboundConfig inbound = Objects.requireNonNull(config.inbound());
        OutboundConfig outbound = Objects.requireNonNull(config.outbound());
        ServiceConfig billing = Objects.requireNonNull(outbound.services().get("billing"));
        assertThat(inbound.mtls()).isEqualTo(MtlsMode.STRICT);
        assertThat(inbound.jwt()).isNotNull();
        assertThat(billing.call().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(billing.identity())
                .isEqualTo(List.of("spiffe://cluster.local/ns/shop/sa/billing"));
        assertThat(config.profile()).isEqualTo(Profile.SIDECAR);
    }

    @Test
    void theJsonSchemaAcceptsTheWholeFile() throws IOException {
        var schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(JSON_SCHEMA), InputFormat.JSON);
        assertThat(schema.validate(GOOD, InputFormat.YAML)).isEmpty();
        assertThat(schema.validate(GOOD.replace("name: orders", "nom: orders"), InputFormat.YAML))
                .isNotEmpty();
    }

    /** A key that the schema does not know is an error in an editor that has it. */
    @ParameterizedTest
    @ValueSource(strings = {"edge.yaml", "sidecar.yaml"})
    void theJsonSchemaAcceptsTheFilesToStartFrom(String name) throws IOException {
        var schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(JSON_SCHEMA), InputFormat.JSON);
        String file = Files.readString(Path.of("..", "examples", "configs", name));
        assertThat(schema.validate(file, InputFormat.YAML)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mtls: strict         | mtls: strickt           | 11 | inbound.mtls | permissive
                    listen: 127.0.0.1:15006 | lissten: 127.0.0.1:15006 | 9 | inbound.lissten | listen
                    timeout: 2s          | timeout: 2              | 24 | outbound.services.billing.timeout | 250ms
                    failureRate: 50%     | failureRate: 50         | 27 | outbound.services.billing.breaker.failureRate | %
                    app: 127.0.0.1:8080  | app: localhost:8080     | 10 | inbound.app | IP
                    app: 127.0.0.1:8080  | app: 127.0.0.1:0        | 10 | inbound.app: | port
                    methods: [GET]       | methods: [get]          | 14 | inbound.access[0] | upper case
                    listen: 127.0.0.1:15001 | listen: 0.0.0.0:15001 | 16 | outbound.listen: | loopback
                    trustDomain: cluster.local | trustDomain: other.example | 4 | identity | agree
                    https://127.0.0.1:8443 | http://127.0.0.1:8443 | 7 | identity.ca | https
                    name: orders         | nome: orders            | 1 | name | missing
                    stock:               | app:                    | 28 | outbound.services.app: | needs another name
                    hosts: [stock]       | hosts: [billing]        | 29 | outbound.services.stock.hosts[0]: | names both billing and stock
                    hosts: [stock]       | hosts: [BILLING.shop.svc.cluster.local] | 29 | outbound.services.stock.hosts[0]: | billing
                    mtls: true           | addresses: [10.1.2.3, 10.96.0.0/12] | 32 | outbound.services.twin.addresses: | address 10.96.0.0/12 means both billing and twin
                    jwt: {audience: [orders]} | jwt: {audience: [orders], issuers: ["https://issuer.example"]} | 12 | inbound.jwt.issuers: | name no issuer
                    jwt: {audience: [orders]} | clientCertificatesFrom: ["*"] | 12 | inbound.clientCertificatesFrom: | name the edges
                    jwt: {audience: [orders]} | clientCertificatesFrom: [web] | 12 | inbound.clientCertificatesFrom | spiffe://
                    mtls: true           | mtls: false             | 21 | outbound.services.billing.identity: | plain text
                    probes: 3            | probes: many            | 27 | outbound.services.billing.breaker.probes | number
                    """)
    void whatIsWrongIsNamedWithItsPlace(
            String good, String bad, int line, String path, String sentence) throws IOException {
        assertThat(GOOD).contains(good);
        ConfigDocument<SidecarConfig> document = load(GOOD.replaceFirst(Pattern.quote(good), bad));

        assertThat(document).isInstanceOf(ConfigDocument.Invalid.class);
        assertThat(((ConfigDocument.Invalid<SidecarConfig>) document).errors())
                .extracting(ConfigError::toString)
                .anySatisfy(error ->
                        assertThat(error)
                                .contains("f.yaml:" + line + ":")
                                .contains(path)
                                .contains(sentence));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    name: a | 1:1: give inbound, outbound or both
                    {name: a, inbound: {listen: "127.0.0.1:1", app: "127.0.0.1:2"}} | 1:11 inbound: inbound needs an identity
                    {name: a, outbound: {listen: "127.0.0.1:1", services: {b: {hosts: [b], endpoints: {static: ["127.0.0.1:2"]}}}}} | 1:56 outbound.services.b: outbound service 'b' needs an identity
                    {name: a, outbound: {listen: "127.0.0.1:1", services: {b: {mtls: true, hosts: [b], endpoints: {static: ["127.0.0.1:2"]}}}}} | 1:60 outbound.services.b.mtls: outbound service 'b' needs an identity
                    {name: a, outbound: {listen: "127.0.0.1:1", kubernetes: {}}} | 1:45 outbound.kubernetes: outbound.kubernetes needs an identity
                    {name: a, outbound: {listen: "127.0.0.1:1", services: {b: {hosts: [b], mtls: false, audience: b, endpoints: {static: ["127.0.0.1:2"]}}}}} | 1:85 outbound.services.b.audience: outbound service 'b' needs tokens for audience 'b': name its file in outbound.tokenFiles
                    {name: a, outbound: {listen: "127.0.0.1:1", capture: true}, runtime: {transport: nio}} | 1:71 runtime.transport: runtime.transport nio
                    {name: a, edge: {http: {listen: "127.0.0.1:1", redirect: false}}} | 1:11 edge: edge needs profile: edge
                    {name: a, profile: edge} | 1:11 profile: profile edge needs the section edge
                    {name: a, profile: edge, edge: {http: {listen: "127.0.0.1:1", redirect: false}}, outbound: {listen: "127.0.0.1:1"}} | 1:82 outbound: an edge has no local app
                    """)
    void partsThatNeedEachOtherAreSaidTo(String yaml, String sentence) throws IOException {
        ConfigDocument<SidecarConfig> document = load(yaml);

        assertThat(document).isInstanceOf(ConfigDocument.Invalid.class);
        assertThat(((ConfigDocument.Invalid<SidecarConfig>) document).errors())
                .singleElement()
                .satisfies(error -> assertThat(error.toString()).contains("f.yaml:" + sentence));
    }

    @Test
    void theReferenceIsUpToDate() throws IOException {
        Committed.check(
                DOCS.resolve("configuration.md"),
                ConfigReference.markdown(SidecarConfig.SCHEMA, INTRODUCTION),
                TEST);
    }

    @Test
    void theSchemaIsUpToDate() throws IOException {
        String text =
                ConfigJsonSchema.text(
                        SidecarConfig.SCHEMA, "https://outrider.dev/sidecar.schema.json");
        Committed.check(JSON_SCHEMA, text, TEST);
    }

    @Test
    void theSchemaShipsInTheJar() {
        assertThat(SidecarConfig.class.getResource("sidecar.schema.json")).isNotNull();
    }

    @Test
    void everyKeySaysWhatItIsFor() {
        RecordTree.below(SidecarConfig.SCHEMA)
                .forEach(record -> {
                    for (RecordSchema.Field field : record.fields()) {
                        String key = record.name() + "." + field.name();
                        assertThat(field.help()).as(key).hasSizeGreaterThan(8);
                        assertThat(field.help()).as(key).doesNotEndWith(".");
                    }
                });
    }
}
