package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills in {@code ${NAME}}, {@code ${NAME:-fallback}} (also when the variable is empty, as in a
 * shell) and {@code ${file:path}} (without its last line break; relative to the folder of the layer). {@code $${} stands for a plain {@code ${}. What is filled in is not looked at again, and
 * it can only ever be the value of one scalar: it cannot add keys. One instance serves one reading.
 */
final class Substitution {
    private static final int FILE_LIMIT = 64 * 1024;
    private static final String FILE = "file:";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Function<String, @Nullable String> environment;
    private final Map<Path, byte[]> files = new LinkedHashMap<>();

    /** Of variables and files, by what they held. */
    private final Map<String, String> filledIn = new LinkedHashMap<>();

    Substitution(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /** For what stands in a file of that folder. */
    Filling beside(Path folder) {
        return (source, place) -> fill(source, place, folder);
    }

    private String fill(String source, Value.Place place, Path folder) throws Refused {
        int open = source.indexOf("${");
        if (open < 0) {
            return source;
        }
        StringBuilder text = new StringBuilder(source.length());
        int done = 0;
        while (open >= 0) {
            if (open > done && source.charAt(open - 1) == '$') {
                text.append(source, done, open - 1).append("${");
                done = open + 2;
            } else {
                int close = source.indexOf('}', open);
                if (close < 0) {
                    throw new Refused(
                            place, "'${' without '}'; close it, or write '$${' for a plain '${'");
                }
                text.append(source, done, open);
                text.append(value(source.substring(open + 2, close), place, folder));
                done = close + 1;
            }
            open = source.indexOf("${", done);
        }
        return text.append(source, done, source.length()).toString();
    }

    /** The files taken in so far, also those that turned out to be missing, and their bytes. */
    Map<Path, byte[]> files() {
        return files;
    }

    /** The sentence with what was filled in replaced by the words that took it in. */
    String conceal(String sentence) {
        return filledIn.isEmpty() ? sentence : new Concealment(filledIn).of(sentence);
    }

    private String value(String expression, Value.Place place, Path folder) throws Refused {
        if (expression.startsWith(FILE)) {
            return file(expression.substring(FILE.length()), place, folder);
        }
        int dash = expression.indexOf(":-");
        String name = dash < 0 ? expression : expression.substring(0, dash);
        if (!NAME.matcher(name).matches()) {
            throw new Refused(
                    place,
                    "'${"
                            + name
                            + "}' names no variable; write ${NAME}, ${NAME:-fallback} or"
                            + " ${file:/path}, or '$${' for a plain '${'");
        }
        String found = environment.apply(name);
        if (dash >= 0 && (found == null || found.isEmpty())) {
            return expression.substring(dash + 2);
        }
        if (found == null) {
            throw new Refused(
                    place,
                    "the environment variable "
                            + name
                            + " is not set; set it, or give a fallback:"
                            + " ${"
                            + name
                            + ":-fallback}");
        }
        filledIn.put(found.strip(), "${" + name + "}");
        return found;
    }

    private String file(String name, Value.Place place, Path folder) throws Refused {
        Path path;
        try {
            path = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new Refused(place, "'" + name + "' is not a path; write ${file:/path}");
        }
        // Known before it is read, so that a watch sees it appear.
        files.putIfAbsent(path, new byte[0]);
        byte[] bytes = FileText.read(path, FILE_LIMIT, place);
        files.put(path, bytes);
        String text = FileText.decode(bytes, path, place).replaceFirst("\\r?\\n\\z", "");
        filledIn.put(text.strip(), "${" + FILE + name + "}");
        return text;
    }
}
