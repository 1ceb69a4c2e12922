package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.PodTemplate.ObjectName;
import dev.outrider.injector.manifest.text.BadText;
import dev.outrider.injector.manifest.text.Document;
import dev.outrider.injector.manifest.text.Edits;
import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.manifest.text.Node;
import dev.outrider.injector.manifest.text.Splice;
import dev.outrider.injector.manifest.text.Values;
import dev.outrider.injector.patch.JsonPatch;
import dev.outrider.injector.patch.PatchOperation;
import dev.outrider.injector.pod.Injection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leads every pod of a text through a change of pods. The text that comes of it has been read again
 * and means what was wanted, or there is none. Used once.
 */
final class Rewrite {
    private final String file;
    private final Manifest manifest;
    private final Function<PodTemplate, Injection> change;
    private final List<Finding> findings = new ArrayList<>();
    private final List<@Nullable Object> wanted = new ArrayList<>();
    private final Edits edits = new Edits();

    /** The start of the line that was counted last, and its number. */
    private int counted;

    private int lines = 1;

    /** A text, and what is to be said of how it came about. */
    record Outcome(Manifest manifest, List<Finding> findings) {
        Outcome {
            findings = List.copyOf(findings);
        }

        boolean changed() {
            return findings.stream().anyMatch(it -> it.kind() == Finding.Kind.CHANGED);
        }

        boolean refused() {
            return findings.stream().anyMatch(it -> it.kind() == Finding.Kind.REFUSED);
        }
    }

    private Rewrite(String file, Manifest manifest, Function<PodTemplate, Injection> change) {
        this.file = file;
        this.manifest = manifest;
        this.change = change;
    }

    static Outcome of(String file, Manifest manifest, Function<PodTemplate, Injection> change)
            throws ManifestException {
        Rewrite rewrite = new Rewrite(file, manifest, change);
        try {
            for (Document document : manifest.documents()) {
                rewrite.document(document);
            }
            return new Outcome(rewrite.result(), rewrite.findings);
        } catch (BadText e) {
            throw ManifestException.at(file, manifest.text(), e);
        }
    }

    private void document(Document document) throws BadText {
        Node root = document.root();
        if (root == null) {
            wanted.add(null);
            return;
        }
        Object value = Values.of(root);
        KubernetesObjects objects = KubernetesObjects.in(value);
        List<PatchOperation> steps = new ArrayList<>();
        for (PodTemplate template : objects.templates()) {
            steps.addAll(steps(root, template));
        }
        for (ObjectName other : objects.others()) {
            passed(root, value, other);
        }
        if (steps.isEmpty()) {
            wanted.add(value);
            return;
        }
        BadText oddity = document.oddity();
        if (oddity != null) {
            throw oddity;
        }
        Map<String, @Nullable Object> changed =
                JsonPatch.apply(KubernetesObjects.object(value), steps);
        objects.templates().forEach(it -> KubernetesObjects.metadataFirst(changed, it.place()));
        wanted.add(changed);
        Splice.lead(manifest, root, changed, edits);
    }

    private List<PatchOperation> steps(Node root, PodTemplate template) {
        ObjectName object = template.object();
        switch (change.apply(template)) {
            case Injection.Skipped(String reason) ->
                    found(Finding.Kind.SKIPPED, root, object, reason);
            case Injection.Refused(String message) ->
                    found(
                            Finding.Kind.REFUSED,
                            root,
                            object,
                            message.replaceFirst("^outrider: ", ""));
            case Injection.Injected(var operations, var warnings) -> {
                boolean changed = !operations.isEmpty();
                found(changed ? Finding.Kind.CHANGED : Finding.Kind.UNCHANGED, root, object, "");
                warnings.forEach(words -> found(Finding.Kind.WARNING, root, object, words));
                return operations.stream().map(step -> inside(template, step)).toList();
            }
        }
        return List.of();
    }

    private static PatchOperation inside(PodTemplate template, PatchOperation step) {
        var path = KubernetesObjects.joined(template.place(), step.path());
        return switch (step) {
            case PatchOperation.Add add -> new PatchOperation.Add(path, add.value());
            case PatchOperation.Replace replace ->
                    new PatchOperation.Replace(path, replace.value());
            case PatchOperation.Remove _ -> new PatchOperation.Remove(path);
        };
    }

    private void passed(Node root, @Nullable Object document, ObjectName object) {
        boolean hasPods = KubernetesObjects.looksLikeWorkload(document, object);
        found(hasPods ? Finding.Kind.UNKNOWN : Finding.Kind.PASSED, root, object, "");
    }

    private void found(Finding.Kind kind, Node root, ObjectName object, String words) {
        // Of what is only counted, nobody asks where it stands.
        int line =
                kind == Finding.Kind.PASSED
                        ? 0
                        : line(Node.at(root, object.place().tokens()).start());
        findings.add(new Finding(kind, file + ":" + line, object.toString(), words));
    }

    /** Counted on from the last one, since thousands of objects may stand in a text. */
    private int line(int offset) {
        if (offset < counted) {
            counted = 0;
            lines = 1;
        }
        String chars = manifest.text().chars();
        for (int at = chars.indexOf('\n', counted); at >= 0 && at < offset; lines++) {
            counted = at + 1;
            at = chars.indexOf('\n', counted);
        }
        return lines;
    }

    private Manifest result() throws BadText, ManifestException {
        if (edits.isEmpty()) {
            return manifest;
        }
        String text = edits.apply(manifest.text().chars());
        Manifest changed;
        try {
            changed = Manifest.of(text);
        } catch (BadText e) {
            throw notInPlace("it would be: " + e.getMessage());
        }
        if (changed.json() != manifest.json()) {
            throw notInPlace("it would not be JSON any more");
        }
        if (changed.documents().size() != wanted.size()) {
            throw notInPlace("documents would be lost");
        }
        for (int index = 0; index < wanted.size(); index++) {
            Node root = changed.documents().get(index).root();
            if (!Values.same(root == null ? null : Values.of(root), wanted.get(index))) {
                throw notInPlace("document " + (index + 1) + " would come out wrong");
            }
        }
        return changed;
    }

    private ManifestException notInPlace(String why) {
        return new ManifestException(
                file
                        + ": this YAML cannot be changed in place ("
                        + why
                        + "); nothing was changed. Write it plainer, for example with kubectl create"
                        + " --dry-run=client -o yaml -f "
                        + file);
    }
}
