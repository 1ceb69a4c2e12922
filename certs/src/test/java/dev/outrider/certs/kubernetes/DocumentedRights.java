package dev.outrider.certs.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has a fake answer as RBAC would where somebody has the rights that a page of docs/ lists in its
 * tables, and no others. The roles of k8s/ have the same rights: k8s/check compares them.
 */
public final class DocumentedRights implements Function<FakeRequest, @Nullable FakeAnswer> {
    /** {@code home} is empty for a right that holds in all namespaces. */
    private record Right(String group, String resource, String name, String verb, String home) {
        /** As RBAC does: a name is that of the object, or the one that a list is narrowed to. */
        boolean covers(FakeRequest request) {
            return group.equals(request.group())
                    && resource.equals(request.resource())
                    && verb.equals(request.verb())
                    && (home.isEmpty() || home.equals(request.namespace()))
                    && (name.isEmpty() || name.equals(asked(request)));
        }

        private static String asked(FakeRequest request) {
            if (!request.name().isEmpty()) {
                return request.verb().equals("create") ? "" : request.name();
            }
            String selector = request.query().getOrDefault("fieldSelector", "");
            return selector.startsWith("metadata.name=") ? selector.substring(14) : "";
        }

        @Override
        public String toString() {
            return String.join(
                    " ", verb, resource, name, home.isEmpty() ? "everywhere" : "in " + home);
        }
    }

    private final List<Right> rights = new ArrayList<>();
    private final Set<String> unused = new ConcurrentSkipListSet<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /**
     * @param home the control plane's namespace, where a Role holds
     */
    public DocumentedRights(Path page, String home) throws IOException {
        List<String> head = List.of();
        boolean everywhere = true;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("ClusterRole") || line.startsWith("Role")) {
                everywhere = line.startsWith("ClusterRole");
            }
            if (!line.startsWith("|")) {
                head = List.of();
                continue;
            }
            List<String> cells = cells(line);
            if (head.isEmpty()) {
                head = cells.stream().map(cell -> cell.toLowerCase(Locale.ROOT)).toList();
            } else if (head.contains("verbs") && !line.startsWith("|-")) {
                int kind = head.indexOf("kind");
                boolean cluster = kind < 0 ? everywhere : cells.get(kind).startsWith("ClusterRole");
                add(head, cells, cluster ? "" : home);
            }
        }
        if (rights.isEmpty()) {
            throw new IOException("there is no table of rights in " + page);
        }
    }

    private static List<String> cells(String line) {
        String inner = line.strip();
        return List.of(inner.substring(1, inner.length() - 1).split("\\|", -1)).stream()
                .map(cell -> cell.replaceAll("[`\"]", "").strip())
                .toList();
    }

    private void add(List<String> head, List<String> cells, String home) {
        String group = cells.get(head.indexOf("api group")).replace("core", "");
        String resource = cells.get(head.indexOf("resource"));
        String name = cells.get(head.indexOf("names"));
        for (String verb : cells.get(head.indexOf("verbs")).split(", *", -1)) {
            Right right = new Right(group, resource, name, verb, home);
            rights.add(right);
            unused.add(right.toString());
        }
    }

    @Override
    public @Nullable FakeAnswer apply(FakeRequest request) {
        if (request.resource().startsWith("/")) {
            return null; // such as /version, which every service account may read
        }
        boolean may = false;
        for (Right right : rights) {
            if (right.covers(request)) {
                unused.remove(right.toString());
                may = true;
            }
        }
        if (may) {
            return null;
        }
        String what =
                "%s %s '%s' in '%s'"
                        .formatted(
                                request.verb(),
                                request.resource(),
                                request.name(),
                                request.namespace());
        refused.add(what);
        return FakeAnswer.failure(403, "Forbidden", what + " is forbidden");
    }

    /** What was asked for without a right. */
    public List<String> refused() {
        return List.copyOf(refused);
    }

    /** Rights that nobody needed so far. */
    public Set<String> unused() {
        return new TreeSet<>(unused);
    }
}
