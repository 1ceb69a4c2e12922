/**
 * YAML and JSON as text that is changed in place: each value knows where it stands, and a change is
 * a list of {@link dev.outrider.injector.manifest.text.Edits} that touch nothing else. Pure; any
 * thread.
 *
 * <p>{@link dev.outrider.injector.manifest.text.YamlReader} and {@link
 * dev.outrider.injector.manifest.text.JsonReader} make trees of {@link
 * dev.outrider.injector.manifest.text.Node}s, {@link dev.outrider.injector.manifest.text.Values}
 * says what they mean, and {@link dev.outrider.injector.manifest.text.Splice} leads a text from
 * what it means to what it should mean. Offsets are of Java's chars.
 */
@NullMarked
package dev.outrider.injector.manifest.text;

import org.jspecify.annotations.NullMarked;
