package probeplugin;

/** A source that comes as class files. */
public final class ClassFolderSourceConnector extends TracedSource {}
