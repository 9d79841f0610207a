/** A second class of a simple name that {@link probeplugin} has too, so that the short name means two plugins. */
package probeplugin.twin;
