package dev.outrider.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What files become, for people to read, in {@code injected} beside them; {@code
 * -Doutrider.update=true} writes them anew.
 */
final class GoldenManifestsTest {
    private static final Path MANIFESTS = Path.of("src", "test", "resources", "manifests");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(MANIFESTS)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void becomesWhatItsFileSaysAndBack(Path file) throws Exception {
        Path golden = MANIFESTS.resolve("injected").resolve(file.getFileName());
        String before = Files.readString(file);

        String after = inject(before);

        if (Boolean.getBoolean("outrider.update")) {
            Files.writeString(golden, after);
        }
        assertThat(after).isEqualTo(Files.readString(golden));
        assertThat(inject(after)).isEqualTo(after);
        assertThat(uninject(after)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileFromWindowsToo(Path file) throws Exception {
        String before = "\uFEFF" + Files.readString(file).replace("\n", "\r\n");

        String after = inject(before);

        assertThat(after).startsWith("\uFEFF").contains("outrider-init");
        assertThat(after.replace("\r\n", "")).doesNotContain("\n", "\r");
        assertThat(inject(after)).isEqualTo(after);
        assertThat(uninject(after)).isEqualTo(before);
    }

    private static String inject(String text) throws Exception {
        PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
        Manifest manifest = Manifest.of(text);
        FileInjection inject =
                new FileInjection(
                        injector,
                        ServerVersion.parse("1.34"),
                        "default",
                        FileInjection.Who.NAMED,
                        List.of());
        Rewriter rewriter = new Rewriter(inject, new FileRemoval(injector));
        Rewrite.Outcome outcome = rewriter.inject("file", manifest);
        assertThat(outcome.findings()).noneMatch(it -> it.kind() == Finding.Kind.WARNING);
        return outcome.manifest().text().chars();
    }

    private static String uninject(String text) throws Exception {
        FileRemoval removal = new FileRemoval(new PodInjector(InjectionConfig.DEFAULTS));
        Rewriter rewriter = new Rewriter(removal, removal);
        return rewriter.uninject("file", Manifest.of(text)).manifest().text().chars();
    }
}
