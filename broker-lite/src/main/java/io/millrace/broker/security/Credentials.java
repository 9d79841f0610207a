package io.millrace.broker.security;

import io.millrace.broker.metadata.MetadataListener;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.token.delegation.internals.DelegationTokenCache;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.ScramDelta;
import org.apache.kafka.security.CredentialProvider;

/** The SCRAM credentials that connections are checked against, as the metadata has them. Thread-safe. */
public final class Credentials implements MetadataListener {
    private final CredentialProvider provider = new CredentialProvider(
            ScramMechanism.mechanismNames(), new DelegationTokenCache(ScramMechanism.mechanismNames()));

    /** What the channels of a listener look credentials up in. */
    public CredentialProvider provider() {
        return provider;
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        ScramDelta changes = delta.scramDelta();
        if (changes == null) {
            return;
        }
        changes.changes()
                .forEach((mechanism, users) -> users.forEach((user, change) -> {
                    if (change.isPresent()) {
                        provider.updateCredential(mechanism, user, change.get().toCredential());
                    } else {
                        provider.removeCredentials(mechanism, user);
                    }
                }));
    }
}
