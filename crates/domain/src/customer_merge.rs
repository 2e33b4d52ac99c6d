//! Two customers who are one person: what becomes of what is known of both, and
//! what must go on counting for both when they are parted again.

/// The name a kept customer has after a merge: the chosen one, else their own, else the other's.
#[must_use]
pub fn name<'a>(kept: &'a str, other: &'a str, chosen: Option<&'a str>) -> &'a str {
    chosen.unwrap_or(if kept.trim().is_empty() { other } else { kept })
}

/// The notes a kept customer has after a merge: the chosen ones, else both, one below the other.
#[must_use]
pub fn notes(kept: &str, other: &str, chosen: Option<&str>) -> String {
    match (chosen, kept.trim(), other.trim()) {
        (Some(chosen), ..) => chosen.to_owned(),
        (None, kept, other) if other.is_empty() || kept == other => kept.to_owned(),
        (None, "", other) => other.to_owned(),
        (None, kept, other) => format!("{kept}\n\n{other}"),
    }
}

/// An opt-out that stands: address, scope, since when (Unix ms).
pub type Stands<'a> = (&'a str, &'a str, i64);

/// Which of the opt-outs that stand came while two were one: all that did not stand just so when they were merged.
/// One that was said again since counts as new. No clock is compared with another's.
pub fn came_while_one<'a>(
    before: &[Stands<'_>],
    now: impl IntoIterator<Item = Stands<'a>>,
) -> impl Iterator<Item = Stands<'a>> {
    now.into_iter().filter(|one| !before.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_chosen_one_or_what_is_known() {
        for (kept, other, chosen, is) in [
            ("Ava", "Eva", None, "Ava"),
            ("", "Eva", None, "Eva"),
            (" ", "Eva", None, "Eva"),
            ("Ava", "Eva", Some("Ava Doe"), "Ava Doe"),
            ("Ava", "Eva", Some(""), ""),
        ] {
            assert_eq!(name(kept, other, chosen), is, "{kept:?} {other:?} {chosen:?}");
        }
    }

    #[test]
    fn notes_are_joined_and_nothing_is_said_twice() {
        for (kept, other, chosen, is) in [
            ("likes tea", "no calls", None, "likes tea\n\nno calls"),
            ("likes tea", "", None, "likes tea"),
            ("", "no calls", None, "no calls"),
            ("likes tea", "likes tea ", None, "likes tea"),
            ("likes tea", "no calls", Some("no calls"), "no calls"),
        ] {
            assert_eq!(notes(kept, other, chosen), is, "{kept:?} {other:?} {chosen:?}");
        }
    }

    #[test]
    fn an_opt_out_came_while_they_were_one_unless_it_stood_just_so() {
        let before = [("+1", "all", 5), ("+2", "marketing", 6)];
        let now = [("+1", "all", 5), ("+2", "marketing", 9), ("+2", "news", 6)];
        let came: Vec<_> = came_while_one(&before, now).collect();
        assert_eq!(came, [("+2", "marketing", 9), ("+2", "news", 6)]);
        assert_eq!(came_while_one(&before, []).count(), 0, "a START between takes it away");
    }
}
