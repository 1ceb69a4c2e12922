package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Value;
import java.util.List;

/**
 * What stands in the layers of a configuration that is valid. It is kept as text and parsed anew
 * for those who ask, operators now and then: a tree of thousands of services is twenty times as
 * large.
 */
public final class ConfigText {
    private final List<LayerText> layers;

    ConfigText(List<LayerText> layers) {
        this.layers = List.copyOf(layers);
    }

    /** The layers as messages call them. */
    public String name() {
        return new ConfigLayers(layers.stream().map(LayerText::layer).toList()).toString();
    }

    /** Each scalar as its layer spells it: nothing is filled in. */
    public Value tree() {
        return layered().tree();
    }

    Layered layered() {
        Layered layered = new Layered();
        try {
            for (LayerText each : layers) {
                Value tree = each.parse((source, _) -> source);
                if (tree != null) {
                    layered.add(each.layer(), tree);
                }
            }
        } catch (Refused e) {
            throw new IllegalStateException("it was valid when it was read", e);
        }
        return layered;
    }
}
