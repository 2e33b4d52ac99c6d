//! The first steps with a new workspace, and which of them are done.

use crate::Engine;
use crate::demo::is_desk;
use domain::id::WorkspaceId;
use store::{DbError, watch, workspace};

/// One of the first steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its stable name.
    pub key: &'static str,
    /// What to do.
    pub title: String,
    /// Whether it is done.
    pub done: bool,
}

impl Engine {
    /// The first steps in order. The demo shop's talks do not count.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn onboarding(&self, ws: WorkspaceId) -> Result<Vec<Step>, DbError> {
        let begun = self.workspace(ws).read(workspace::begun).await?;
        let team = self.team_begun(ws).await?;
        let provider = self.provider_connected(ws).await?;
        let out_known = begun.opt_outs_imported || begun.opt_outs_none;
        let step = |key, title: &str, done| Step { key, title: title.to_owned(), done };
        let connect = format!("Connect the provider of your phone numbers{}", known(&self.provider_titles()));
        Ok(vec![
            step("first_text", "Text your shop from the simulator phone", begun.inbound),
            step("first_reply", "Answer it from the inbox", begun.outbound),
            step("team", "Invite the people who answer with you", team),
            step("opt_outs", "Bring along who opted out before, or say that nobody did", out_known),
            step("provider", &connect, provider),
            step("live", "Declare an inbox live", begun.live),
        ])
    }

    /// The providers whose texts reach real people.
    fn provider_titles(&self) -> Vec<&'static str> {
        let real = self.registry().iter().filter(|channel| channel.capabilities().real);
        real.map(channels::channel::Channel::title).collect()
    }

    /// Whether anybody was invited, or has joined: of those who can sign in the first is the
    /// owner. The demo shop's agents never can.
    async fn team_begun(&self, ws: WorkspaceId) -> Result<bool, DbError> {
        let members = self.member_list(ws).await?;
        let people = members.iter().filter(|one| one.member.disabled_at.is_none() && !is_desk(&one.member.email));
        Ok(people.count() > 1 || !self.invite_list(ws).await?.is_empty())
    }

    /// Whether the provider of a real account took its login, or called with a good signature.
    /// An account by itself proves nothing: its login may be wrong.
    async fn provider_connected(&self, ws: WorkspaceId) -> Result<bool, DbError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        for (id, _) in accounts.iter().filter(|(_, facts)| facts.capabilities.real && !facts.disabled) {
            let id = *id;
            // What this process saw needs no look. What is kept outlives it.
            if self.account_answered(id) || self.workspace(ws).read(move |tx| watch::account_used(tx, id, now)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Which they can be, for the end of a sentence.
fn known(titles: &[&str]) -> String {
    match titles {
        [] => String::new(),
        [only] => format!(": {only}"),
        [others @ .., last] => format!(": {} or {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn providers_are_named_as_people_name_them() {
        for (titles, expected) in
            [(&[][..], ""), (&["A"], ": A"), (&["A", "B"], ": A or B"), (&["A", "B", "C"], ": A, B or C")]
        {
            assert_eq!(known(titles), expected);
        }
    }
}
