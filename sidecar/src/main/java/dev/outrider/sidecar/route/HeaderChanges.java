package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A {@link HeadersConfig}, compiled. Immutable. */
final class HeaderChanges {
    /** What becomes of the fields of one name. */
    private sealed interface Change {
        record Rename(String lower, String to) implements Change {}

        record Remove(String lower) implements Change {}

        record Set(String name, String lower, HeaderText value) implements Change {}

        record Add(String name, HeaderText value) implements Change {}
    }

    private final List<Change> changes = new ArrayList<>();

    HeaderChanges(HeadersConfig config, Variables variables) {
        config.rename().forEach((from, to) -> changes.add(new Change.Rename(lower(from), to)));
        config.remove().forEach(name -> changes.add(new Change.Remove(lower(name))));
        config.set()
                .forEach((name, text) ->
                        changes.add(
                                new Change.Set(name, lower(name), value(name, text, variables))));
        config.add()
                .forEach((name, text) ->
                        changes.add(new Change.Add(name, value(name, text, variables))));
    }

    private static HeaderText value(String name, String text, Variables variables) {
        try {
            return HeaderText.parse(text, variables);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("header '" + name + "': " + e.getMessage(), e);
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    boolean none() {
        return changes.isEmpty();
    }

    void apply(Exchange exchange, Headers headers) {
        for (Change change : changes) {
            switch (change) {
                case Change.Rename it -> rename(headers, it);
                case Change.Remove it -> headers.removeSpellings(it.lower);
                case Change.Set it -> {
                    // Also without a value: a sender's field must not pass for the one set here.
                    headers.removeSpellings(it.lower);
                    add(headers, it.name, it.value.of(exchange));
                }
                case Change.Add it -> add(headers, it.name, it.value.of(exchange));
            }
        }
    }

    private static void rename(Headers headers, Change.Rename change) {
        List<String> values = headers.all(change.lower);
        headers.removeSpellings(change.lower);
        for (String value : values) {
            headers.add(change.to, value);
        }
    }

    private static void add(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value);
        }
    }
}
