package dev.outrider.examples.kubelet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A container of a pod, and what a runtime makes of it. */
record ContainerSpec(PodSpec pod, Fields fields) {
    private static final Set<String> KNOWN =
            Set.of(
                    "name",
                    "image",
                    "imagePullPolicy",
                    "command",
                    "args",
                    "env",
                    "ports",
                    "resources",
                    "volumeMounts",
                    "securityContext",
                    "restartPolicy",
                    "lifecycle",
                    "startupProbe",
                    "readinessProbe",
                    "livenessProbe",
                    "terminationMessagePath",
                    "terminationMessagePolicy");

    /** What containerd gives a container that asks for nothing. */
    private static final List<String> USUAL =
            List.of(
                    "chown",
                    "dac_override",
                    "fsetid",
                    "fowner",
                    "mknod",
                    "net_raw",
                    "setgid",
                    "setuid",
                    "setfcap",
                    "setpcap",
                    "net_bind_service",
                    "sys_chroot",
                    "kill",
                    "audit_write");

    /** The user that Outrider's image names, the only image there is here. */
    private static final int USER_OF_IMAGE = 1337;

    private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Za-z0-9_]+)\\)");

    ContainerSpec {
        fields.noneBut("the container " + fields.text("name").orElse("?"), KNOWN);
        fields.at("lifecycle").noneBut("the lifecycle of a container", Set.of("postStart"));
    }

    String name() {
        return fields.required("name");
    }

    /** An init container that goes on running beside the app. */
    boolean nativeSidecar() {
        return fields.text("restartPolicy").filter("Always"::equals).isPresent();
    }

    /** The command line; an image's own entry point is not known here. */
    List<String> command() {
        List<String> command = new ArrayList<>(fields.texts("command"));
        if (command.isEmpty()) {
            throw new IllegalArgumentException(name() + " leaves its command to its image");
        }
        command.addAll(fields.texts("args"));
        Map<String, String> environment = environment();
        return command.stream().map(word -> expanded(word, environment)).toList();
    }

    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (Fields each : fields.all("env")) {
            Fields from = each.at("valueFrom");
            from.noneBut("env " + each.required("name"), Set.of("fieldRef"));
            String value =
                    from.has("fieldRef")
                            ? pod.field(from.at("fieldRef").required("fieldPath"))
                            : expanded(each.text("value").orElse(""), environment);
            environment.put(each.required("name"), value);
        }
        return environment;
    }

    private static String expanded(String text, Map<String, String> environment) {
        return REFERENCE
                .matcher(text)
                .replaceAll(it ->
                        Matcher.quoteReplacement(
                                environment.getOrDefault(it.group(1), it.group())));
    }

    // ---- security

    int uid() {
        int uid = security("runAsUser").map(Integer::parseInt).orElse(USER_OF_IMAGE);
        if (uid == 0 && security("runAsNonRoot").filter("true"::equals).isPresent()) {
            throw new IllegalArgumentException(
                    name() + " would run as root, and runAsNonRoot forbids it");
        }
        return uid;
    }

    int gid() {
        return security("runAsGroup").map(Integer::parseInt).orElse(uid() == 0 ? 0 : USER_OF_IMAGE);
    }

    boolean readOnlyRoot() {
        return own().flag("readOnlyRootFilesystem");
    }

    boolean noNewPrivileges() {
        return own().text("allowPrivilegeEscalation").filter("false"::equals).isPresent();
    }

    /** The bounding set, as a runtime computes it. */
    Set<String> capabilities() {
        Fields asked = own().at("capabilities");
        Set<String> all = new LinkedHashSet<>();
        if (!asked.texts("drop").contains("ALL")) {
            all.addAll(USUAL);
            asked.texts("drop").forEach(it -> all.remove(it.toLowerCase(Locale.ROOT)));
        }
        asked.texts("add").forEach(it -> all.add(it.toLowerCase(Locale.ROOT)));
        return all;
    }

    private Fields own() {
        return fields.at("securityContext");
    }

    /** The container's word, else the pod's. */
    private Optional<String> security(String field) {
        return own().text(field).or(() -> pod.spec().at("securityContext").text(field));
    }
}
