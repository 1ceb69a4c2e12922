package dev.outrider.injector.pod;

import dev.outrider.injector.capture.PortSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The names that a pod's containers give their ports, for lists that may use them. */
record PortNames(Map<String, Integer> numbers) {

    /** Ports, ranges, and names of the pod's ports. */
    PortSet parse(String text) {
        List<String> resolved = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String name = part.strip();
            Integer number = numbers.get(name);
            if (number != null) {
                resolved.add(number.toString());
            } else if (name.matches("[a-z0-9-]*[a-z][a-z0-9-]*")) {
                throw new IllegalArgumentException(
                        "no container has a port named '" + name + "'; write its number");
            } else {
                resolved.add(name);
            }
        }
        return PortSet.parse(String.join(",", resolved));
    }
}
