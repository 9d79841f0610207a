package probeplugin;

/** A source that comes in a jar that lies on the plugin path by itself. */
public final class SingleJarSourceConnector extends TracedSource {}
