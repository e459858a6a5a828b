//! What the mails say, in the languages of the interface.

use hammock_contract::locale::Locale;

use super::Mail;

/// A link that sets a new password.
pub struct PasswordReset<'a> {
    /// The recipient's address.
    pub to: &'a str,
    /// The recipient's first name.
    pub first_name: &'a str,
    /// The name of this installation.
    pub instance: &'a str,
    /// The link; valid for an hour, once.
    pub link: &'a str,
}

impl PasswordReset<'_> {
    /// The mail in a language.
    pub fn mail(&self, locale: Locale) -> Mail {
        let Self { to, first_name, instance, link } = self;
        let (subject, text) = match locale {
            Locale::En => (
                format!("{instance}: set a new password"),
                format!(
                    "Hello {first_name},\n\nsomebody, most likely you, asked for a new password for your account. Open this link within an hour to set it:\n\n{link}\n\nIf it was not you, there is nothing to do: your password stays as it is.\n"
                ),
            ),
            Locale::Fr => (
                format!("{instance}\u{a0}: choisir un nouveau mot de passe"),
                format!(
                    "Bonjour {first_name},\n\nquelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte. Ouvrez ce lien dans l’heure pour le choisir\u{a0}:\n\n{link}\n\nSi ce n’était pas vous, il n’y a rien à faire\u{a0}: votre mot de passe reste inchangé.\n"
                ),
            ),
            Locale::Cs => (
                format!("{instance}: nastavení nového hesla"),
                format!(
                    "Dobrý den, {first_name},\n\nněkdo, nejspíš vy, požádal o nové heslo k vašemu účtu. Nastavíte je do hodiny na tomto odkazu:\n\n{link}\n\nPokud jste to nebyli vy, nemusíte dělat nic: heslo zůstává beze změny.\n"
                ),
            ),
        };
        Mail { to: (*to).to_owned(), subject, text }
    }
}

/// A link by which an added person sets the first password.
pub struct Invitation<'a> {
    /// The recipient's address.
    pub to: &'a str,
    /// The recipient's first name.
    pub first_name: &'a str,
    /// The name of this installation.
    pub instance: &'a str,
    /// The organisation that invites.
    pub organisation: &'a str,
    /// The link; valid for seven days, once.
    pub link: &'a str,
}

impl Invitation<'_> {
    /// The mail in a language.
    pub fn mail(&self, locale: Locale) -> Mail {
        let Self { to, first_name, instance, organisation, link } = self;
        let (subject, text) = match locale {
            Locale::En => (
                format!("{organisation} invites you to {instance}"),
                format!(
                    "Hello {first_name},\n\n{organisation} added you to {instance}. Open this link within seven days to choose your password and sign in:\n\n{link}\n"
                ),
            ),
            Locale::Fr => (
                format!("{organisation} vous invite sur {instance}"),
                format!(
                    "Bonjour {first_name},\n\n{organisation} vous a ajouté à {instance}. Ouvrez ce lien dans les sept jours pour choisir votre mot de passe et vous connecter\u{a0}:\n\n{link}\n"
                ),
            ),
            Locale::Cs => (
                format!("{organisation} vás zve do {instance}"),
                format!(
                    "Dobrý den, {first_name},\n\n{organisation} vás přidala do {instance}. Do sedmi dnů si na tomto odkazu zvolte heslo a přihlaste se:\n\n{link}\n"
                ),
            ),
        };
        Mail { to: (*to).to_owned(), subject, text }
    }
}
