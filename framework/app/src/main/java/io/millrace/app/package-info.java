/**
 * The program: {@link io.millrace.app.command.Main} reads the command line, {@link io.millrace.app.Application} is the one class that wires broker,
 * layers and worker together, readable top to bottom. Everything else here serves one of the two.
 */
@NullMarked
package io.millrace.app;

import org.jspecify.annotations.NullMarked;
