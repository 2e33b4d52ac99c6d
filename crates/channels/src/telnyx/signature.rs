//! Telnyx signs its webhooks with Ed25519, over the time and the raw body.
//!
//! The address that is called is not covered, and need not be: all that is in a
//! webhook is in its body. Our attempt's id, which is in the address, only finds
//! the text faster.

use super::Telnyx;
use crate::channel::{Account, Secret, SignatureError, VerifyWebhooks, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

const SIGNATURE: &str = "telnyx-signature-ed25519";
const TIMESTAMP: &str = "telnyx-timestamp";

/// How far the time of a signature may be from ours, in ms: what Telnyx's own libraries allow.
pub const TOLERANCE_MS: i64 = 300_000;

impl VerifyWebhooks for Telnyx {
    fn verify(&self, account: &Account, request: &WebhookRequest) -> Result<(), SignatureError> {
        let header = |name| request.header(name).map(str::trim).filter(|value| !value.is_empty());
        let given = header(SIGNATURE).ok_or(SignatureError::Absent)?;
        let time = header(TIMESTAMP).ok_or(SignatureError::Absent)?;
        let secret = account.secrets.get("webhook_public_key").ok_or(SignatureError::NoSecret)?;
        let key = public_key(secret).ok_or(SignatureError::NoSecret)?;
        let given = STANDARD.decode(given).map_err(|_| SignatureError::Wrong)?;
        let signed = [time.as_bytes(), b"|", request.body.as_ref()].concat();
        let key = UnparsedPublicKey::new(&ED25519, key);
        key.verify(&signed, &given).map_err(|_| SignatureError::Wrong)?;
        // Only now is the time known to be Telnyx's own.
        let at_ms = time.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
        let at_ms = at_ms.ok_or(SignatureError::Wrong)?;
        let off_ms = request.received_at.abs_diff(at_ms);
        if off_ms <= TOLERANCE_MS.unsigned_abs() { Ok(()) } else { Err(SignatureError::Stale) }
    }
}

/// The bytes of a public key, as the portal shows it.
pub(super) fn public_key(secret: &Secret) -> Option<[u8; 32]> {
    STANDARD.decode(secret.expose().trim()).ok()?.try_into().ok()
}
