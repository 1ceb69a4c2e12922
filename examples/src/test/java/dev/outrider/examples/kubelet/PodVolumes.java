package dev.outrider.examples.kubelet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The volumes of one pod on this machine's disk, each a directory. What comes from the API is
 * written as the kubelet's atomic writer does it: in a directory of its own, which {@code ..data}
 * names, and each file is a link through that; to change all at once, {@code ..data} is replaced.
 */
record PodVolumes(Path directory, PodSpec pod, ClusterObjects cluster) {
    private static final String API_AUDIENCE = "https://kubernetes.default.svc.cluster.local";

    Path volume(String name) {
        return directory.resolve(name);
    }

    void layOut() throws Exception {
        for (Fields volume : pod.volumes().values()) {
            Path place = Files.createDirectories(volume(volume.required("name")));
            if (volume.has("emptyDir")) {
                permit(place, "rwxrwxrwx");
            } else {
                write(place, content(volume), 1);
            }
        }
    }

    /** Fetches a volume's content again, as the kubelet does after a change. */
    void renew(String name, int version) throws Exception {
        write(
                volume(name),
                content(Objects.requireNonNull(pod.volumes().get(name), name)),
                version);
    }

    private record Content(String text, String mode) {}

    private Map<String, Content> content(Fields volume) throws Exception {
        volume.noneBut("a volume", Set.of("name", "configMap", "projected"));
        Map<String, Content> files = new LinkedHashMap<>();
        if (volume.has("configMap")) {
            Fields source = volume.at("configMap");
            configMap(source, source.required("name"), files);
            return files;
        }
        for (Fields source : volume.at("projected").all("sources")) {
            source.noneBut(
                    "a projection", Set.of("configMap", "downwardAPI", "serviceAccountToken"));
            if (source.has("configMap")) {
                configMap(source.at("configMap"), source.at("configMap").required("name"), files);
            }
            for (Fields item : source.at("downwardAPI").all("items")) {
                String field = item.at("fieldRef").required("fieldPath");
                files.put(item.required("path"), new Content(pod.field(field), "rw-r--r--"));
            }
            if (source.has("serviceAccountToken")) {
                Fields token = source.at("serviceAccountToken");
                String audience = token.text("audience").orElse(API_AUDIENCE);
                files.put(
                        token.required("path"),
                        new Content(cluster.token(pod, audience), tokenMode()));
            }
        }
        return files;
    }

    private void configMap(Fields source, String name, Map<String, Content> files) {
        Map<String, String> data = cluster.configMap(pod.namespace(), name).orElse(Map.of());
        if (data.isEmpty() && !source.flag("optional")) {
            throw new IllegalStateException(
                    "the pod would wait for the ConfigMap %s in %s"
                            .formatted(name, pod.namespace()));
        }
        Map<String, String> paths = new HashMap<>();
        source.all("items").forEach(it -> paths.put(it.required("key"), it.required("path")));
        data.forEach((key, text) -> {
            if (paths.isEmpty() || paths.containsKey(key)) {
                files.put(paths.getOrDefault(key, key), new Content(text, "rw-r--r--"));
            }
        });
    }

    /** A token is for one user alone only where the whole pod runs as that user. */
    private String tokenMode() {
        Set<Integer> users =
                pod.everyContainer().map(ContainerSpec::uid).collect(Collectors.toSet());
        return users.size() == 1 ? "rw-------" : "rw-r--r--";
    }

    private void write(Path place, Map<String, Content> files, int version) throws IOException {
        Path data = Files.createDirectory(place.resolve("..2026_11_28." + version));
        permit(data, "rwxr-xr-x");
        for (Entry<String, Content> file : files.entrySet()) {
            Path written = data.resolve(file.getKey());
            Files.writeString(written, file.getValue().text());
            permit(written, file.getValue().mode());
            own(written);
        }
        Path next = place.resolve("..data_tmp");
        Files.createSymbolicLink(next, data.getFileName());
        Files.move(
                next,
                place.resolve("..data"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        for (String name : files.keySet()) {
            Path link = place.resolve(name);
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data", name));
            }
        }
        permit(place, "rwxr-xr-x");
    }

    private void own(Path file) throws IOException {
        List<Integer> users = pod.everyContainer().map(ContainerSpec::uid).distinct().toList();
        if (users.size() == 1) {
            Files.setAttribute(file, "unix:uid", users.getFirst());
        }
        OptionalInt group =
                pod.spec().at("securityContext").text("fsGroup").stream()
                        .mapToInt(Integer::parseInt)
                        .findFirst();
        if (group.isPresent()) {
            Files.setAttribute(file, "unix:gid", group.getAsInt());
        }
    }

    private static void permit(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
