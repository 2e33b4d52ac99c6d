//! Answers to a survey question.

/// The number of a text that is nothing but a rating from 0 to 10: `5`, `5!`,
/// `4/5`, `9/10`, a keycap emoji, or one to five stars.
#[must_use]
pub fn survey_digit(text: &str) -> Option<u8> {
    // A rating is short; a long text is none, whatever it holds.
    if text.len() > 48 {
        return None;
    }
    let text = text.trim();
    let starred = !text.is_empty() && text.chars().all(|ch| matches!(ch, '⭐' | '🌟' | '★' | '\u{fe0f}' | ' '));
    if starred {
        let stars = text.chars().filter(|ch| matches!(ch, '⭐' | '🌟' | '★')).count();
        return u8::try_from(stars).ok().filter(|stars| *stars <= 5);
    }
    if matches!(text, "🔟" | "💯") {
        return Some(10);
    }
    let plain: String = text
        .chars()
        .filter(|ch| !matches!(ch, '\u{fe0f}' | '\u{20e3}' | '\u{200b}' | '\u{feff}'))
        .map(|ch| match ch {
            // Full-width digits lie at a fixed distance from the plain ones.
            '\u{ff10}'..='\u{ff19}' => char::from_u32(ch as u32 - 0xff10 + u32::from('0')).unwrap_or(ch),
            _ => ch,
        })
        .collect();
    let plain =
        plain.trim().trim_start_matches(['#', '"', '\'']).trim_end_matches(['.', '!', ',', '"', '\'', '+', ' ', '*']);
    let (number, scale) = match plain.split_once('/') {
        Some((number, scale)) => (number.trim(), scale.trim()),
        None => (plain, ""),
    };
    let number = rating(number)?;
    match scale {
        "" => Some(number),
        "5" | "10" => (number <= rating(scale)?).then_some(number),
        _ => None,
    }
}

/// One digit, or 10; no leading zero.
fn rating(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        b"10" => Some(10),
        _ => None,
    }
}
