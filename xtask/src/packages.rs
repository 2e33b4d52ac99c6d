//! Which foreign packages may be compiled into Hark.

use crate::metadata::Package;

/// Packages that must not come back, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("openssl-sys", "TLS is rustls with ring: one binary, no system library"),
    ("native-tls", "TLS is rustls with ring: one binary, no system library"),
    ("aws-lc-sys", "a tenth of a clean build's time; rustls uses ring"),
    ("sqlx", "the data layer is our own thin one over both engines"),
    ("diesel", "the data layer is our own thin one over both engines"),
    ("sea-orm", "the data layer is our own thin one over both engines"),
    ("duckdb", "the store is SQLite or PostgreSQL"),
    ("tikv-jemalloc-sys", "the allocator is mimalloc: as fast, far less to compile"),
    ("inventory", "registries are explicit and listable, without linker magic"),
    ("ctor", "registries are explicit and listable, without linker magic"),
    ("async-std", "the runtime is tokio"),
];

/// Licences that may be compiled into a binary under Apache-2.0.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages under another licence that is no burden, and why.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("option-ext", "MPL-2.0", "runs inside a macro of rust-embed at build time; nothing of it is in the binary")];

/// Every forbidden package in the tree.
#[must_use]
pub fn forbidden(packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .filter_map(|package| {
            let (name, reason) = FORBIDDEN.iter().find(|(name, _)| *name == package.name)?;
            let users: Vec<&str> = packages
                .iter()
                .filter(|user| user.dependencies.iter().any(|dependency| dependency == name))
                .map(|user| user.name.as_str())
                .collect();
            Some(format!("{name} (used by {}): {reason}", users.join(", ")))
        })
        .collect()
}

/// Every package whose licence is unknown or not on the list.
#[must_use]
pub fn unlicensed(packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .filter(|package| {
            let licence = package.licence.as_deref().unwrap_or_default();
            let excepted = EXCEPTIONS.iter().any(|(name, known, _)| *name == package.name && *known == licence);
            !excepted && !licence_is_allowed(licence)
        })
        .map(|package| {
            format!("{} {}: {}", package.name, package.version, package.licence.as_deref().unwrap_or("none"))
        })
        .collect()
}

/// Whether an SPDX expression can be met with the allowed licences: one of the
/// OR branches, all of its AND parts. The old form `A/B` means OR.
#[must_use]
pub fn licence_is_allowed(expression: &str) -> bool {
    let expression = expression.trim().replace('/', " OR ");
    if let Some(branches) = split_outside_parentheses(&expression, " OR ") {
        return branches.iter().any(|branch| licence_is_allowed(branch));
    }
    if let Some(parts) = split_outside_parentheses(&expression, " AND ") {
        return parts.iter().all(|part| licence_is_allowed(part));
    }
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => licence_is_allowed(inner),
        None => LICENCES.contains(&expression.as_str()),
    }
}

/// The pieces between `word`, if it occurs outside parentheses.
fn split_outside_parentheses<'a>(expression: &'a str, word: &str) -> Option<Vec<&'a str>> {
    let mut depth = 0_usize;
    let mut start = 0;
    let mut pieces = Vec::new();
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && at >= start && expression[at..].starts_with(word) => {
                pieces.push(&expression[start..at]);
                start = at + word.len();
            }
            _ => {}
        }
    }
    pieces.push(&expression[start..]);
    (pieces.len() > 1).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_licence_expressions() {
        for allowed in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "Apache-2.0 AND ISC",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(licence_is_allowed(allowed), "{allowed}");
        }
        for refused in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "(GPL-2.0-only OR AGPL-3.0-only) AND MIT", ""] {
            assert!(!licence_is_allowed(refused), "{refused}");
        }
    }
}
