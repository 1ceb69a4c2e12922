package dev.outrider.injector.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file. Each key is asked for once; {@link #end} then refuses what nobody asked
 * for, so that a misspelt key is never a silent default. Confined to one thread.
 */
public final class Settings {
    private static final int SIZE_LIMIT = 1024 * 1024;

    private final String file;
    private final String path;
    private final int line;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    private record Entry(int line, Node value) {}

    private Settings(String file, String path, int line) {
        this.file = file;
        this.path = path;
        this.line = line;
    }

    /** The root of a file; an empty file has no entries. */
    public static Settings parse(String file, String yaml) throws SettingsException {
        LoadSettings load =
                LoadSettings.builder()
                        .setCodePointLimit(SIZE_LIMIT)
                        // One buffer for all: a character in two halves at its end fails the
                        // parser.
                        .setBufferSize(yaml.length() + 16)
                        .setLabel(file)
                        .setMaxAliasesForCollections(10)
                        .build();
        Settings root = new Settings(file, "", 1);
        try {
            Optional<Node> node = new Compose(load).composeString(yaml);
            if (node.isPresent() && !isNull(node.get())) {
                root.fill(node.get());
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
            throw new SettingsException(
                    file,
                    line,
                    "",
                    "not valid YAML: " + e.getProblem() + "; look at this line and the one before");
        } catch (YamlEngineException e) {
            throw new SettingsException(file, 0, "", "not valid YAML: " + e.getMessage());
        }
    }

    private void fill(Node node) throws SettingsException {
        if (!(node instanceof MappingNode mapping)) {
            throw new SettingsException(
                    file, line, path, "keys with values are expected here, such as 'image: name'");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            int at = line(tuple.getKeyNode(), line);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new SettingsException(file, at, path, "this is no key; write a word");
            }
            entries.put(key.getValue(), new Entry(at, tuple.getValueNode()));
        }
    }

    public boolean has(String key) {
        known.add(key);
        return entries.containsKey(key);
    }

    /** The keys that are there. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** The mapping under a key; one without entries when it is not there. */
    public Settings section(String key) throws SettingsException {
        Entry entry = entry(key);
        Settings section =
                new Settings(file, path.isEmpty() ? key : path + "." + key, at(entry, line));
        if (entry != null) {
            section.fill(entry.value());
        }
        return section;
    }

    public String text(String key, String otherwise) throws SettingsException {
        return parsed(key, otherwise, Function.identity());
    }

    public boolean flag(String key, boolean otherwise) throws SettingsException {
        return parsed(
                key,
                otherwise,
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw new IllegalArgumentException("write true or false");
                        });
    }

    public int number(String key, int otherwise, int least, int most) throws SettingsException {
        return parsed(
                key,
                otherwise,
                text -> {
                    if (text.matches("[0-9]{1,9}")) {
                        int number = Integer.parseInt(text);
                        if (least <= number && number <= most) {
                            return number;
                        }
                    }
                    throw new IllegalArgumentException(
                            "write a whole number from " + least + " to " + most);
                });
    }

    /** One of the constants, in lower case with dashes. */
    public <E extends Enum<E>> E choice(String key, E otherwise) throws SettingsException {
        return parsed(
                key,
                otherwise,
                text ->
                        Arrays.stream(otherwise.getDeclaringClass().getEnumConstants())
                                .filter(constant -> word(constant).equals(text))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException(words(otherwise))));
    }

    /** What the parser makes of the text; its IllegalArgumentException gets a place. */
    public <T> T parsed(String key, T otherwise, Function<String, T> parser)
            throws SettingsException {
        Entry entry = entry(key);
        return entry == null ? otherwise : parse(key, entry.value(), entry.line(), parser);
    }

    /** The same for a value that no message may show. */
    public <T> T secret(String key, T otherwise, Function<String, T> parser)
            throws SettingsException {
        Entry entry = entry(key);
        if (entry == null) {
            return otherwise;
        }
        return parse(key, entry.value(), entry.line(), parser, "(hidden)");
    }

    /** A list; a single value is a list of one. */
    public <T> List<T> list(String key, List<T> otherwise, Function<String, T> parser)
            throws SettingsException {
        Entry entry = entry(key);
        if (entry == null) {
            return otherwise;
        }
        if (!(entry.value() instanceof SequenceNode sequence)) {
            return List.of(parse(key, entry.value(), entry.line(), parser));
        }
        List<T> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            String place = key + "[" + items.size() + "]";
            items.add(parse(place, item, line(item, entry.line()), parser));
        }
        return List.copyOf(items);
    }

    /** All entries of this mapping as texts, whatever their keys are. */
    public Map<String, String> texts() throws SettingsException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : entries.keySet()) {
            texts.put(key, text(key, ""));
        }
        return texts;
    }

    /** Refuses the first key that nobody asked for. */
    public void end() throws SettingsException {
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw new SettingsException(
                        file,
                        entry.getValue().line(),
                        path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                        "there is no such key; known here are " + String.join(", ", known));
            }
        }
    }

    /** For what is wrong with several keys of this mapping together. */
    public SettingsException error(String problem) {
        return new SettingsException(file, line, path, problem);
    }

    private @Nullable Entry entry(String key) {
        known.add(key);
        return entries.get(key);
    }

    private <T> T parse(String key, Node node, int at, Function<String, T> parser)
            throws SettingsException {
        return parse(key, node, at, parser, null);
    }

    /**
     * @param shown in the place of the value, if that must not be
     */
    private <T> T parse(
            String key, Node node, int at, Function<String, T> parser, @Nullable String shown)
            throws SettingsException {
        String place = place(key);
        if (!(node instanceof ScalarNode scalar) || isNull(node)) {
            throw new SettingsException(file, at, place, "one value is expected here");
        }
        try {
            return parser.apply(scalar.getValue());
        } catch (IllegalArgumentException e) {
            String value = shown == null ? "'" + scalar.getValue() + "'" : shown;
            throw new SettingsException(file, at, place, value + ": " + e.getMessage());
        }
    }

    private String place(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static int at(@Nullable Entry entry, int otherwise) {
        return entry == null ? otherwise : entry.line();
    }

    private static int line(Node node, int otherwise) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(otherwise);
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> String words(E constant) {
        return "write "
                + Arrays.stream(constant.getDeclaringClass().getEnumConstants())
                        .map(Settings::word)
                        .collect(Collectors.joining(", "));
    }
}
