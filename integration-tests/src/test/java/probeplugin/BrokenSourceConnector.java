package probeplugin;

/** A source that cannot be constructed. */
public final class BrokenSourceConnector extends TracedSource {
    public BrokenSourceConnector() {
        throw new IllegalStateException("thrown by the probe's constructor");
    }
}
