//! How letters leave: an edge. By default they are written as `.eml` files; with a URL they go by SMTP.

use std::io;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::mail::letter::Letter;
use crate::settings::MailSettings;

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It never will: the address or the text is not acceptable.
    #[error("{0}")]
    Unsendable(String),
    /// Worth another try.
    #[error("{0}")]
    Failed(String),
}

/// Sends letters. `key` makes a repeated letter recognisable as the same.
pub trait MailTransport: Send + Sync + 'static {
    fn send<'a>(&'a self, key: &'a str, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>>;
}

/// The transport of the settings.
pub fn from_settings(settings: &MailSettings) -> Result<Box<dyn MailTransport>, MailError> {
    let from: Mailbox = settings.from.parse().map_err(|error| MailError::Unsendable(format!("mail.from: {error}")))?;
    let url = settings.url.expose_secret();
    if url.is_empty() {
        return Ok(Box::new(Files { folder: settings.folder.clone(), from }));
    }
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|error| MailError::Unsendable(format!("mail.url: {error}")))?
        .build();
    Ok(Box::new(Smtp { transport, from }))
}

struct Files {
    folder: PathBuf,
    from: Mailbox,
}

impl MailTransport for Files {
    fn send<'a>(&'a self, key: &'a str, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let message = compose(&self.from, key, letter)?;
            // Named by the key: the same letter again is the same file.
            let name: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            self.write(&format!("{name}.eml"), &message.formatted())
                .await
                .map_err(|error| MailError::Failed(format!("{}: {error}", self.folder.display())))
        })
    }
}

impl Files {
    /// Written aside and moved into place, so that a file is always whole.
    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder).await?;
        let aside = self.folder.join(format!(".{name}.new"));
        let mut file = fs::File::create(&aside).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&aside, self.folder.join(name)).await
    }
}

struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailTransport for Smtp {
    fn send<'a>(&'a self, key: &'a str, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let message = compose(&self.from, key, letter)?;
            match self.transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(MailError::Unsendable(error.to_string())),
                Err(error) => Err(MailError::Failed(error.to_string())),
            }
        })
    }
}

/// The message, with an id made from the key: a mail server may drop the second of two.
fn compose(from: &Mailbox, key: &str, letter: &Letter) -> Result<Message, MailError> {
    let unsendable = |why: String| MailError::Unsendable(why);
    let address: Address = letter.to.parse().map_err(|_| unsendable("the address is not a mail address".to_owned()))?;
    let domain = from.email.domain();
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(letter.to_name.clone()), address))
        .subject(&letter.subject)
        .message_id(Some(format!("<{key}@{domain}>")))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|error| unsendable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str) -> Letter {
        Letter {
            to_name: "示例经理".to_owned(),
            to: to.to_owned(),
            subject: "工单已完成".to_owned(),
            text: "您好".to_owned(),
        }
    }

    fn files(folder: &std::path::Path) -> Files {
        Files { folder: folder.to_owned(), from: "Front Desk <front-desk@example.com>".parse().unwrap() }
    }

    #[tokio::test]
    async fn the_same_letter_twice_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        for _ in 0..2 {
            files.send("closed-7", &letter("manager@example.com")).await.unwrap();
        }
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["closed-7.eml"]);
        let text = std::fs::read_to_string(folder.path().join("closed-7.eml")).unwrap();
        assert!(text.contains("Message-ID: <closed-7@example.com>"), "{text}");
    }

    #[tokio::test]
    async fn what_is_no_address_is_never_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let error = files(folder.path()).send("k", &letter("nobody at all")).await.unwrap_err();
        assert!(matches!(error, MailError::Unsendable(_)));
    }
}
