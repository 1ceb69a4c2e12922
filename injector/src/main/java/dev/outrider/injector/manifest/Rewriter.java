package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.UndoNote.Region;
import dev.outrider.injector.manifest.text.BadText;
import dev.outrider.injector.manifest.text.Document;
import dev.outrider.injector.manifest.text.Edits;
import dev.outrider.injector.manifest.text.Manifest;
import dev.outrider.injector.manifest.text.Text;
import dev.outrider.injector.pod.Injection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Puts the sidecar into the pods of a text, and takes it out so that the text is what it was, byte
 * for byte. It makes sure of that when it puts it in: where taking it out would write something in
 * another way, it leaves a {@link UndoNote}. Any thread.
 */
final class Rewriter {
    private final Function<PodTemplate, Injection> inject;
    private final Function<PodTemplate, Injection> uninject;

    Rewriter(Function<PodTemplate, Injection> inject, Function<PodTemplate, Injection> uninject) {
        this.inject = inject;
        this.uninject = uninject;
    }

    /** A line with a note, and the note. */
    private record Found(int start, int end, UndoNote note) {}

    Rewrite.Outcome inject(String file, Manifest manifest) throws ManifestException {
        Rewrite.Outcome injected = Rewrite.of(file, manifest, inject);
        if (!injected.changed() || injected.refused()) {
            return new Rewrite.Outcome(manifest, injected.findings());
        }
        Manifest original = uninject(file, manifest).manifest();
        Manifest plain = withoutNotes(injected.manifest());
        Manifest without = Rewrite.of(file, plain, uninject).manifest();
        Manifest noted = withNotes(plain, without, original);
        List<Finding> findings = new ArrayList<>(injected.findings());
        boolean hasNotes = noted.text().chars().length() > plain.text().chars().length();
        Manifest restored = hasNotes ? uninject(file, noted).manifest() : without;
        if (!restored.text().equals(original.text())) {
            findings.add(
                    new Finding(
                            Finding.Kind.WARNING,
                            file,
                            "",
                            "uninject will give back the same objects, but not every byte of how"
                                    + " they are written"));
        }
        return new Rewrite.Outcome(noted, findings);
    }

    Rewrite.Outcome uninject(String file, Manifest manifest) throws ManifestException {
        Manifest plain = withoutNotes(manifest);
        Rewrite.Outcome removed = Rewrite.of(file, plain, uninject);
        Manifest without = removed.manifest();
        List<Finding> findings = new ArrayList<>(removed.findings());
        Edits edits = new Edits();
        Text text = without.text();
        for (int index = 0; index < manifest.documents().size(); index++) {
            Optional<Found> found = note(manifest, manifest.documents().get(index));
            Optional<Region> region = Region.of(without, without.documents().get(index));
            if (found.isEmpty() || region.isEmpty()) {
                continue;
            }
            Optional<String> original = found.get().note().undo(region.get().in(text));
            if (original.isPresent()) {
                edits.replace(region.get().start(), region.get().end(), original.get());
            } else {
                String place = file + ":" + manifest.text().line(found.get().start());
                findings.add(
                        new Finding(
                                Finding.Kind.WARNING,
                                place,
                                "",
                                "the document was changed after it was injected; comments and quotes"
                                        + " that this note has kept do not come back"));
            }
        }
        Manifest restored = applied(edits, without);
        if (restored.meansTheSame(without)) {
            return new Rewrite.Outcome(restored, findings);
        }
        findings.add(
                new Finding(
                        Finding.Kind.WARNING,
                        file,
                        "",
                        "a comment '# outrider-undo' was edited, so it is not heeded"));
        return new Rewrite.Outcome(without, findings);
    }

    private static Manifest withNotes(Manifest plain, Manifest without, Manifest original) {
        Edits edits = new Edits();
        for (int index = 0; index < plain.documents().size(); index++) {
            Optional<Region> now = Region.of(without, without.documents().get(index));
            Optional<Region> then = Region.of(original, original.documents().get(index));
            Optional<Region> place = Region.of(plain, plain.documents().get(index));
            if (now.isEmpty() || then.isEmpty() || place.isEmpty()) {
                continue;
            }
            String before = now.get().in(without.text());
            String after = then.get().in(original.text());
            if (!before.equals(after)) {
                Document document = plain.documents().get(index);
                int column = plain.text().column(root(document));
                String line = UndoNote.between(before, after).line(" ".repeat(column));
                edits.insert(place.get().start(), line + plain.text().eol());
            }
        }
        return applied(edits, plain);
    }

    private static Manifest withoutNotes(Manifest manifest) {
        Edits edits = new Edits();
        for (Document document : manifest.documents()) {
            note(manifest, document).ifPresent(it -> edits.delete(it.start(), it.end()));
        }
        return applied(edits, manifest);
    }

    /** The note among the comments right above a document. */
    private static Optional<Found> note(Manifest manifest, Document document) {
        Text text = manifest.text();
        Optional<Region> region = Region.of(manifest, document);
        int at = region.map(Region::start).orElse(0);
        while (at > 0 && text.lineStart(at - 1) < at) {
            int start = text.lineStart(at - 1);
            String line = text.chars().substring(start, at);
            if (!line.stripLeading().startsWith("#")) {
                break;
            }
            Optional<UndoNote> note = UndoNote.parse(line);
            if (note.isPresent()) {
                return Optional.of(new Found(start, at, note.get()));
            }
            at = start;
        }
        return Optional.empty();
    }

    private static int root(Document document) {
        return document.root() == null ? 0 : document.root().start();
    }

    /**
     * Only comments and lines that a note has kept come and go; what they break, they do not do.
     */
    private static Manifest applied(Edits edits, Manifest manifest) {
        try {
            return edits.isEmpty() ? manifest : Manifest.of(edits.apply(manifest.text().chars()));
        } catch (BadText _) {
            return manifest;
        }
    }
}
