//! `hammock user create`, `list`, `role`, `reset-password`.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hammock_contract::{
    Page,
    auth::Registration,
    locale::Locale,
    user::{FirstPassword, NewUser, Role, User, UserPatch, UserStatus},
};
use hammock_domain::{Hammock, Origin, Scope};

use super::{
    Organisation, table,
    target::{self, Listed},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Adds a person. Without an organisation, one is made with the person as its owner.
    Create(Create),
    /// Lists the people of all organisations, or of one.
    List {
        /// Prints JSON, as the public API answers it, with the organisation.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        organisation: Organisation,
    },
    /// Gives a person another role. The last owner stays.
    Role {
        /// E-mail address.
        email: String,
        /// The role: user, administrator or owner.
        #[arg(value_parser = super::key::role)]
        role: Role,
        #[command(flatten)]
        organisation: Organisation,
    },
    /// Prints a link that lets a person set a new password, once.
    ResetPassword {
        /// E-mail address.
        email: String,
        /// Sets the password at once instead, from the first line of standard input; the person's sessions end.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        organisation: Organisation,
    },
}

/// A person to add.
#[derive(Debug, Args)]
pub struct Create {
    /// E-mail address.
    #[arg(long)]
    email: String,
    /// First name.
    #[arg(long, value_parser = target::name)]
    first_name: String,
    /// Last name.
    #[arg(long, value_parser = target::name)]
    last_name: String,
    /// The role: user, administrator or owner. Without it `user`, or `owner` in a new organisation.
    #[arg(long, value_parser = super::key::role)]
    role: Option<Role>,
    /// Reads the password from the first line of standard input; otherwise one is made up and printed.
    #[arg(long)]
    password_stdin: bool,
    /// Makes a new organisation with this name, with the person as its owner.
    #[arg(long, conflicts_with = "organisation")]
    new_organisation: Option<String>,
    #[command(flatten)]
    organisation: Organisation,
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(new) => create(hammock, new).await,
        Command::List { json, organisation } => {
            let mut people = Vec::new();
            for organisation in target::organisations(hammock, &organisation).await? {
                let scope = Scope::operator(organisation.id.clone());
                let all = target::people(hammock, &scope).await?.into_iter();
                people.extend(all.map(|item| Listed { item, organisation: organisation.clone() }));
            }
            if json {
                outln!("{}", serde_json::to_string_pretty(&Page::single(people))?);
            } else {
                let headings = ["E-MAIL", "NAME", "ROLE", "LAST SEEN", "ORGANISATION"];
                out!("{}", table::of(&headings, people.iter().map(row)));
            }
            Ok(())
        }
        Command::Role { email, role, organisation } => {
            let scope = target::scope_of_person(hammock, &organisation, &email).await?;
            let user = find(hammock, &scope, &email).await?;
            let patch = UserPatch { role: Some(role), ..UserPatch::default() };
            let user = hammock.update_user(&scope, &user.id, patch).await?;
            outln!("{} is now: {}", user.email, super::key::word(user.role));
            Ok(())
        }
        Command::ResetPassword { email, password_stdin, organisation } => {
            let scope = target::scope_of_person(hammock, &organisation, &email).await?;
            let user = find(hammock, &scope, &email).await?;
            if password_stdin {
                hammock.set_password(&scope, &user.id, first_line()?).await?;
                outln!("the password of {} was set", user.email);
                return Ok(());
            }
            let link = hammock.make_password_link(&scope, &user.id).await?;
            let valid = if user.status == UserStatus::Invited { "seven days" } else { "one hour" };
            errln!("{} can set a password with this link, once, within {valid}:", user.email);
            outln!("{link}");
            Ok(())
        }
    }
}

async fn find(hammock: &Hammock, scope: &Scope, email: &str) -> anyhow::Result<User> {
    let found = hammock.find_user_by_email(scope, email).await;
    found.map_err(|error| match error.code {
        hammock_contract::ErrorCode::NotFound => {
            anyhow::anyhow!("there is nobody with the address {email} in this organisation")
        }
        _ => error.into(),
    })
}

fn row(Listed { item: user, organisation }: &Listed<User>) -> [String; 5] {
    let invited = if user.status == UserStatus::Invited { " (invited)" } else { "" };
    [
        user.email.clone(),
        format!("{} {}", user.first_name, user.last_name),
        format!("{}{invited}", super::key::word(user.role)),
        user.last_seen_at.map_or_else(|| "never".to_owned(), |at| at.to_string()),
        organisation.to_string(),
    ]
}

fn first_line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("no password could be read from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn create(hammock: &Hammock, new: Create) -> anyhow::Result<()> {
    let Create { email, first_name, last_name, role, password_stdin, new_organisation, organisation } = new;
    let is_first = !hammock_store::organisations::any(hammock.store().read()).await?;
    let makes_organisation = is_first || new_organisation.is_some();
    if makes_organisation && let Some(role) = role.filter(|role| *role != Role::Owner) {
        // The option that asks for a new organisation, or that there is none yet to add a person to.
        let reason = if is_first { "there is no organisation yet, so one is made" } else { "an organisation is made" };
        anyhow::bail!(
            "--role {}: {reason}, and whoever comes first owns it; leave --role out or give owner, and add others afterwards",
            super::key::word(role)
        );
    }
    let password = if password_stdin { first_line()? } else { format!("{}-a1", uuid::Uuid::new_v4().simple()) };
    if makes_organisation {
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
        outln!("{email} was added as the owner of a new organisation");
    } else {
        let scope = target::scope(hammock, &organisation).await?;
        let first_password = FirstPassword::Set { password: password.clone() };
        let role = role.unwrap_or(Role::User);
        let new =
            NewUser { first_name, last_name, email: email.clone(), telephone: String::new(), role, first_password };
        hammock.add_user(&scope, new, Locale::default()).await?;
        outln!("{email} was added");
    }
    if !password_stdin {
        outln!("password: {password}");
    }
    Ok(())
}
