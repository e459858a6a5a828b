//! How the server of a website signs who its visitor is: the same in the languages that most websites are written in.

/// An example: its language, and the code. The assistant's id is in it.
pub fn examples(assistant: &str) -> [(&'static str, String); 3] {
    [("Node.js", NODE), ("PHP", PHP), ("Python", PYTHON)]
        .map(|(name, code)| (name, code.replace("ASSISTANT", assistant)))
}

const NODE: &str = r#"import { createHmac } from "node:crypto";

const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");

export function signedIdentity(user) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: String(user.id), name: user.name, email: user.email, aud: "ASSISTANT", iat: now, exp: now + 3000 };
  const text = encode({ alg: "HS256", typ: "JWT" }) + "." + encode(claims);
  const secret = process.env.HAMMOCK_IDENTITY_SECRET;
  return text + "." + createHmac("sha256", secret).update(text).digest("base64url");
}"#;

const PHP: &str = r#"function signed_identity(array $user): string {
    $encode = fn (string $part) => rtrim(strtr(base64_encode($part), '+/', '-_'), '=');
    $claims = ['sub' => (string) $user['id'], 'name' => $user['name'], 'email' => $user['email'],
               'aud' => 'ASSISTANT', 'iat' => time(), 'exp' => time() + 3000];
    $text = $encode('{"alg":"HS256","typ":"JWT"}') . '.' . $encode(json_encode($claims));
    return $text . '.' . $encode(hash_hmac('sha256', $text, getenv('HAMMOCK_IDENTITY_SECRET'), true));
}"#;

const PYTHON: &str = r#"import base64, hashlib, hmac, json, os, time

def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()

def signed_identity(user) -> str:
    now = int(time.time())
    claims = {"sub": str(user.id), "name": user.name, "email": user.email,
              "aud": "ASSISTANT", "iat": now, "exp": now + 3000}
    text = encode(b'{"alg":"HS256","typ":"JWT"}') + "." + encode(json.dumps(claims).encode())
    secret = os.environ["HAMMOCK_IDENTITY_SECRET"].encode()
    return text + "." + encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_names_the_assistant_and_what_is_needed() {
        for (name, code) in examples("asst_1") {
            for part in ["asst_1", "HS256", "sub", "aud", "exp", "HAMMOCK_IDENTITY_SECRET"] {
                assert!(code.contains(part), "{name}: {part}");
            }
            assert!(!code.contains("ASSISTANT"), "{name}");
        }
    }
}
