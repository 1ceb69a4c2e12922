package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.text.Manifest;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes all sources or, when something is wrong with one of them, none: nothing is written before
 * everything is known.
 */
final class FileRun {
    private final FileOptions options;
    private final InputStream in;
    private final PrintStream out;
    private final PrintWriter err;

    /** What is done with one source. */
    interface Step {
        Rewrite.Outcome apply(String file, Manifest manifest) throws ManifestException;
    }

    /** What is done with each, when all are known. */
    interface Plan {
        Step of(List<Source> sources) throws ManifestException;
    }

    /** A source and what became of its text. */
    private record Result(Source source, String text) {
        boolean changed() {
            return !source.manifest().text().chars().equals(text);
        }
    }

    FileRun(FileOptions options, InputStream in, PrintStream out, PrintWriter err) {
        this.options = options;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /**
     * The exit code.
     *
     * @param done what has been done with an object that was changed
     */
    int run(String done, Plan plan) {
        try {
            List<Source> sources = new Sources(in, options.recursive).read(options.files);
            return run(sources, plan.of(sources), new Report(err, done, options.quiet));
        } catch (ManifestException e) {
            say(err, e);
            return 1;
        }
    }

    static void say(PrintWriter err, ManifestException e) {
        String.valueOf(e.getMessage()).lines().forEach(line -> err.println("outrider: " + line));
        err.flush();
    }

    private int run(List<Source> sources, Step step, Report report) throws ManifestException {
        List<Result> results = new ArrayList<>();
        boolean failed = false;
        for (Source source : sources) {
            try {
                Rewrite.Outcome outcome = step.apply(source.name(), source.manifest());
                report.add(outcome.findings());
                failed |= outcome.refused();
                results.add(new Result(source, outcome.manifest().text().chars()));
            } catch (ManifestException e) {
                err.println("outrider: " + e.getMessage());
                failed = true;
            }
        }
        if (failed) {
            err.println("outrider: nothing was written");
            err.flush();
            return 1;
        }
        report.end(put(results));
        return 0;
    }

    /** Puts the results where they are wanted, and says where that is. */
    private String put(List<Result> results) throws ManifestException {
        if (options.diff) {
            for (Result result : results) {
                String before = result.source().manifest().text().chars();
                print(UnifiedDiff.of(result.source().name(), before, result.text()));
            }
            return "; a dry run, nothing was written";
        }
        if (options.inPlace) {
            List<Output.Written> changed = new ArrayList<>();
            for (Result result : results) {
                if (result.changed()) {
                    Path file = result.source().path().orElseThrow();
                    changed.add(new Output.Written(file, result.text()));
                }
            }
            Output.write(changed);
            return "; files changed: " + changed.size();
        }
        String all = Output.joined(results.stream().map(Result::text).toList());
        Path output = options.output;
        if (output != null) {
            Output.write(List.of(new Output.Written(output, all)));
            return "; written to " + output;
        }
        print(all);
        return "";
    }

    /** Bytes of UTF-8, whatever the terminal's encoding is: a file is likely to be behind it. */
    private void print(String text) throws ManifestException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
        if (out.checkError()) {
            throw new ManifestException(
                    "standard output cannot be written to; what reads from it may have only a part");
        }
    }
}
