/** Connectors that do as a test says and remember every call. */
package io.millrace.worker.probe;
