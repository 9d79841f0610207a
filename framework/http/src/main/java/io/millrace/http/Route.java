package io.millrace.http;

/** Answers the requests of one method and path. Called by several threads at once, and may block. */
@FunctionalInterface
public interface Route {
    /** @throws HttpFailure an answer that is not a success */
    Answer answer(Call call) throws Exception;
}
