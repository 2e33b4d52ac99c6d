use domain::snippet::{LONGEST, Piece, snippet};
use domain::words::query;
use proptest::prelude::*;

/// A snippet with its finds in square brackets.
fn shown(body: &str, asked: &str) -> String {
    let show = |piece: Piece| if piece.found { format!("[{}]", piece.text) } else { piece.text };
    snippet(body, &query(asked)).into_iter().map(show).collect()
}

#[test]
fn finds_are_marked_as_they_were_written() {
    for (body, asked, expected) in [
        ("The Blue dress, please", "blue ", "The [Blue] dress, please"),
        ("Où est ma CAFETIÈRE?", "cafetiere", "Où est ma [CAFETIÈRE]?"),
        ("I want a refund", "ref", "I want a [refund]"),
        ("a refund", "ref ", "a refund"),
        ("order #1001 and 1002", "1001", "order #[1001] and 1002"),
        ("call (415) 555-0100 now", "+1 415 555 0100", "call ([415]) [555]-[0100] now"),
        ("a blue car, a blue dress", "\"blue dress\"", "a blue car, a [blue] [dress]"),
        ("I don't know", "dont ", "I [don't] know"),
        ("nothing here", "else", "nothing here"),
        ("", "else", ""),
    ] {
        assert_eq!(shown(body, asked), expected, "{asked} in {body}");
    }
}

#[test]
fn a_long_text_is_cut_around_its_first_find() {
    let body = format!("{}needle {}", "hay ".repeat(200), "straw ".repeat(200));
    let found = shown(&body, "needle ");
    assert!(found.starts_with("…") && found.ends_with('…') && found.contains(" [needle] straw"), "{found}");
    assert!(found.chars().count() <= LONGEST + 4, "{found}");
    let end = format!("{}needle", "hay ".repeat(200));
    assert!(shown(&end, "needle ").ends_with("hay [needle]"));
}

proptest! {
    #[test]
    fn any_text_and_question_give_a_piece_of_the_text(body in "(.|[a-c ]){0,400}", asked in "(.|[a-c \"]){0,20}") {
        let text: String = snippet(&body, &query(&asked)).into_iter().map(|piece| piece.text).collect();
        prop_assert!(body.contains(text.trim_matches('…')) || body.contains('…'));
        prop_assert!(text.chars().count() <= LONGEST + 2);
    }
}
