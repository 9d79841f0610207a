package probeplugin;

/** A source whose short name another has too. */
public final class TwinSourceConnector extends TracedSource {}
