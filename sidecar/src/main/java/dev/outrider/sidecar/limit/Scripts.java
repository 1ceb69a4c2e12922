package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.redis.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The scripts that run in Redis: each is the rules and what to do with them. */
final class Scripts {
    static final Script DECIDE = script("decide");
    static final Script LEASE = script("lease");
    static final Script PEEK = script("peek");

    private Scripts() {}

    private static Script script(String name) {
        return new Script("limit-" + name, resource("rules.lua") + resource(name + ".lua"));
    }

    private static String resource(String name) {
        try (InputStream in = Scripts.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends the seven arguments of a rule; what {@code flag} means is the script's affair. */
    static void arguments(List<String> target, Rule rule, long cost, long flag) {
        target.add(Integer.toString(rule.code()));
        target.add(Long.toString(rule.limit()));
        target.add(Long.toString(rule.windowMicros()));
        target.add(Long.toString(rule.unit()));
        target.add(Long.toString(rule.gain()));
        target.add(Long.toString(cost));
        target.add(Long.toString(flag));
    }
}
