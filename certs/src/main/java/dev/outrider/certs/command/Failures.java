package dev.outrider.certs.command;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** One sentence on stderr and exit code 1 for what was refused; a stack trace only for a bug. */
public final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println("outrider: " + sentence(failure));
        boolean expected =
                switch (failure) {
                    case IllegalArgumentException _ -> true;
                    case RuntimeException _ -> false;
                    default -> true;
                };
        if (!expected) {
            failure.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return 1;
    }

    /** The JDK's file exceptions often carry the file's name only. */
    private static String sentence(Exception failure) {
        return switch (failure) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            default -> String.valueOf(failure.getMessage());
        };
    }
}
