package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.schema.Value;
import java.util.List;
import java.util.Map;

/**
 * The access rules of a listener; in the file a plain list. Without an allow rule every verified
 * identity of the own trust domain may call; with one, only what a rule allows.
 */
public record AccessConfig(List<AccessRule> rules) {
    public static final AccessConfig DEFAULTS = new AccessConfig(List.of());

    public AccessConfig {
        rules = List.copyOf(rules);
    }

    public static final Schema<AccessConfig> SCHEMA =
            new Schema<>() {
                private final Schema<List<AccessRule>> list = Schemas.list(AccessRule.SCHEMA);

                @Override
                public AccessConfig read(Value value) {
                    return new AccessConfig(list.read(value));
                }

                @Override
                public Map<String, Object> json() {
                    return list.json();
                }

                @Override
                public List<RecordSchema<?>> records() {
                    return list.records();
                }

                @Override
                public String shape() {
                    return list.shape();
                }

                @Override
                public AccessConfig sample() {
                    return DEFAULTS;
                }

                @Override
                public String show(AccessConfig value) {
                    return list.show(value.rules);
                }
            };
}
