package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrider.certs.Json;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.PatchOperation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The injector's results before parts that others made: the schemas of Kubernetes, and another
 * implementation of JSON Patch. {@code .ci/run} puts both under target/python; by hand: {@code
 * python3 -m venv injector/target/python && injector/target/python/bin/pip install -r
 * injector/src/test/python/requirements.txt}.
 */
final class KubernetesSchemaTest {
    private static final Path PYTHON = Path.of("target", "python", "bin", "python");
    private static final Path SCRIPT = Path.of("src", "test", "python", "check_pods.py");

    private static final List<String> CLASSIC =
            List.of("1.25", "1.28", "1.29", "1.31", "1.34", "1.36", "1.37");
    private static final List<String> NATIVE =
            List.of("1.29", "1.31", "1.33", "1.34", "1.36", "1.37");
    private static final int LEAST = 3;
    private static final int RANDOM = 200;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @Test
    void resultsAreValidPodsAndPatchesMeanTheSameElsewhere() throws Exception {
        assumeTrue(
                Files.isExecutable(PYTHON),
                PYTHON + " is not there; .ci/run makes it where python3 has venv");
        List<String> cases = new ArrayList<>();
        for (Shape shape : Shape.all()) {
            add(cases, shape.name(), shape.request(), shape.config(), LEAST);
        }
        assertThat(cases).hasSizeGreaterThanOrEqualTo(30);
        for (int seed = 0; seed < RANDOM; seed++) {
            PodRequest request = new RandomPods(seed).request();
            add(cases, "random pod of seed " + seed, request, InjectionConfig.DEFAULTS, LEAST);
            add(
                    cases,
                    "again, seed " + seed,
                    afterOthers(request),
                    InjectionConfig.DEFAULTS,
                    LEAST);
        }

        assertThat(run(cases)).containsExactly("checked " + cases.size());
    }

    private static void add(
            List<String> cases,
            String name,
            PodRequest request,
            InjectionConfig config,
            int least) {
        PodInjector injector = new PodInjector(config);
        if (!(injector.inject(request) instanceof Injection.Injected injected)) {
            return;
        }
        Map<String, @Nullable Object> after = JsonPatch.apply(request.pod(), injected.operations());
        List<PatchOperation> out = ((Injection.Injected) injector.uninject(after)).operations();
        boolean nativeSidecar = Json.write(after).contains("\\\"sidecar\\\":\\\"native\\\"");
        cases.add(
                Json.write(
                        Fields.of(
                                "name",
                                name,
                                "before",
                                request.pod(),
                                "patch",
                                steps(injected.operations()),
                                "after",
                                after,
                                "uninject",
                                steps(out),
                                "restored",
                                JsonPatch.apply(after, out),
                                "versions",
                                nativeSidecar ? NATIVE : CLASSIC,
                                "least",
                                least)));
    }

    /** The pod as it comes back to the injector: changed by the server and by other webhooks. */
    private static PodRequest afterOthers(PodRequest request) {
        if (!(new PodInjector(InjectionConfig.DEFAULTS).inject(request)
                instanceof Injection.Injected injected)) {
            return request;
        }
        Map<String, @Nullable Object> once = JsonPatch.apply(request.pod(), injected.operations());
        return Others.with(
                request, Others.prependContainers(Others.addContainer(Others.handle(once))));
    }

    private static List<Map<String, @Nullable Object>> steps(List<PatchOperation> operations) {
        return operations.stream().map(PatchOperation::json).toList();
    }

    private List<String> run(List<String> cases) throws IOException, InterruptedException {
        Path input = Files.write(folder.resolve("cases.jsonl"), cases);
        Path output = folder.resolve("output");
        Process python =
                new ProcessBuilder(PYTHON.toString(), SCRIPT.toString())
                        .redirectInput(input.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = python.waitFor(Duration.ofMinutes(5));
        python.destroyForcibly();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(ended).as("python ended: %s", lines).isTrue();
        return lines;
    }
}
