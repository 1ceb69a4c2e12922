package dev.outrider.injector;

import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is injected, followed while its file changes: a ConfigMap, mounted. A file that is wrong
 * changes nothing and is said. Looked at by one thread, read by any.
 */
final class InjectionFile {
    private static final Logger LOG = LoggerFactory.getLogger(InjectionFile.class);

    private final Optional<Path> file;
    private String text;
    private volatile InForce inForce;
    private volatile String problem = "";

    /** A configuration, and the decisions by it. */
    private record InForce(InjectionConfig config, PodInjector injector) {
        static InForce of(InjectionConfig config) {
            return new InForce(config, new PodInjector(config));
        }
    }

    private InjectionFile(Optional<Path> file, String text, InForce inForce) {
        this.file = file;
        this.text = text;
        this.inForce = inForce;
    }

    /**
     * @param file empty for the defaults
     */
    static InjectionFile open(Optional<Path> file) throws IOException, SettingsException {
        String text = file.isPresent() ? Files.readString(file.get()) : "";
        InjectionConfig config =
                file.isPresent()
                        ? InjectionConfig.parse(file.get().toString(), text)
                        : InjectionConfig.DEFAULTS;
        return new InjectionFile(file, text, InForce.of(config));
    }

    InjectionConfig config() {
        return inForce.config();
    }

    PodInjector injector() {
        return inForce.injector();
    }

    /** Why the file as it is now does not hold; empty when it does. */
    String problem() {
        return problem;
    }

    /** Whether another configuration holds from now on. */
    boolean look() {
        if (file.isEmpty()) {
            return false;
        }
        try {
            String now = Files.readString(file.get());
            if (now.equals(text)) {
                problem = "";
                return false;
            }
            inForce = InForce.of(InjectionConfig.parse(file.get().toString(), now));
            text = now;
            problem = "";
            LOG.info("{} changed and holds for new pods", file.get());
            return true;
        } catch (IOException | SettingsException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(problem)) {
                LOG.error("the configuration stays as it was: {}", message);
            }
            problem = message;
            return false;
        }
    }
}
