package io.millrace.app.command;
