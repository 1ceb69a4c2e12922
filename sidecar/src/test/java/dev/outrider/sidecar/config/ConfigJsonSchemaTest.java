package dev.outrider.sidecar.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigJsonSchemaTest {
    private static final String TEXT = ConfigJsonSchema.text(Sample.SCHEMA, "https://x.example/s");

    @TempDir private Path folder;

    private final com.networknt.schema.Schema schema =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(TEXT, InputFormat.JSON);

    private boolean readerAccepts(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("f.yaml"), yaml);
        return new ConfigFile(_ -> "1").load(file, Sample.SCHEMA)
                instanceof ConfigDocument.Loaded<Sample>;
    }

    private boolean schemaAccepts(String yaml) {
        return schema.validate(yaml, InputFormat.YAML).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: a",
                "name: 5",
                "name: true",
                "{name: a, port: 0, body: 512, share: 100%}",
                "{name: a, body: 64KiB, share: 0.5%, mode: permissive, trace: true}",
                "{name: a, port: \"${PORT}\"}",
                "{name: a, hosts: one}",
                "{name: a, hosts: [one, two]}",
                "{name: a, hosts: []}",
                "{name: a, retry: {}}",
                "{name: a, retry: {attempts: 10, backoff: 1.5s}}",
                "{name: a, services: {}}",
                "{name: a, services: {b: {address: x}, c: {address: y, retry: {attempts: 0}}}}"
            })
    void whatBothAccept(String yaml) throws IOException {
        assertThat(readerAccepts(yaml)).as("reader").isTrue();
        assertThat(schemaAccepts(yaml)).as("schema").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "a",
                "{name: [a]}",
                "{name: {a: b}}",
                "{name: }",
                "{name: a, nmae: b}",
                "{name: a, port: 65536}",
                "{name: a, port: -1}",
                "{name: a, port: many}",
                "{name: a, port: 1.5}",
                "{name: a, mode: lax}",
                "{name: a, mode: STRICT}",
                "{name: a, trace: yes}",
                "{name: a, body: -5}",
                "{name: a, body: 5KB}",
                "{name: a, share: 0.5}",
                "{name: a, share: 101%}",
                "{name: a, hosts: [[a]]}",
                "{name: a, hosts: {a: b}}",
                "{name: a, retry: []}",
                "{name: a, retry: {attempts: 11}}",
                "{name: a, retry: {backoff: 5}}",
                "{name: a, retry: {backoff: soon}}",
                "{name: a, services: [b]}",
                "{name: a, services: {b: {}}}",
                "{name: a, services: {b: {address: x, port: 1}}}"
            })
    void whatBothRefuse(String yaml) throws IOException {
        assertThat(readerAccepts(yaml)).as("reader").isFalse();
        assertThat(schemaAccepts(yaml)).as("schema").isFalse();
    }

    @Test
    void theTextIsItselfAValidSchemaAndNamesItsDraft() {
        var meta =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(
                                com.networknt.schema.SchemaLocation.of(
                                        "https://json-schema.org/draft/2020-12/schema"));
        assertThat(meta.validate(TEXT, InputFormat.JSON)).isEmpty();
        assertThat(TEXT)
                .contains("\"$schema\" : \"https://json-schema.org/draft/2020-12/schema\"")
                .contains("\"$id\" : \"https://x.example/s\"")
                .endsWith("}\n");
    }

    @Test
    void theTextIsTheSameOnEveryRun() {
        int type = TEXT.indexOf("\"maximum\"");
        assertThat(TEXT.indexOf("\"minimum\"")).as("unordered maps are sorted").isGreaterThan(type);
        assertThat(TEXT.indexOf("\"name\" :"))
                .as("fields keep their order")
                .isLessThan(TEXT.indexOf("\"body\" :"));
    }
}
