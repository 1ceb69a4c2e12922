package dev.outrider.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files with mistakes of every sort in them: each is refused in words, or is injected and comes
 * back. Nothing in between, and no exception that is not meant for people.
 */
final class MutatedManifestsTest {
    private static final List<Path> FILES = files();
    private static final List<String> BITS =
            List.of(
                    "\t",
                    " ",
                    "  ",
                    "\n",
                    "\r\n",
                    ":",
                    ": ",
                    "- ",
                    "#",
                    " # c",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    "\"",
                    "'",
                    "|",
                    ">",
                    "&a ",
                    "*a",
                    "<<: ",
                    "? ",
                    "!x ",
                    "!!str ",
                    "---\n",
                    "...\n",
                    "%YAML 1.1\n",
                    "null",
                    "~",
                    "\\",
                    "é",
                    "😀",
                    "\u0085",
                    "\uFEFF",
                    "a: 1\n",
                    "- 1\n");

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("outrider.seeds", 600));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void isRefusedInWordsOrComesBack(int seed) throws Exception {
        Random random = new Random(seed);
        String text = Files.readString(FILES.get(random.nextInt(FILES.size())));
        for (int mistakes = 1 + random.nextInt(3); mistakes > 0; mistakes--) {
            text = mistaken(text, random);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            Source source = Source.of("file", Optional.empty(), bytes);
            // Half a character, as a mistake may leave it, is a question mark in UTF-8.
            roundTrip(new String(bytes, StandardCharsets.UTF_8), source.manifest());
        } catch (ManifestException e) {
            assertThat(e).hasMessageStartingWith("file:");
        }
    }

    private static void roundTrip(String text, Manifest manifest) throws Exception {
        PodInjector injector = new PodInjector(InjectionConfig.DEFAULTS);
        FileInjection inject =
                new FileInjection(
                        injector,
                        ServerVersion.parse("1.34"),
                        "shop",
                        FileInjection.Who.NAMED,
                        List.of(new Source("file", Optional.empty(), manifest)));
        Rewriter rewriter = new Rewriter(inject, new FileRemoval(injector));
        Rewrite.Outcome injected = rewriter.inject("file", manifest);
        if (!injected.changed()) {
            assertThat(injected.manifest().text().chars()).isEqualTo(text);
            return;
        }
        Manifest back = rewriter.uninject("file", injected.manifest()).manifest();
        String original = rewriter.uninject("file", manifest).manifest().text().chars();
        if (injected.findings().stream().noneMatch(it -> it.words().contains("every byte"))) {
            assertThat(back.text().chars()).isEqualTo(original);
        } else {
            assertThat(back.meansTheSame(Manifest.of(original))).as(text).isTrue();
        }
    }

    private static String mistaken(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + random.nextInt(4));
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, at) + text.substring(end);
            case 1 -> {
                int line = text.lastIndexOf('\n', at) + 1;
                int next = text.indexOf('\n', at) + 1;
                yield next > line ? text.substring(0, line) + text.substring(next) : text;
            }
            default ->
                    text.substring(0, at)
                            + BITS.get(random.nextInt(BITS.size()))
                            + text.substring(at);
        };
    }

    private static List<Path> files() {
        Path resources = Path.of("src", "test", "resources");
        try (Stream<Path> manifests = Files.walk(resources.resolve("manifests"));
                Stream<Path> pods = Files.list(resources.resolve("pods"))) {
            return Stream.concat(manifests, pods).filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
