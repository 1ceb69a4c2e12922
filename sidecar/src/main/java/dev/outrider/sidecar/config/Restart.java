package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import dev.outrider.sidecar.transport.IpPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which keys a running process cannot change. Everything else is taken over at once. */
public final class Restart {
    private Restart() {}

    /**
     * What of the change needs a restart; empty if nothing does.
     *
     * @param text what stands in the new one, to say where
     */
    public static List<ConfigError> neededFor(
            SidecarConfig old, SidecarConfig next, ConfigText text) {
        List<ConfigError> errors = new ArrayList<>();
        Check check = new Check(errors, text);
        check.same("profile", old.profile(), next.profile());
        check.same("name", old.name(), next.name());
        check.same("namespace", old.namespace(), next.namespace());
        check.same("identity", old.identity(), next.identity());
        check.same("tls", old.tls(), next.tls());
        check.same("metrics", old.metrics(), next.metrics());
        check.same("admin", old.admin(), next.admin());
        check.same("pod.listen", listen(old), listen(next));
        check.same("runtime.loops", old.runtime().loops(), next.runtime().loops());
        check.same("runtime.transport", old.runtime().transport(), next.runtime().transport());
        check.same("edge.limits.keys", keys(old), keys(next));
        return List.copyOf(errors);
    }

    private static @Nullable IpPort listen(SidecarConfig config) {
        return config.pod() == null ? null : config.pod().listen();
    }

    /** How many clients' use is remembered. */
    private static int keys(SidecarConfig config) {
        return config.edge() == null ? 0 : config.edge().limits().keys();
    }

    private record Check(List<ConfigError> errors, ConfigText text) {
        void same(String key, @Nullable Object old, @Nullable Object next) {
            if (!Objects.equals(old, next)) {
                Layered layered = text.layered();
                errors.add(
                        layered.error(
                                place(layered.tree(), key),
                                key,
                                "a change of this needs a restart; put it back, or restart the"
                                        + " sidecar"));
            }
        }

        /** Where the key stands, or the nearest above it that does. */
        private static Value.Place place(Value tree, String key) {
            Value found = tree;
            for (String name : key.split("\\.", -1)) {
                Value below =
                        found instanceof Value.Mapping mapping ? mapping.entries().get(name) : null;
                if (below == null) {
                    break;
                }
                found = below;
            }
            return found.place();
        }
    }
}
