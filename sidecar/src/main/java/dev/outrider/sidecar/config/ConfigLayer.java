package dev.outrider.sidecar.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a configuration, laid over those before it. */
public sealed interface ConfigLayer {
    /** As messages call it. */
    String name();

    /**
     * A YAML file.
     *
     * @param optional whether it may be missing, or have nothing in it
     */
    record File(Path path, boolean optional) implements ConfigLayer {
        @Override
        public String name() {
            return path.toString();
        }
    }

    /**
     * One value given on the command line.
     *
     * @param path as it was given, without the value, which may be a secret
     * @param keys the way to the value; never empty
     */
    record Setting(String path, List<String> keys, String yaml) implements ConfigLayer {
        private static final Pattern FORM =
                Pattern.compile(
                        "((?:[^.\\[\\]=]+|\\[[^\\[\\]]+])(?:\\.[^.\\[\\]=]+|\\.?\\[[^\\[\\]]+])*)=(.*)",
                        Pattern.DOTALL);
        private static final Pattern KEY = Pattern.compile("\\[([^\\[\\]]+)]|[^.\\[\\]]+");

        public Setting {
            keys = List.copyOf(keys);
        }

        /** Reads {@code path=value}, or says in an {@link IllegalArgumentException} how to. */
        public static Setting parse(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new IllegalArgumentException(
                        "expected path=value such as runtime.drain=25s; a key that holds dots"
                                + " stands in brackets: outbound.services[billing.shop].timeout=2s");
            }
            List<String> keys = new ArrayList<>();
            Matcher key = KEY.matcher(form.group(1));
            while (key.find()) {
                keys.add(key.group(1) == null ? key.group() : key.group(1));
            }
            return new Setting(form.group(1), keys, form.group(2));
        }

        @Override
        public String name() {
            return "--set " + path;
        }
    }
}
