package dev.outrider.sidecar;

import dev.outrider.sidecar.config.ConfigLayer;
import dev.outrider.sidecar.config.ConfigLayers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy is started with.
 *
 * @param apps how many containers' apps it stays for; 0 to stay until it is told to stop
 */
record ProxyArguments(ConfigLayers layers, int apps) {
    private static final int MOST_APPS = 100;
    private static final String UNTIL_APPS_END = "--until-apps-end";

    /**
     * Reads the very command that every pod starts with, without picocli, whose classes are of Java
     * 5 and so are in no cache of the JVM: they would be read, verified and asked for their
     * annotations at every start. Null for everything else, also what is wrong: that is picocli's
     * to say.
     */
    static @Nullable ProxyArguments plain(String[] arguments) {
        if (arguments.length == 0 || !arguments[0].equals("sidecar")) {
            return null;
        }
        List<ConfigLayer.File> files = new ArrayList<>();
        List<ConfigLayer.Setting> settings = new ArrayList<>();
        int apps = 0;
        try {
            for (int i = 1; i < arguments.length; i++) {
                String word = arguments[i];
                if (word.equals(UNTIL_APPS_END)) {
                    apps = 1;
                } else if (word.startsWith(UNTIL_APPS_END + "=")) {
                    apps = Integer.parseInt(word.substring(UNTIL_APPS_END.length() + 1));
                } else if (word.startsWith("--") && word.indexOf('=') > 0) {
                    int equals = word.indexOf('=');
                    String value = word.substring(equals + 1);
                    add(word.substring(0, equals), value, files, settings);
                } else if (++i < arguments.length) {
                    add(word, arguments[i], files, settings);
                } else {
                    return null;
                }
            }
        } catch (IllegalArgumentException e) {
            return null;
        }
        boolean required = files.stream().anyMatch(file -> !file.optional());
        return required && apps >= 0 && apps <= MOST_APPS
                ? new ProxyArguments(ConfigLayers.of(files, settings), apps)
                : null;
    }

    private static void add(
            String option,
            String value,
            List<ConfigLayer.File> files,
            List<ConfigLayer.Setting> settings) {
        switch (option) {
            case "--config" -> files.add(new ConfigLayer.File(Path.of(value), false));
            case "--config-if-present" -> files.add(new ConfigLayer.File(Path.of(value), true));
            case "--set" -> settings.add(ConfigLayer.Setting.parse(value));
            default -> throw new IllegalArgumentException(option);
        }
    }
}
