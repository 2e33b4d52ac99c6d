//! `hark probe`: the pure rules on a pipe.
//!
//! JSON lines in, JSON lines out: one answer per line, in the same order. A
//! line that cannot be read gets an error as its answer, and the next is read.

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};

use clap::ValueEnum;
use domain::encoding::{self, Encoding};
use domain::{keyword, smart};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// The most bytes of a line. A text of ten parts is far smaller.
const LONGEST_LINE: usize = 1 << 20;

/// Which rule to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// How a text is cut into parts: `{"text", "smart"?}`.
    Encode,
    /// What a text asks for: `{"text"}`.
    Intent,
    /// Whether a text may be sent: `{"now", "purpose", "body", "to", …}`, as in docs/rules/gate.md.
    Gate,
}

/// Answers every line of the input.
///
/// # Errors
/// Only where reading or writing fails.
pub fn run(kind: Kind, input: impl Read, output: impl Write) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut line = Vec::new();
    loop {
        // Whoever waits for an answer before asking on must not wait forever.
        if !input.buffer().contains(&b'\n') {
            output.flush()?;
        }
        let fits = match read_line(&mut input, &mut line)? {
            Line::End => break,
            Line::Whole => true,
            Line::TooLong => false,
        };
        if fits {
            answer(kind, &line, &mut output)?;
        } else {
            write_line(&mut output, &Failure::new("line_too_long", "A line may have 1 MiB."))?;
        }
    }
    output.flush()
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads up to the next line break, keeping no more than a line may have.
fn read_line(input: &mut BufReader<impl Read>, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let mut length = 0_usize;
    loop {
        let read = match input.fill_buf() {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read.is_empty() {
            return Ok(match length {
                0 => Line::End,
                _ if length > LONGEST_LINE => Line::TooLong,
                _ => Line::Whole,
            });
        }
        let end = read.iter().position(|&byte| byte == b'\n');
        let piece = &read[..end.unwrap_or(read.len())];
        if length + piece.len() <= LONGEST_LINE {
            line.extend_from_slice(piece);
        }
        length += piece.len();
        let used = piece.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(if length > LONGEST_LINE { Line::TooLong } else { Line::Whole });
        }
    }
}

#[derive(Deserialize)]
struct Question {
    text: Option<String>,
    #[serde(default)]
    smart: bool,
}

#[derive(Serialize)]
struct Encoded<'a> {
    encoding: Encoding,
    units: u32,
    parts: u32,
    split: Vec<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct Failure {
    error: Reason,
}

#[derive(Serialize)]
struct Reason {
    code: Cow<'static, str>,
    message: String,
}

impl Failure {
    fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { error: Reason { code: code.into(), message: message.into() } }
    }
}

fn answer(kind: Kind, line: &[u8], output: &mut impl Write) -> io::Result<()> {
    // Serde would read a list as the fields in their order.
    if !line.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok() {
        return write_line(output, &Failure::new("invalid_question", "A question is a JSON object."));
    }
    let said = match kind {
        Kind::Encode => read(line).and_then(|question| encode(question, output)),
        Kind::Intent => read(line).and_then(|question| intent(question, output)),
        Kind::Gate => read(line).and_then(|question| gate(&question, output)),
    };
    match said {
        Ok(written) => written,
        Err(failure) => write_line(output, &failure),
    }
}

/// Whether the answer was written, or why there is none.
type Said = Result<io::Result<()>, Failure>;

fn encode(question: Question, output: &mut impl Write) -> Said {
    let smart = question.smart;
    let text = question.text()?;
    let repaired = if smart { smart::repair(&text) } else { None };
    let text = repaired.as_deref().unwrap_or(&text);
    let measure = encoding::measure(text);
    let answer = Encoded {
        encoding: measure.encoding,
        units: measure.units,
        parts: measure.parts,
        split: encoding::parts(text).collect(),
        text,
    };
    Ok(write_line(output, &answer))
}

