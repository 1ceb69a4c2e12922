package dev.outrider.injector.pod;

/** Texts of the pod's in places where a dollar means something. */
final class Escaped {
    private Escaped() {}

    /** The proxy fills in <code>${NAME}</code>. */
    static String forProxy(String text) {
        return text.replace("${", "$${");
    }

    /** The kubelet fills in {@code $(NAME)} in arguments, and takes two dollars for one. */
    static String forKubelet(String text) {
        return text.replace("$", "$$");
    }
}
