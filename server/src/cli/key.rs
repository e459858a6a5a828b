//! `hammock key create`.

use anyhow::Context as _;
use clap::Subcommand;
use hammock_contract::{key::NewApiKey, page::PageRequest, user::Role};
use hammock_domain::Hammock;

use super::{Organisation, target};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a key and prints its secret, this once.
    Create {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it may do: user, administrator or owner.
        #[arg(long, default_value = "user", value_parser = role)]
        role: Role,
        /// The e-mail address of the person whose private things the key reaches; the first owner when absent.
        #[arg(long)]
        email: Option<String>,
        #[command(flatten)]
        organisation: Organisation,
    },
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<()> {
    let Command::Create { name, role, email, organisation } = command;
    let scope = target::scope(hammock, &organisation).await?;
    let mut page_token = None;
    let maker = loop {
        let page =
            hammock.list_users(&scope, PageRequest { limit: Some(200), page_token, query: email.clone() }).await?;
        let found = page.items.into_iter().find(|user| match &email {
            Some(email) => user.email.eq_ignore_ascii_case(email),
            None => user.role == Role::Owner,
        });
        match (found, page.next_page_token) {
            (Some(user), _) => break user,
            (None, Some(token)) => page_token = Some(token),
            (None, None) => {
                anyhow::bail!("there is nobody with the address {} in this organisation", email.unwrap_or_default())
            }
        }
    };
    let made = hammock.create_key_for(&scope, NewApiKey { name, role }, maker.id).await.context("no key was made")?;
    println!("{}", made.secret);
    Ok(())
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
