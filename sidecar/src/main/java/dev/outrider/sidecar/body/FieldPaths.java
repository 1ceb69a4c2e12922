package dev.outrider.sidecar.body;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields that are taken out, as a tree of names. Immutable once made. */
final class FieldPaths {
    private static final String ANY = "*";
    private static final String ANYWHERE = "**.";

    /** A place in the tree; {@code taken} if the field itself goes. */
    static final class Place {
        private final Map<String, Place> below = new HashMap<>();
        private boolean taken;
    }

    private final Place root = new Place();
    private final Set<String> anywhere = new HashSet<>();

    private FieldPaths() {}

    /**
     * @throws IllegalArgumentException if one is no path
     */
    static FieldPaths of(List<String> paths) {
        FieldPaths made = new FieldPaths();
        for (String path : paths) {
            if (path.startsWith(ANYWHERE)) {
                made.anywhere.add(name(path.substring(ANYWHERE.length()), path));
                continue;
            }
            Place place = made.root;
            for (String part : path.split("\\.", -1)) {
                String name = part.equals(ANY) ? ANY : name(part, path);
                place = place.below.computeIfAbsent(name, _ -> new Place());
            }
            place.taken = true;
        }
        return made;
    }

    private static String name(String part, String path) {
        if (part.isEmpty() || part.indexOf('*') >= 0 || part.indexOf('.') >= 0) {
            throw new IllegalArgumentException(
                    "'"
                            + path
                            + "' is no path of fields; write user.password, *.password or"
                            + " **.password");
        }
        return part;
    }

    List<Place> start() {
        return List.of(root);
    }

    /** The places that the field leads to from these. */
    List<Place> below(List<Place> places, String name) {
        List<Place> below = List.of();
        for (Place place : places) {
            below = with(below, place.below.get(name));
            below = with(below, place.below.get(ANY));
        }
        return below;
    }

    private static List<Place> with(List<Place> places, @Nullable Place more) {
        if (more == null) {
            return places;
        }
        List<Place> grown = new ArrayList<>(places);
        grown.add(more);
        return grown;
    }

    /** Whether the field of that name, which led to these places, is taken out. */
    boolean takes(String name, List<Place> places) {
        for (Place place : places) {
            if (place.taken) {
                return true;
            }
        }
        return anywhere.contains(name);
    }
}
