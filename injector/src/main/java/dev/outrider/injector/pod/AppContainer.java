package dev.outrider.injector.pod;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A container of the pod's own.
 *
 * @param runsOn whether it goes on running: all containers, and init containers that are sidecars
 */
record AppContainer(String name, Node node, boolean init, boolean runsOn) {
    static AppContainer of(Node node, boolean init) throws Unfit {
        boolean always = node.text("restartPolicy").orElse("").equals("Always");
        return new AppContainer(node.name(), node, init, !init || always);
    }

    /** Its TCP ports by name; Kubernetes looks a name up in the same container. */
    Map<String, Integer> namedPorts() throws Unfit {
        Map<String, Integer> named = new LinkedHashMap<>();
        for (Node port : node.nodes("ports")) {
            String name = port.text("name").orElse("");
            if (!name.isEmpty() && tcp(port)) {
                named.put(name, number(port));
            }
        }
        return named;
    }

    List<Node> ports() throws Unfit {
        return node.nodes("ports");
    }

    static boolean tcp(Node port) throws Unfit {
        return port.text("protocol").orElse("TCP").equals("TCP");
    }

    static int number(Node port) throws Unfit {
        long number =
                port.number("containerPort")
                        .orElseThrow(() -> port.wrong("containerPort", "is missing; write a port"));
        if (number < 1 || number > 65_535) {
            throw port.wrong("containerPort", "must be from 1 to 65535, not " + number);
        }
        return (int) number;
    }

    /** The port that a probe or hook names, as a number. */
    int resolve(Node handler, String key) throws Unfit {
        Object reference =
                handler.portReference(key)
                        .orElseThrow(() -> handler.wrong(key, "is missing; write a port"));
        long number;
        if (reference instanceof String name && !name.matches("[0-9]{1,5}")) {
            Integer named = namedPorts().get(name);
            if (named == null) {
                throw handler.wrong(
                        key,
                        "is '%s', and the container %s has no TCP port of that name; write a number"
                                .formatted(name, this.name));
            }
            number = named;
        } else {
            number = Long.parseLong(reference.toString());
        }
        if (number < 1 || number > 65_535) {
            throw handler.wrong(key, "must be from 1 to 65535, not " + number);
        }
        return (int) number;
    }
}
