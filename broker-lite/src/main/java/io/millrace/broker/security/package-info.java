/**
 * Who may do what: authentication, access control, audit.
 */
@NullMarked
package io.millrace.broker.security;

import org.jspecify.annotations.NullMarked;
