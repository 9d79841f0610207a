package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ExpireDelegationTokenResponseData;
import org.apache.kafka.common.message.RenewDelegationTokenResponseData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateDelegationTokenRequest;
import org.apache.kafka.common.requests.CreateDelegationTokenResponse;
import org.apache.kafka.common.requests.DescribeDelegationTokenResponse;
import org.apache.kafka.common.requests.ExpireDelegationTokenResponse;
import org.apache.kafka.common.requests.RenewDelegationTokenResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** What is refused: to authenticate where that is over, and delegation tokens, as a broker without a secret key for them does. */
final class AuthenticationApis {
    private static final long NO_TIME = -1;

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.SASL_HANDSHAKE, this::handshake,
                ApiKeys.SASL_AUTHENTICATE, this::authenticate,
                ApiKeys.CREATE_DELEGATION_TOKEN, this::createToken,
                ApiKeys.RENEW_DELEGATION_TOKEN, this::renewToken,
                ApiKeys.EXPIRE_DELEGATION_TOKEN, this::expireToken,
                ApiKeys.DESCRIBE_DELEGATION_TOKEN, this::describeTokens);
    }

    private void handshake(Exchange exchange) {
        exchange.answer(new SaslHandshakeResponse(
                new SaslHandshakeResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code())));
    }

    private void authenticate(Exchange exchange) {
        exchange.answer(new SaslAuthenticateResponse(new SaslAuthenticateResponseData()
                .setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                .setErrorMessage("SaslAuthenticate request received after successful authentication")));
    }

    private static Errors refusal(RequestContext context) {
        SecurityProtocol protocol = context.securityProtocol;
        boolean possible = !context.principal.tokenAuthenticated()
                && protocol != SecurityProtocol.PLAINTEXT
                && (protocol != SecurityProtocol.SSL || !context.principal.equals(KafkaPrincipal.ANONYMOUS));
        return possible ? Errors.DELEGATION_TOKEN_AUTH_DISABLED : Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED;
    }

    private void createToken(Exchange exchange) {
        RequestContext context = exchange.context();
        var request = exchange.request(CreateDelegationTokenRequest.class).data();
        boolean own = request.ownerPrincipalName() == null
                || request.ownerPrincipalName().isEmpty();
        KafkaPrincipal owner = own
                ? context.principal
                : new KafkaPrincipal(request.ownerPrincipalType(), request.ownerPrincipalName());
        exchange.answer(CreateDelegationTokenResponse.prepareResponse(
                context.requestVersion(), 0, refusal(context), owner, context.principal));
    }

    private void renewToken(Exchange exchange) {
        exchange.answer(new RenewDelegationTokenResponse(new RenewDelegationTokenResponseData()
                .setErrorCode(refusal(exchange.context()).code())
                .setExpiryTimestampMs(NO_TIME)));
    }

    private void expireToken(Exchange exchange) {
        exchange.answer(new ExpireDelegationTokenResponse(new ExpireDelegationTokenResponseData()
                .setErrorCode(refusal(exchange.context()).code())
                .setExpiryTimestampMs(NO_TIME)));
    }

    private void describeTokens(Exchange exchange) {
        RequestContext context = exchange.context();
        exchange.answer(new DescribeDelegationTokenResponse(context.requestVersion(), 0, refusal(context), List.of()));
    }
}
