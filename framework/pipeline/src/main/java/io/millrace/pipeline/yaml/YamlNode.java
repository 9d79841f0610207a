package io.millrace.pipeline.yaml;

/** A value of a YAML document and its place. */
public sealed interface YamlNode permits YamlScalar, YamlMap, YamlList {

    /** What a value is made of, for callers that must branch. */
    enum Kind {
        SCALAR("a single value"),
        LIST("a list"),
        MAP("a map");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** As messages say it. */
        public String text() {
            return text;
        }
    }

    Kind kind();

    /** Where the value starts. */
    Place place();
}
