//! Secrets at rest: AES-256-GCM under a key that lies beside the database, not in it.
//!
//! An encrypted value is `v1.<key id>.<base64 of nonce and ciphertext>`. The organisation and the column are authenticated
//! with it: a value copied into another tenant's row, or another column, does not decrypt. To rotate, add a key
//! ([`Keyring::rotate`]): the newest encrypts, the older ones still decrypt what they encrypted.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use hammock_contract::OrganisationId;
use rand::{TryRngCore, rngs::OsRng};

const VERSION: &str = "v1";
const NONCE_BYTES: usize = 12;
const KEY_BYTES: usize = 32;

/// What can go wrong with secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The value was not encrypted with one of the keys, not for this place, or was changed.
    #[error("the secret cannot be decrypted: {0}")]
    Decrypt(&'static str),
    /// The system gave no random numbers, or the cipher refused.
    #[error("the secret cannot be encrypted")]
    Encrypt,
}

struct Key {
    id: String,
    cipher: Aes256Gcm,
}

/// The keys, oldest first.
pub struct Keyring {
    keys: Vec<Key>,
}

impl std::fmt::Debug for Keyring {
    /// Never the keys themselves.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

impl Keyring {
    /// Reads the key file; makes it, readable by its owner alone, when it is missing.
    ///
    /// # Errors
    /// [`SecretError::File`] when it cannot be read or made, is malformed, or others may read it.
    pub fn open(path: &Path) -> Result<Self, SecretError> {
        if !path.exists() {
            let line = new_line()?;
            // Complete or not at all, and never over one that another process made just now.
            let temporary = path.with_extension(format!("{}.new", std::process::id()));
            write_private(&temporary, &line).map_err(|error| file_error(path, &error))?;
            let linked = fs::hard_link(&temporary, path);
            let removed = fs::remove_file(&temporary);
            match linked {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(file_error(path, &error)),
                _ => removed.map_err(|error| file_error(path, &error))?,
            }
        }
        check_private(path)?;
        let text = fs::read_to_string(path).map_err(|error| file_error(path, &error))?;
        Self::parse(&text)
            .ok_or_else(|| SecretError::File { path: path.to_owned(), reason: "it holds no valid keys".to_owned() })
    }

    /// Adds a key to the file; from now on it encrypts. Other processes see it when they open the file again.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn rotate(path: &Path) -> Result<Self, SecretError> {
        Self::open(path)?;
        let before = fs::read_to_string(path).map_err(|error| file_error(path, &error))?;
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        write_private(&temporary, &format!("{before}{}", new_line()?)).map_err(|error| file_error(path, &error))?;
        fs::rename(&temporary, path).map_err(|error| file_error(path, &error))?;
        Self::open(path)
    }

    /// A keyring that is in no file, for tests and tools that store nothing.
    ///
    /// # Errors
    /// [`SecretError::Encrypt`] when the system gives no random numbers.
    pub fn ephemeral() -> Result<Self, SecretError> {
        Self::parse(&new_line()?).ok_or(SecretError::Encrypt)
    }

    fn parse(text: &str) -> Option<Self> {
        let keys = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| {
                let (id, key) = line.split_once(' ')?;
                let key = STANDARD_NO_PAD.decode(key.trim()).ok()?;
                (!id.is_empty() && !id.contains('.') && key.len() == KEY_BYTES).then_some(())?;
                Some(Key { id: id.to_owned(), cipher: Aes256Gcm::new_from_slice(&key).ok()? })
            })
            .collect::<Option<Vec<_>>>()?;
        (!keys.is_empty()).then_some(Self { keys })
    }

    /// Encrypts a secret of an organisation for one column, named `table.column`.
    ///
    /// # Errors
    /// [`SecretError::Encrypt`] when the system gives no random numbers.
    pub fn encrypt(&self, organisation: &OrganisationId, column: &str, secret: &str) -> Result<String, SecretError> {
        let key = self.keys.last().ok_or(SecretError::Encrypt)?;
        let nonce: [u8; NONCE_BYTES] = random()?;
        let data = associated_data(&key.id, organisation, column);
        let payload = Payload { msg: secret.as_bytes(), aad: &data };
        let ciphertext = key.cipher.encrypt(&nonce.into(), payload).map_err(|_| SecretError::Encrypt)?;
        let mut body = nonce.to_vec();
        body.extend(ciphertext);
        Ok(format!("{VERSION}.{}.{}", key.id, STANDARD_NO_PAD.encode(body)))
    }

    /// Decrypts what [`Keyring::encrypt`] made for the same organisation and column.
    ///
    /// # Errors
    /// [`SecretError::Decrypt`] when it was made for another place or by an unknown key, or was changed.
    pub fn decrypt(&self, organisation: &OrganisationId, column: &str, value: &str) -> Result<String, SecretError> {
        let malformed = SecretError::Decrypt("it does not have the form of an encrypted value");
        let mut parts = value.splitn(3, '.');
        let (Some(VERSION), Some(id), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed);
        };
        let key =
            self.keys.iter().find(|key| key.id == id).ok_or(SecretError::Decrypt("its key is not in the key file"))?;
        let Ok(body) = STANDARD_NO_PAD.decode(body) else { return Err(malformed) };
        let Some((nonce, ciphertext)) = body.split_first_chunk::<NONCE_BYTES>() else { return Err(malformed) };
        let data = associated_data(id, organisation, column);
        let payload = Payload { msg: ciphertext, aad: &data };
        let secret = key
            .cipher
            .decrypt(&(*nonce).into(), payload)
            .map_err(|_| SecretError::Decrypt("it was changed, or belongs to another place"))?;
        String::from_utf8(secret).map_err(|_| SecretError::Decrypt("it is not text"))
    }
}

