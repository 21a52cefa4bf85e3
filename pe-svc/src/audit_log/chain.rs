//! The hash chain of the audit log: each line's hash covers the line and the hash before it, so a line can neither be
//! altered, taken out nor slipped in without the chain breaking there. Pure.

use aws_lc_rs::digest;
use chrono::NaiveDateTime;

/// A line of the log, as it is hashed and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1, without gaps.
    pub id: i64,
    pub at: NaiveDateTime,
    pub actor_id: String,
    pub actor_name: String,
    pub action: String,
    pub resource: String,
    pub record_id: Option<String>,
    /// JSON text.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// The hash of a line after the one whose hash is given (empty for the first), in hexadecimal.
pub fn hash(previous: &str, line: &Line) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let id = line.id.to_string();
    let at = line.at.and_utc().timestamp_micros().to_string();
    let parts = [
        Some(previous),
        Some(&id),
        Some(&at),
        Some(&line.actor_id),
        Some(&line.actor_name),
        Some(&line.action),
        Some(&line.resource),
        line.record_id.as_deref(),
        line.before.as_deref(),
        line.after.as_deref(),
    ];
    for part in parts {
        // The length before each part keeps two different lines from running together into one text.
        match part {
            Some(text) => {
                context.update(&[1]);
                context.update(&(text.len() as u64).to_be_bytes());
                context.update(text.as_bytes());
            }
            None => context.update(&[0]),
        }
    }
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Follows a chain line by line.
#[derive(Debug, Default)]
pub struct Follower {
    length: i64,
    hash: String,
}

impl Follower {
    /// False when this line is not the one the chain says comes next.
    pub fn follows(&mut self, line: &Line, previous_hash: &str, stored_hash: &str) -> bool {
        let right =
            line.id == self.length + 1 && previous_hash == self.hash && stored_hash == hash(previous_hash, line);
        self.length = line.id;
        stored_hash.clone_into(&mut self.hash);
        right
    }

    /// The last line's number and hash: what the head of the chain must say.
    pub fn end(&self) -> (i64, &str) {
        (self.length, &self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: i64, after: &str) -> Line {
        Line {
            id,
            at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
            actor_id: "1".into(),
            actor_name: "甲".into(),
            action: "update".into(),
            resource: "pe-types".into(),
            record_id: Some("7".into()),
            before: None,
            after: Some(after.into()),
        }
    }

    #[test]
    fn a_line_altered_or_taken_out_is_noticed_where_it_stood() {
        let lines = [line(1, "a"), line(2, "b"), line(3, "c")];
        let mut hashes = vec![String::new()];
        for line in &lines {
            hashes.push(hash(hashes.last().unwrap(), line));
        }
        let mut follower = Follower::default();
        assert!(follower.follows(&lines[0], &hashes[0], &hashes[1]));
        assert!(!follower.follows(&line(2, "x"), &hashes[1], &hashes[2]));
        let mut follower = Follower::default();
        assert!(follower.follows(&lines[0], &hashes[0], &hashes[1]));
        assert!(!follower.follows(&lines[2], &hashes[2], &hashes[3]));
    }

    #[test]
    fn text_moved_from_one_field_to_the_next_changes_the_hash() {
        let mut moved = line(1, "");
        moved.before = Some("a".into());
        moved.after = None;
        assert_ne!(hash("", &line(1, "a")), hash("", &moved));
    }
}
