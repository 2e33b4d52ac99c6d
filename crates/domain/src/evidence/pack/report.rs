//! What a verification says.

use serde::Serialize;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is not what the list says.
    Altered,
    /// The list names it, and it is not there.
    Missing,
    /// It is there, and the list does not name it.
    Added,
    /// It is there more than once.
    Doubled,
    /// It does not stand at its place.
    Reordered,
    /// It cannot be read.
    Unreadable,
    /// Its signature does not belong to it.
    Forged,
    /// It is signed with a key that was not given as the shop's.
    Stranger,
    /// It is not what the chain sealed.
    Unsealed,
    /// Its stretch of the chain leads to no head that holds.
    Broken,
    /// A head that was carried away says otherwise.
    Rewritten,
    /// It is of another workspace or address.
    Foreign,
    /// It does not follow from what it refers to.
    Unfounded,
}

impl Fault {
    /// The stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Doubled => "doubled",
            Self::Reordered => "reordered",
            Self::Unreadable => "unreadable",
            Self::Forged => "forged",
            Self::Stranger => "stranger",
            Self::Unsealed => "unsealed",
            Self::Broken => "broken",
            Self::Rewritten => "rewritten",
            Self::Foreign => "foreign",
            Self::Unfounded => "unfounded",
        }
    }
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// What it concerns: a kind of item, `file` or `line`.
    pub of: String,
    /// Which one.
    pub which: String,
    /// The fields it concerns, where they are known.
    pub fields: Vec<String>,
    /// A sentence for people.
    pub detail: String,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The pack, as its list names it.
    pub pack: String,
    /// The workspace.
    pub workspace: String,
    /// The address.
    pub address: String,
    /// When it was made, Unix ms.
    pub made_at: i64,
    /// The key the list is signed with.
    pub public_key: String,
    /// Items compared.
    pub items: usize,
    /// Rows followed into a signed head of the chain.
    pub sealed: usize,
    /// Rows from before the chain began: the list alone vouches for them.
    pub older: usize,
    /// Signed heads that hold.
    pub heads: usize,
    /// What holds, in sentences.
    pub holds: Vec<String>,
    /// What does not.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether everything holds.
    #[must_use]
    pub const fn genuine(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn add(&mut self, fault: Fault, of: &str, which: impl Into<String>, detail: &str) {
        self.add_fields(fault, of, which, Vec::new(), detail);
    }

    pub(super) fn add_fields(
        &mut self,
        fault: Fault,
        of: &str,
        which: impl Into<String>,
        fields: Vec<String>,
        detail: &str,
    ) {
        let finding = Finding { fault, of: of.to_owned(), which: which.into(), fields, detail: detail.to_owned() };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}
