package probeplugin;

/** A source without a version. */
public final class UndefinedSourceConnector extends TracedSource {
    @Override
    protected String versionText() {
        return null;
    }
}
