package dev.outrider.injector.capture;

/** A program of the system did not do what it was asked; the message is for a person. */
final class ToolException extends Exception {
    private static final long serialVersionUID = 1;

    ToolException(String message) {
        super(message);
    }
}
