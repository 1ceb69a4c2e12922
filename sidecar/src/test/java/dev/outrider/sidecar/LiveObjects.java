package dev.outrider.sidecar;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** How many objects of each class can be reached in this JVM, as its garbage collector counts. */
record LiveObjects(Map<String, Long> byClass) {
    private static final Pattern LINE =
            Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+)");

    static LiveObjects count() throws JMException {
        Object text =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "gcClassHistogram",
                                new Object[] {new String[0]},
                                new String[] {String[].class.getName()});
        Map<String, Long> byClass = new HashMap<>();
        Matcher line = LINE.matcher(String.valueOf(text));
        while (line.find()) {
            byClass.put(line.group(2), Long.parseLong(line.group(1)));
        }
        return new LiveObjects(byClass);
    }

    long of(Class<?> type) {
        return of(type.getName());
    }

    long of(String type) {
        return byClass.getOrDefault(type, 0L);
    }
}
