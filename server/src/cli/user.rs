//! `hammock user create`.

use anyhow::Context as _;
use clap::Subcommand;
use hammock_contract::{
    auth::Registration,
    locale::Locale,
    user::{FirstPassword, NewUser, Role},
};
use hammock_domain::{Hammock, Origin};

use super::{Organisation, target};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Adds a person. Without an organisation, one is made with the person as its owner.
    Create {
        /// E-mail address.
        #[arg(long)]
        email: String,
        /// First name.
        #[arg(long)]
        first_name: String,
        /// Last name.
        #[arg(long)]
        last_name: String,
        /// The role: user, administrator or owner.
        #[arg(long, default_value = "user", value_parser = super::key::role)]
        role: Role,
        /// Reads the password from the first line of standard input; otherwise one is made up and printed.
        #[arg(long)]
        password_stdin: bool,
        /// Makes a new organisation with this name, with the person as its owner.
        #[arg(long, conflicts_with = "organisation")]
        new_organisation: Option<String>,
        #[command(flatten)]
        organisation: Organisation,
    },
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<()> {
    let Command::Create { email, first_name, last_name, role, password_stdin, new_organisation, organisation } =
        command;
    let password = if password_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("no password could be read from standard input")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        format!("{}-a1", uuid::Uuid::new_v4().simple())
    };
    let is_first = !hammock_store::organisations::any(hammock.store().read()).await?;
    if is_first || new_organisation.is_some() {
        let registration = Registration {
            first_name,
            last_name,
            email: email.clone(),
            password: password.clone(),
            password_again: password.clone(),
            organisation: new_organisation.unwrap_or_default(),
            accept_terms: true,
            no_marketing: true,
        };
        let origin = Origin { address: None, locale: Locale::default() };
        hammock.create_organisation(registration, &origin).await?;
        println!("{email} was added as the owner of a new organisation");
    } else {
        let scope = target::scope(hammock, &organisation).await?;
        let first_password = FirstPassword::Set { password: password.clone() };
        let new =
            NewUser { first_name, last_name, email: email.clone(), telephone: String::new(), role, first_password };
        hammock.add_user(&scope, new, Locale::default()).await?;
        println!("{email} was added");
    }
    if !password_stdin {
        println!("password: {password}");
    }
    Ok(())
}