fn intent(question: Question, output: &mut impl Write) -> Said {
    Ok(write_line(output, &keyword::classify(&question.text()?)))
}

fn gate(question: &domain::gate::Question, output: &mut impl Write) -> Said {
    match question.answer() {
        Ok(answer) => Ok(write_line(output, &answer)),
        Err(error) => Err(Failure::new(error.code(), error.to_string())),
    }
}

impl Question {
    fn text(self) -> Result<String, Failure> {
        self.text.ok_or_else(|| Failure::new("text_missing", "The question has no \"text\"."))
    }
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(line).map_err(|error| {
        let code = if error.is_data() { "invalid_question" } else { "invalid_json" };
        Failure::new(code, error.to_string())
    })
}

fn write_line(output: &mut impl Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, answer)?;
    output.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn asked(kind: Kind, input: &[u8]) -> Vec<Value> {
        let mut output = Vec::new();
        run(kind, input, &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_text_is_cut_and_repaired_on_demand() {
        let long = format!("{}€{}", "a".repeat(152), "b".repeat(152));
        let input = format!(
            "{}\n{}\n{}\n",
            json!({"text": long}),
            json!({"text": "it’s"}),
            json!({"text": "it’s", "smart": true})
        );
        let answers = asked(Kind::Encode, input.as_bytes());
        assert_eq!(
            answers[0],
            json!({"encoding": "gsm7", "units": 306, "parts": 3, "text": long,
                "split": ["a".repeat(152), format!("€{}", "b".repeat(151)), "b"]})
        );
        assert_eq!(answers[1], json!({"encoding": "ucs2", "units": 4, "parts": 1, "split": ["it’s"], "text": "it’s"}));
        assert_eq!(answers[2], json!({"encoding": "gsm7", "units": 4, "parts": 1, "split": ["it's"], "text": "it's"}));
    }

    #[test]
    fn an_intent_has_its_class_and_its_rule() {
        let answers = asked(Kind::Intent, b"{\"text\":\"STOP\"}\r\n{\"text\":\"where is my order\"}");
        assert_eq!(answers[0], json!({"class": "opt_out", "matched_by": "keyword:stop", "confidence": 1.0}));
        assert_eq!(answers[1]["class"], "none");
    }

    #[test]
    fn the_examples_of_the_page_are_true() {
        let page = include_str!("../../../../docs/rules/gate.md");
        let blocks = |kind: &str| -> Vec<Value> {
            let opens = format!("```json {kind}\n");
            let after = page.split(&opens).skip(1);
            after.map(|rest| serde_json::from_str(rest.split("\n```").next().unwrap()).unwrap()).collect()
        };
        let (questions, answers) = (blocks("question"), blocks("answer"));
        let input: String = questions.iter().map(|question| format!("{question}\n")).collect();
        let said = asked(Kind::Gate, input.as_bytes());
        assert_eq!(said.len(), answers.len());
        for ((question, answer), said) in questions.iter().zip(&answers).zip(&said) {
            assert_eq!(said, answer, "{question}\n{said:#}");
        }
    }

    #[test]
    fn the_gate_says_what_a_question_lacks() {
        let whole = json!({"now": "2026-12-08T17:00:00Z", "purpose": "otp", "body": "1", "to": "+13035550100"});
        let mut lines = String::new();
        let mut codes = Vec::new();
        for (key, value, code) in [
            ("now", Value::Null, "now_missing"),
            ("purpose", Value::Null, "purpose_missing"),
            ("body", Value::Null, "body_missing"),
            ("to", Value::Null, "to_missing"),
            ("now", json!("2026-12-08T17:00:00"), "time_invalid"),
            ("now", json!(5), "invalid_question"),
            ("purpose", json!("fun"), "purpose_unknown"),
            ("from", json!(" "), "from_unknown"),
            ("zips", json!(["1"]), "zip_invalid"),
            ("states", json!(["XX"]), "state_unknown"),
            ("declared_zone", json!("Mars"), "zone_unknown"),
            ("pack", json!("lenient"), "pack_unknown"),
            ("origin", json!("ghost"), "origin_unknown"),
            ("sent", json!(["now"]), "time_invalid"),
            ("last_inbound", json!("now"), "time_invalid"),
            ("suppressions", json!([{"scope": "all", "at": "x"}]), "time_invalid"),
            ("suppressions", json!([{"scope": "all"}]), "invalid_question"),
            (
                "consents",
                json!([{"channel": "fax", "purpose": "otp", "status": "granted", "at": "x"}]),
                "consents_channel_unknown",
            ),
            (
                "consents",
                json!([{"channel": "sms", "purpose": "fun", "status": "granted", "at": "x"}]),
                "consents_purpose_unknown",
            ),
            (
                "consents",
                json!([{"channel": "sms", "purpose": "otp", "status": "maybe", "at": "x"}]),
                "consents_status_unknown",
            ),
            (
                "consents",
                json!([{"channel": "sms", "purpose": "otp", "status": "granted", "kind": "x", "at": "x"}]),
                "consents_kind_unknown",
            ),
            (
                "consents",
                json!([{"channel": "sms", "purpose": "otp", "status": "granted", "kind": "written", "at": "x"}]),
                "time_invalid",
            ),
        ] {
            let mut question = whole.clone();
            question[key] = value;
            lines.push_str(&format!("{question}\n"));
            codes.push(code);
        }
        lines.push_str(&format!("{whole}\n"));
        codes.push("none");
        let said = asked(Kind::Gate, lines.as_bytes());
        let told: Vec<&str> = said.iter().map(|answer| answer["error"]["code"].as_str().unwrap_or("none")).collect();
        assert_eq!(told, codes);
        assert_eq!(said.last().unwrap()["verdict"], "send");
    }

    #[test]
    fn each_bad_line_gets_its_error_and_the_next_is_read() {
        let mut input = b"nonsense\n\n{}\n{\"text\":5}\n[\"a\"]\n\xff\xfe\n{\"text\":\"\\ud800\"}\n".to_vec();
        input.extend(vec![b' '; LONGEST_LINE + 1]);
        input.extend(b"\n{\"text\":\"HELP\"}\n");
        let answers = asked(Kind::Intent, &input);
        let codes: Vec<&str> =
            answers.iter().map(|answer| answer["error"]["code"].as_str().unwrap_or("none")).collect();
        assert_eq!(
            codes,
            [
                "invalid_json",
                "invalid_json",
                "text_missing",
                "invalid_question",
                "invalid_question",
                "invalid_json",
                "invalid_json",
                "line_too_long",
                "none"
            ]
        );
        assert!(
            answers[..8].iter().all(|answer| answer["error"]["message"].as_str().is_some_and(|text| !text.is_empty()))
        );
        assert_eq!(answers[8]["class"], "help");
    }

    #[test]
    fn an_answer_comes_before_the_next_question_is_needed() {
        /// Gives one line, then checks that its answer was written.
        struct OneByOne<'a> {
            lines: std::vec::IntoIter<&'static str>,
            written: &'a std::cell::RefCell<Vec<u8>>,
            asked: usize,
        }
        impl Read for OneByOne<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let answered = self.written.borrow().iter().filter(|&&byte| byte == b'\n').count();
                assert_eq!(answered, self.asked);
                let Some(line) = self.lines.next() else { return Ok(0) };
                self.asked += 1;
                buffer[..line.len()].copy_from_slice(line.as_bytes());
                Ok(line.len())
            }
        }
        struct Shared<'a>(&'a std::cell::RefCell<Vec<u8>>);
        impl Write for Shared<'_> {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.borrow_mut().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let written = std::cell::RefCell::new(Vec::new());
        let lines = vec!["{\"text\":\"a\"}\n", "{\"text\":\"b\"}\n", "broken\n"].into_iter();
        run(Kind::Encode, OneByOne { lines, written: &written, asked: 0 }, Shared(&written)).unwrap();
        assert_eq!(written.borrow().iter().filter(|&&byte| byte == b'\n').count(), 3);
    }
}