/// Each part with its length, so that no two places have the same data.
fn associated_data(key: &str, organisation: &OrganisationId, column: &str) -> Vec<u8> {
    let mut data = Vec::new();
    for part in [VERSION, key, organisation.as_str(), column] {
        data.extend((part.len() as u64).to_be_bytes());
        data.extend(part.as_bytes());
    }
    data
}

fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| SecretError::Encrypt)?;
    Ok(bytes)
}

/// `<key id> <base64 of the key>`.
fn new_line() -> Result<String, SecretError> {
    let id: String = random::<4>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{id} {}\n", STANDARD_NO_PAD.encode(random::<KEY_BYTES>()?)))
}

fn file_error(path: &Path, error: &io::Error) -> SecretError {
    SecretError::File { path: path.to_owned(), reason: error.to_string() }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(|error| file_error(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        let reason = format!("others may read it (mode {:o}); run: chmod 600 {}", mode & 0o777, path.display());
        return Err(SecretError::File { path: path.to_owned(), reason });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn organisation() -> OrganisationId {
        OrganisationId::new()
    }

    proptest! {
        #[test]
        fn any_secret_comes_back_and_never_looks_the_same(secret in ".{0,200}") {
            let (keys, organisation) = (Keyring::ephemeral().unwrap(), organisation());
            let first = keys.encrypt(&organisation, "connections.key", &secret).unwrap();
            let second = keys.encrypt(&organisation, "connections.key", &secret).unwrap();
            prop_assert_ne!(&first, &second);
            prop_assert_eq!(keys.decrypt(&organisation, "connections.key", &first).unwrap(), secret);
        }

        #[test]
        fn a_changed_byte_is_noticed(position in 0usize..60, letter in "[A-Za-z0-9+/.]") {
            let (keys, organisation) = (Keyring::ephemeral().unwrap(), organisation());
            let value = keys.encrypt(&organisation, "connections.key", "a secret of some length").unwrap();
            let position = position % value.len();
            let mut changed = value.clone();
            changed.replace_range(position..=position, &letter);
            prop_assume!(changed != value);
            prop_assert!(keys.decrypt(&organisation, "connections.key", &changed).is_err());
        }
    }

    #[test]
    fn a_secret_belongs_to_its_place() {
        let (keys, one) = (Keyring::ephemeral().unwrap(), organisation());
        let value = keys.encrypt(&one, "connections.key", "sk-1").unwrap();
        assert!(keys.decrypt(&organisation(), "connections.key", &value).is_err());
        assert!(keys.decrypt(&one, "connections.base_url", &value).is_err());
        assert!(Keyring::ephemeral().unwrap().decrypt(&one, "connections.key", &value).is_err());
        for malformed in ["", "v1", "v1.x.", "v2.a.b", "sk-1"] {
            assert!(keys.decrypt(&one, "connections.key", malformed).is_err(), "{malformed}");
        }
        assert!(!format!("{keys:?}").contains("cipher"));
    }

    #[test]
    fn the_key_file_is_made_once_and_rotates() {
        let folder = tempfile::tempdir().unwrap();
        let (path, organisation) = (folder.path().join("secrets.key"), organisation());
        let first = Keyring::open(&path).unwrap();
        let value = first.encrypt(&organisation, "c", "sk-1").unwrap();
        assert_eq!(Keyring::open(&path).unwrap().decrypt(&organisation, "c", &value).unwrap(), "sk-1");
        let rotated = Keyring::rotate(&path).unwrap();
        assert_eq!(rotated.decrypt(&organisation, "c", &value).unwrap(), "sk-1", "older keys still decrypt");
        let newer = rotated.encrypt(&organisation, "c", "sk-1").unwrap();
        assert!(first.decrypt(&organisation, "c", &newer).is_err(), "the newest encrypts");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        fs::write(&path, "nonsense").unwrap();
        assert!(matches!(Keyring::open(&path), Err(SecretError::File { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.key");
        Keyring::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keyring::open(&path).unwrap_err().to_string().contains("chmod 600"));
    }
}
