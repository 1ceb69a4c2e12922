package dev.outrider.injector.manifest.text;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the anchored values of a document have come to mean. Confined to one thread. */
final class Anchors {
    /** What an anchor stands for whose place is no longer there: equal to nothing. */
    private static final Object GONE = new Object();

    private final Map<Node, @Nullable Object> known = new IdentityHashMap<>();
    private final boolean hasAliases;

    Anchors(Node root) {
        hasAliases = hasAliases(root);
    }

    /** What a node means now. */
    @Nullable Object value(Node node) throws BadText {
        return Values.of(node, known);
    }

    Map<String, @Nullable Object> merged(Node.Mapping mapping) throws BadText {
        return Values.merged(mapping, known);
    }

    /** Never if there are aliases: one inside may have come to mean something else. */
    boolean areTheSame(Node node, @Nullable Object wanted) throws BadText {
        return !hasAliases && Values.same(value(node), wanted);
    }

    void means(Node node, @Nullable Object value) {
        if (hasAliases && !node.anchor().isEmpty()) {
            known.put(node, value);
        }
    }

    /** A node is taken out, or written anew without its anchors. */
    void gone(Node node) {
        if (!hasAliases) {
            return;
        }
        means(node, GONE);
        switch (node) {
            case Node.Sequence sequence -> sequence.items().forEach(this::gone);
            case Node.Mapping mapping -> mapping.entries().forEach(entry -> gone(entry.value()));
            case Node.Scalar _, Node.Alias _ -> {}
        }
    }

    private static boolean hasAliases(Node node) {
        return switch (node) {
            case Node.Alias _ -> true;
            case Node.Scalar _ -> false;
            case Node.Sequence sequence -> sequence.items().stream().anyMatch(Anchors::hasAliases);
            case Node.Mapping mapping ->
                    mapping.entries().stream().anyMatch(entry -> hasAliases(entry.value()));
        };
    }
}
