package dev.outrider.injector.reconcile;

import dev.outrider.certs.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pods and Services as an API server has them. */
final class Shapes {
    private Shapes() {}

    /** A pod of Deployment {@code app} under construction. */
    static final class Pod {
        private final String namespace;
        private final String app;
        private final String name;
        private String account = "web";
        private String kind = "ReplicaSet";
        private boolean ready = true;
        private boolean terminating;
        private String phase = "Running";
        private String created = "2026-11-28T06:00:00Z";
        private String version = "";
        private List<String> initArgs = List.of();
        private final Map<String, String> labels = new LinkedHashMap<>();

        private Pod(String namespace, String app, String number) {
            this.namespace = namespace;
            this.app = app;
            this.name = app + "-5d7f8-" + number;
            labels.put("app", app);
            labels.put("pod-template-hash", "5d7f8");
        }

        Pod account(String name) {
            account = name;
            return this;
        }

        Pod sidecar(String of) {
            version = of;
            return this;
        }

        Pod init(String... args) {
            initArgs = List.of(args);
            return this;
        }

        Pod unready() {
            ready = false;
            return this;
        }

        Pod terminating() {
            terminating = true;
            return this;
        }

        Pod phase(String of) {
            phase = of;
            return this;
        }

        Pod created(String at) {
            created = at;
            return this;
        }

        /** What made it; empty for a bare one. */
        Pod of(String controller) {
            kind = controller;
            return this;
        }

        Pod label(String name, String value) {
            labels.put(name, value);
            return this;
        }

        String path() {
            return "/api/v1/namespaces/" + namespace + "/pods/" + name;
        }

        PodFacts facts(PodFacts.Wish wish) {
            return PodFacts.of(PodFacts.trimmed(json()), wish);
        }

        Map<String, @Nullable Object> json() {
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("name", name);
            metadata.put("namespace", namespace);
            metadata.put("uid", "uid-of-" + name);
            metadata.put("labels", labels);
            metadata.put("creationTimestamp", created);
            if (terminating) {
                metadata.put("deletionTimestamp", "2026-11-28T07:00:00Z");
            }
            if (!kind.isEmpty()) {
                metadata.put("ownerReferences", List.of(owner()));
            }
            List<Object> inits = new ArrayList<>();
            if (!version.isEmpty()) {
                metadata.put(
                        "annotations",
                        Map.of(
                                "outrider.dev/injected",
                                Json.write(
                                        Map.of(
                                                "version",
                                                version,
                                                "containers",
                                                List.of("outrider-init", "outrider")))));
                inits.add(
                        Map.of(
                                "name",
                                "outrider-init",
                                "command",
                                List.of("outrider", "init"),
                                "args",
                                initArgs));
                inits.add(Map.of("name", "outrider", "restartPolicy", "Always"));
            }
            return Json.object(
                    Json.write(
                            Map.of(
                                    "apiVersion",
                                    "v1",
                                    "kind",
                                    "Pod",
                                    "metadata",
                                    metadata,
                                    "spec",
                                    Map.of(
                                            "serviceAccountName",
                                            account,
                                            "initContainers",
                                            inits,
                                            "containers",
                                            List.of(app())),
                                    "status",
                                    Map.of("phase", phase, "conditions", conditions()))));
        }

        private Map<String, Object> owner() {
            return Map.of(
                    "apiVersion",
                    "apps/v1",
                    "kind",
                    kind,
                    "name",
                    kind.equals("ReplicaSet") ? app + "-5d7f8" : app,
                    "uid",
                    "u",
                    "controller",
                    true);
        }

        private static Map<String, Object> app() {
            return Map.of(
                    "name",
                    "app",
                    "image",
                    "registry.example/app:1",
                    "ports",
                    List.of(Map.of("name", "http", "containerPort", 8080)));
        }

        private List<Map<String, String>> conditions() {
            return List.of(
                    Map.of("type", "PodScheduled", "status", "True"),
                    Map.of("type", "Ready", "status", ready ? "True" : "False"));
        }
    }

    static Pod pod(String namespace, String app, String number) {
        return new Pod(namespace, app, number);
    }

    static Map<String, @Nullable Object> service(
            String namespace, String name, Object target, Map<String, String> labels) {
        return Json.object(
                Json.write(
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Service",
                                "metadata",
                                Map.of("name", name, "namespace", namespace, "labels", labels),
                                "spec",
                                Map.of(
                                        "selector",
                                        Map.of("app", name),
                                        "ports",
                                        List.of(Map.of("port", 80, "targetPort", target))))));
    }
}
