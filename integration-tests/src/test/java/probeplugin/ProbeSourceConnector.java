package probeplugin;

/** A source that tells every call. */
public final class ProbeSourceConnector extends TracedSource {}
