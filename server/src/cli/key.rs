//! `hammock key create`, `list`, `revoke`.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hammock_contract::{
    ErrorCode, KeyId, Page,
    key::{ApiKey, NewApiKey},
    user::{Role, User, UserStatus},
};
use hammock_domain::{Hammock, Scope};

use super::{
    Organisation, table,
    target::{self, Listed},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a key and prints its secret, this once.
    Create(Create),
    /// Lists the keys of all organisations, or of one; their secrets are known to nobody.
    List {
        /// Prints JSON, as the public API answers it, with the organisation.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        organisation: Organisation,
    },
    /// Revokes a key: it stops working at once.
    Revoke {
        /// The id, as `hammock key list` prints it.
        id: String,
        #[command(flatten)]
        organisation: Organisation,
    },
}

/// A key to make.
#[derive(Debug, Args)]
pub struct Create {
    /// What it is for.
    #[arg(long, value_parser = target::name)]
    name: String,
    /// What it may do: user, administrator or owner.
    #[arg(long, default_value = "user", value_parser = role)]
    role: Role,
    /// The e-mail address of the person whose private things the key reaches; the first owner who has set a password when absent.
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    organisation: Organisation,
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(new) => create(hammock, new).await,
        Command::List { json, organisation } => {
            let mut keys = Vec::new();
            for organisation in target::organisations(hammock, &organisation).await? {
                let all = hammock.list_keys(&Scope::operator(organisation.id.clone())).await?.into_iter();
                keys.extend(all.map(|item| Listed { item, organisation: organisation.clone() }));
            }
            if json {
                outln!("{}", serde_json::to_string_pretty(&Page::single(keys))?);
            } else {
                let headings = ["ID", "NAME", "BEGINS WITH", "ROLE", "LAST USED", "ORGANISATION"];
                out!("{}", table::of(&headings, keys.iter().map(row)));
            }
            Ok(())
        }
        Command::Revoke { id, organisation } => {
            let unknown = || anyhow::anyhow!("there is no key {id:?}; see `hammock key list`");
            let key: KeyId = id.parse().map_err(|_| unknown())?;
            let scope = target::scope_of_key(hammock, &organisation, &key).await?.ok_or_else(unknown)?;
            hammock.revoke_key(&scope, &key).await.map_err(|error| match error.code {
                ErrorCode::NotFound => unknown(),
                _ => error.into(),
            })?;
            outln!("{key} was revoked");
            Ok(())
        }
    }
}

async fn create(hammock: &Hammock, new: Create) -> anyhow::Result<()> {
    let Create { name, role, email, organisation } = new;
    let scope = match &email {
        Some(email) => target::scope_of_person(hammock, &organisation, email).await?,
        None => target::scope(hammock, &organisation).await?,
    };
    let maker = maker(target::people(hammock, &scope).await?, email.as_deref())?;
    let made = hammock.create_key_for(&scope, NewApiKey { name, role }, maker.id).await.context("no key was made")?;
    outln!("{}", made.secret);
    Ok(())
}

/// Whose a key becomes: the person's with the address, else the first owner's. A key of somebody who was only invited opens
/// nothing.
fn maker(people: Vec<User>, email: Option<&str>) -> anyhow::Result<User> {
    let Some(email) = email else {
        let is_owner = |user: &User| user.role == Role::Owner && user.status == UserStatus::Active;
        return people.into_iter().find(is_owner).context(
            "no owner of this organisation has set a password yet, and until then a key of theirs opens nothing; let one of \
             them do it (`hammock user reset-password` makes a link), or name somebody else with --email",
        );
    };
    let found = people.into_iter().find(|user| user.email.eq_ignore_ascii_case(email));
    let found = found.with_context(|| format!("there is nobody with the address {email} in this organisation"))?;
    anyhow::ensure!(
        found.status == UserStatus::Active,
        "{email} was invited and has set no password yet, and until then a key of theirs opens nothing; `hammock user \
         reset-password {email}` makes a link that sets one"
    );
    Ok(found)
}

fn row(Listed { item: key, organisation }: &Listed<ApiKey>) -> [String; 6] {
    [
        key.id.to_string(),
        key.name.clone(),
        format!("{}…", key.start),
        word(key.role).to_owned(),
        key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string()),
        organisation.to_string(),
    ]
}

/// A role as it is written on the command line.
pub const fn word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Administrator => "administrator",
        Role::Owner => "owner",
    }
}

/// Reads a role.
pub fn role(text: &str) -> Result<Role, String> {
    match text.to_ascii_lowercase().as_str() {
        "user" => Ok(Role::User),
        "administrator" | "admin" => Ok(Role::Administrator),
        "owner" => Ok(Role::Owner),
        _ => Err("not a role: user, administrator or owner".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{Timestamp, UserId};

    use super::*;

    fn person(email: &str, role: Role, status: UserStatus) -> User {
        User {
            id: UserId::new(),
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            email: email.to_owned(),
            telephone: String::new(),
            role,
            status,
            created_at: Timestamp::from_millis(0),
            last_seen_at: None,
        }
    }

    #[test]
    fn a_key_is_of_somebody_who_has_a_password() {
        let invited = person("ada@example.org", Role::Owner, UserStatus::Invited);
        let user = person("bo@example.org", Role::User, UserStatus::Active);
        let owner = person("cy@example.org", Role::Owner, UserStatus::Active);
        let all = [invited, user, owner.clone()];
        let made_by = |email| maker(all.to_vec(), email).map(|found| found.email).map_err(|error| error.to_string());
        assert_eq!(made_by(None), Ok(owner.email));
        assert_eq!(made_by(Some("BO@example.org")), Ok("bo@example.org".to_owned()));
        assert!(made_by(Some("ada@example.org")).unwrap_err().contains("was invited"));
        assert!(made_by(Some("eve@example.org")).unwrap_err().contains("there is nobody"));
        let nobody = maker(all[..2].to_vec(), None).unwrap_err().to_string();
        assert!(nobody.contains("no owner of this organisation has set a password"), "{nobody}");
    }
}
