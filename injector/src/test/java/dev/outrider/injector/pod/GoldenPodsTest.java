package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.patch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What pods of all shapes become, as files for people to read; {@code -Doutrider.update=true}
 * writes them anew.
 */
final class GoldenPodsTest {
    static List<Shape> shapes() {
        return Shape.all();
    }

    @Test
    void thereAreThirtyShapesAtLeast() {
        assertThat(shapes()).hasSizeGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void becomesWhatItsFileSays(Shape shape) throws IOException {
        String text =
                render(
                        shape,
                        new PodInjector(shape.config(), _ -> "00112233445566778899aabbccddeeff")
                                .inject(shape.request()));

        if (Boolean.getBoolean("outrider.update")) {
            Files.writeString(shape.output(), text);
        }
        assertThat(text).isEqualTo(Files.readString(shape.output()));
    }

    private static String render(Shape shape, Injection injection) {
        return switch (injection) {
            case Injection.Skipped skipped -> Shape.dump(Map.of("skipped", skipped.reason()));
            case Injection.Refused refused -> Shape.dump(Map.of("refused", refused.message()));
            case Injection.Injected injected ->
                    Shape.dump(about(injected))
                            + "---\n"
                            + Shape.dump(
                                    JsonPatch.apply(shape.request().pod(), injected.operations()));
        };
    }

    private static Map<String, @Nullable Object> about(Injection.Injected injected) {
        return Fields.of("injected", true, "warnings", injected.warnings());
    }
}
