package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Parses the text of a configuration file, and says in its own words what is not YAML. */
final class YamlFile {
    static final int SIZE_LIMIT = 4 * 1024 * 1024;

    private YamlFile() {}

    /**
     * @param top the place of its root, without the line
     */
    static Value parse(String text, Value.Place top, Filling filling) throws Refused {
        String yaml = text.startsWith("\uFEFF") ? text.substring(1) : text;
        LoadSettings settings =
                LoadSettings.builder()
                        .setCodePointLimit(SIZE_LIMIT)
                        // One buffer for all: a character in two halves at its end fails the
                        // parser.
                        .setBufferSize(yaml.length() + 16)
                        .build();
        try {
            return new YamlTree(new Parse(settings).parseString(yaml).iterator(), top, filling)
                    .root();
        } catch (MarkedYamlEngineException e) {
            throw malformed(e, yaml);
        } catch (ReaderException e) {
            throw unprintable(e, yaml);
        } catch (YamlEngineException e) {
            throw new Refused(Value.Place.NOWHERE, "not valid YAML: " + e.getMessage());
        }
    }

    private static Refused malformed(MarkedYamlEngineException e, String yaml) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        int line = mark.map(Mark::getLine).orElse(-1) + 1;
        int column = mark.map(Mark::getColumn).orElse(-1) + 1;
        Value.Place place = new Value.Place("", line, column);
        String faulty = line > 0 ? yaml.lines().skip(line - 1).findFirst().orElse("") : "";
        if (faulty.length() >= column && column > 0 && faulty.charAt(column - 1) == '\t') {
            return new Refused(place, "a tab stands where YAML wants spaces; indent with spaces");
        }
        String context = e.getContext() == null ? "" : " " + e.getContext();
        String hint =
                faulty.contains("${")
                        ? "; inside { } and [ ] put quotes around a value with ${…}"
                        : "; look at this line and the one before it";
        return new Refused(place, "not valid YAML: " + e.getProblem() + context + hint);
    }

    private static Refused unprintable(ReaderException e, String yaml) {
        int position = Math.min(e.getPosition(), yaml.length());
        String before = yaml.substring(0, position);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = position - before.lastIndexOf('\n');
        return new Refused(
                new Value.Place("", line, column),
                String.format(
                        "the character U+%04X is not allowed in YAML; remove it",
                        e.getCodePoint()));
    }
}
