package dev.outrider.examples.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScreenTest {
    private final StringWriter text = new StringWriter();

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        new Screen(new PrintWriter(text), false)
                .table(
                        List.of(
                                List.of("hop", "requests"),
                                List.of("browser → web", "7"),
                                List.of("x", "1000000000")));

        assertThat(text.toString().lines())
                .containsExactly(
                        "   hop            requests",
                        "   browser → web  7",
                        "   x              1000000000");
    }

    @Test
    void verdictsAreMarkedAndColouredOnlyOnATerminal() {
        Screen plain = new Screen(new PrintWriter(text), false);
        plain.verdict(true, "well");
        plain.verdict(false, "not");
        new Screen(new PrintWriter(text), true).verdict(true, "well");

        assertThat(text.toString().lines())
                .containsExactly("   ✓ well", "   ✗ not", "   \u001b[32m✓\u001b[0m well");
    }
}
