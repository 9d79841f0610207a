package io.millrace.pipeline.model;

/**
 * A stream's full name, {@code <layer>.<name>}.
 *
 * @param layer raw, cleaned, enriched or curated, or a layer that the pipeline declares
 * @param name within the layer
 */
public record StreamName(String layer, String name) {
    public static final String RAW = "raw";

    /** {@code <layer>.<pipeline>.<name>}. */
    public String topic(String pipeline) {
        return layer + "." + pipeline + "." + name;
    }

    public boolean isRaw() {
        return layer.equals(RAW);
    }

    @Override
    public String toString() {
        return layer + "." + name;
    }
}
