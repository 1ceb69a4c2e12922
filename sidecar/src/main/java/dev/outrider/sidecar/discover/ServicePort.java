package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A port of a Service, as those who call it say: by its number or by its name.
 *
 * @param name empty for a number
 * @param number 0 for a name
 */
public record ServicePort(String name, int number) {
    static final ServicePort NONE = new ServicePort("", 0);

    /** The only one of a Service; none of those that have several. */
    public static final ServicePort ONLY = new ServicePort("*", 0);

    private static final int HIGHEST = 65_535;

    /** Port names of Services are DNS labels. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    static final Schema<ServicePort> SCHEMA =
            Schemas.scalar(
                    "port number or name",
                    Map.of("type", List.of("integer", "string")),
                    new ServicePort("", 8080),
                    ServicePort::parse);

    /** That number. */
    public static ServicePort of(int number) {
        return new ServicePort("", number);
    }

    static ServicePort parse(String text) {
        if (text.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(text);
            if (number > HIGHEST) {
                throw new IllegalArgumentException("a port is at most 65535");
            }
            return of(number);
        }
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "expected a port's number, or the name it has in the Service");
        }
        return new ServicePort(text, 0);
    }

    boolean isNone() {
        return name.isEmpty() && number == 0;
    }

    @Override
    public String toString() {
        return name.isEmpty() ? String.valueOf(number) : name;
    }
}
