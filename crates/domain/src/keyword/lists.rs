//! Texts that are one word of ours, or nearly one.

use super::lexicon::distance;
use super::{Class, Intent};

/// A text that is this one word.
pub(super) fn exact(word: &str) -> Option<Intent> {
    use Class::{Help, OptIn, OptOut};
    let (class, matched_by, confidence) = match word {
        "stop" => (OptOut, "keyword:stop", 1.0),
        "stopall" => (OptOut, "keyword:stopall", 1.0),
        "unsubscribe" => (OptOut, "keyword:unsubscribe", 1.0),
        "end" => (OptOut, "keyword:end", 1.0),
        "quit" => (OptOut, "keyword:quit", 1.0),
        "revoke" => (OptOut, "keyword:revoke", 1.0),
        "optout" => (OptOut, "keyword:optout", 1.0),
        "cancel" => (OptOut, "keyword:cancel", 1.0),
        "remove" => (OptOut, "keyword:remove", 0.9),
        "unsub" | "unsubscribed" | "unsubscribing" => (OptOut, "keyword:unsubscribe", 0.97),
        "leave" | "desist" | "discontinue" => (OptOut, "keyword:other", 0.8),
        "alto" | "parar" | "baja" => (OptOut, "keyword:es", 1.0),
        "basta" | "salir" | "quitar" | "cancelar" | "detener" | "detente" | "pare" | "paren" | "desuscribir"
        | "desuscribirme" => (OptOut, "keyword:es", 0.9),
        "para" => (OptOut, "keyword:es", 0.75),
        "arret" | "desabonner" => (OptOut, "keyword:fr", 1.0),
        "arreter" | "arretez" | "desabonnement" | "desabonnez" | "desinscrire" | "desinscription" | "desinscrivez"
        | "stoppez" => (OptOut, "keyword:fr", 0.95),
        // Portuguese, German, Chinese; the Russian word with its letters folded.
        "sair" | "abmelden" | "abbestellen" | "austragen" | "descadastrar" | "退订" | "停止" | "ctoп" => {
            (OptOut, "keyword:other", 0.9)
        }
        "start" => (OptIn, "keyword:start", 1.0),
        "unstop" => (OptIn, "keyword:unstop", 1.0),
        "optin" | "subscribe" | "resubscribe" => (OptIn, "keyword:subscribe", 0.95),
        "iniciar" | "comenzar" | "empezar" | "alta" => (OptIn, "keyword:es", 1.0),
        "commencer" | "reprendre" | "reabonner" => (OptIn, "keyword:fr", 1.0),
        "help" => (Help, "keyword:help", 1.0),
        "info" => (Help, "keyword:info", 1.0),
        "ayuda" | "informacion" => (Help, "keyword:es", 1.0),
        "aide" => (Help, "keyword:fr", 1.0),
        "hilfe" | "ajuda" | "aiuto" => (Help, "keyword:other", 0.9),
        _ => return None,
    };
    Some(Intent::new(class, matched_by, confidence))
}

/// A text that is one of the words once its spaces are taken out.
pub(super) fn spaced(joined: &str) -> Option<Intent> {
    match joined {
        "stop" | "stopall" | "unsubscribe" | "optout" | "optin" => exact(joined),
        "stopstop" | "stopstopstop" | "allstop" => Some(Intent::new(Class::OptOut, "keyword:stop", 0.98)),
        "stop2end" | "stop2quit" | "stop2stop" | "stop2cancel" | "stoptoend" | "stoptocancel" | "stoptoquit"
        | "stoptostop" => Some(Intent::new(Class::OptOut, "keyword:stop", 0.95)),
        "nomas" => Some(Intent::new(Class::OptOut, "keyword:es", 0.95)),
        "optbackin" | "optmein" => Some(Intent::new(Class::OptIn, "keyword:subscribe", 0.95)),
        _ => None,
    }
}

/// A text that is one word and nearly one of ours.
pub(super) fn slip(word: &str) -> Option<Intent> {
    if stretched_stop(word) {
        return Some(Intent::new(Class::OptOut, "typo:stop", 0.95));
    }
    match word {
        "stoping" | "stopping" | "sotp" | "tsop" | "stpo" | "stip" | "stlp" | "stpp" | "dtop" | "srop" | "sgop"
        | "syop" | "stol" | "stp" | "st0p" | "5top" | "s7op" | "5t0p" | "stopo" | "stopl" | "atop" | "stops"
        | "stopit" | "stopnow" | "stopplease" | "pleasestop" | "stop1" | "stopq" | "stopn" | "stpop" | "sttop"
        | "stahp" | "staph" | "stap" | "stoop" | "ztop" | "stopm" | "stopthis" | "stopmessages" | "stoptexts"
        | "stoptexting" | "stoptextingme" | "stopsms" | "stoptext" => {
            Some(Intent::new(Class::OptOut, "typo:stop", 0.85))
        }
        "hlep" | "hepl" | "helpp" => Some(Intent::new(Class::Help, "typo:help", 0.85)),
        "cancle" | "cancell" | "cancal" => Some(Intent::new(Class::OptOut, "typo:cancel", 0.8)),
        "starr" | "strat" | "satrt" => Some(Intent::new(Class::OptIn, "typo:start", 0.8)),
        "optmeout" | "optouts" | "optoutt" | "optou" | "otpout" => Some(Intent::new(Class::OptOut, "typo:optout", 0.9)),
        "unsubscribeme" | "unsubscribeall" => Some(Intent::new(Class::OptOut, "typo:unsubscribe", 0.95)),
        _ if near_unsubscribe(word) => Some(Intent::new(Class::OptOut, "typo:unsubscribe", 0.9)),
        _ => None,
    }
}

/// The letters of STOP in their order, any of them held down.
fn stretched_stop(word: &str) -> bool {
    let mut rest = word;
    for letter in ['s', 't', 'o', 'p'] {
        let cut = rest.trim_start_matches(letter);
        if cut.len() == rest.len() {
            return false;
        }
        rest = cut;
    }
    rest.is_empty()
}

/// Within two slips of "unsubscribe", which is long enough for that to mean
/// little else.
fn near_unsubscribe(word: &str) -> bool {
    (8..=15).contains(&word.len())
        && word.is_ascii()
        && !word.starts_with("sub")
        && !word.starts_with("resub")
        && distance(word.as_bytes(), b"unsubscribe") <= 2
}
