package probeplugin;

/** A source that no manifest names. */
public final class UnlistedSourceConnector extends TracedSource {}
