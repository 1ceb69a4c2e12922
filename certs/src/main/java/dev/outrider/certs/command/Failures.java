package dev.outrider.certs.command;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** One sentence on stderr and exit code 1 for what was refused; a stack trace only for a bug. */
public final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println("outrider: " + failure.getMessage());
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
}
