package io.millrace.broker.differential;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** One connection that speaks the protocol in messages, without a client's manners. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 15_000;

    private final Socket socket = new Socket();
    private int correlation;

    Wire(String bootstrapServers) throws IOException {
        int colon = bootstrapServers.lastIndexOf(':');
        socket.connect(new InetSocketAddress(
                bootstrapServers.substring(0, colon), Integer.parseInt(bootstrapServers.substring(colon + 1))));
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** The answer's data, {@code closed} if the broker hung up. */
    ApiMessage ask(ApiKeys key, short version, ApiMessage data) throws IOException {
        return response(key, version, data).data();
    }

    /** The answer. */
    AbstractResponse response(ApiKeys key, short version, ApiMessage data) throws IOException {
        RequestHeader header = new RequestHeader(key, version, "wire", correlation++);
        ByteBuffer frame = frame(header, version, data);
        socket.getOutputStream().write(frame.array(), 0, frame.limit());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
    }

    /** The same as text. */
    String say(ApiKeys key, short version, ApiMessage data) throws IOException {
        try {
            return ask(key, version, data).toString();
        } catch (EOFException e) {
            return "closed";
        }
    }

    private static ByteBuffer frame(RequestHeader header, short version, ApiMessage data) {
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        ByteBufferAccessor body = MessageUtil.toByteBufferAccessor(data, version);
        ByteBuffer frame =
                ByteBuffer.allocate(4 + head.remaining() + body.buffer().remaining());
        frame.putInt(frame.capacity() - 4).put(head).put(body.buffer()).flip();
        return frame;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
