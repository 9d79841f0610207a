/**
 * Kafka Connect plugins that write down every call they get, and do what their configuration scripts. They are packed into plugin folders by the
 * conformance test and run in the workers it compares; nothing of Millrace is used here. {@link probeplugin.Trace} is the file they write,
 * {@link probeplugin.Probe} the pen of one instance.
 */
package probeplugin;
