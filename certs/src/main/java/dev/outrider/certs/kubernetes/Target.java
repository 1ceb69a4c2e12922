package dev.outrider.certs.kubernetes;

import java.util.List;

/**
 * What a call is about, taken from its path for the words of a failure.
 *
 * @param verb as RBAC names it
 * @param name empty for a collection
 */
record Target(String verb, String group, String resource, String namespace, String name) {
    static Target of(String verb, String path) {
        List<String> parts = List.of(path.substring(1).split("/", -1));
        boolean core = parts.getFirst().equals("api");
        int at = core ? 2 : 3;
        if (parts.size() <= at) {
            return new Target(verb, "", path, "", "");
        }
        String group = core ? "" : parts.get(1);
        String namespace = "";
        if (parts.get(at).equals("namespaces") && parts.size() > at + 2) {
            namespace = parts.get(at + 1);
            at += 2;
        }
        String resource = parts.get(at);
        if (parts.size() > at + 2) {
            resource += "/" + parts.get(at + 2);
        }
        return new Target(
                verb, group, resource, namespace, parts.size() > at + 1 ? parts.get(at + 1) : "");
    }

    /** The rule that is missing, as {@code kubectl} asks for it. */
    String right() {
        String kind = group.isEmpty() ? resource : resource + "." + group;
        return "'"
                + verb
                + "' on '"
                + kind
                + "'"
                + (namespace.isEmpty()
                        ? " in all namespaces"
                        : " in namespace '" + namespace + "'");
    }

    @Override
    public String toString() {
        String what = name.isEmpty() ? resource : resource + " '" + name + "'";
        return verb + " " + what + (namespace.isEmpty() ? "" : " in namespace '" + namespace + "'");
    }
}
