//! Each verb with each thing, which is never an opt-out, and with each kind of text, which always is:
//! the model is fitted on them, and a test reads them.

const VERBS: &[&str] = &[
    "stop sending me",
    "stop sending",
    "cancel",
    "quit sending me",
    "discontinue",
    "turn off",
    "unsubscribe me from",
    "opt me out of",
    "take me off",
    "remove me from",
    "how do i stop",
    "how do i unsubscribe from",
    "can you stop",
    "i don't want",
    "i no longer want",
    "don't send me any more",
    "i never signed up for",
    "i'm not interested in",
    "i want out of",
    "i want to opt out of",
];
const VERBS_ES: &[&str] = &[
    "quiero cancelar",
    "cancelen",
    "paren",
    "ya no quiero",
    "no quiero más",
    "dejen de enviarme",
    "no me manden más",
    "quiero darme de baja de",
    "cómo cancelo",
    "suspendan",
];
const VERBS_FR: &[&str] = &[
    "arrêtez",
    "je veux arrêter",
    "je ne veux plus de",
    "stoppez",
    "comment arrêter",
    "ne m'envoyez plus",
    "arrêtez de m'envoyer",
    "je souhaite me désabonner de",
    "suspendez",
];

/// The verbs, then the things and the texts that they are said of.
pub const GRID: &[(&[&str], &[&str], &[&str])] = &[
    (
        VERBS,
        &[
            "my order",
            "my subscription",
            "the delivery",
            "my membership",
            "autoship",
            "the warranty",
            "my reservation",
            "the noise",
            "my plan",
            "the newsletter",
            "your emails",
            "the blue shirt",
            "the contract",
            "the waitlist",
            "the free trial",
            "the refills",
        ],
        &[
            "these texts",
            "your text messages",
            "these messages",
            "text alerts",
            "your promos",
            "promotional texts",
            "sms",
            "the spam",
            "these notifications",
            "your marketing messages",
        ],
    ),
    (
        VERBS_ES,
        &[
            "mi pedido",
            "mi suscripción",
            "el envío",
            "la membresía",
            "mi cita",
            "el café",
            "los cobros",
            "los correos",
            "el seguro",
        ],
        &[
            "sus mensajes",
            "los mensajes de texto",
            "estos mensajes",
            "sus promociones",
            "los sms",
            "sus textos",
            "mensajes",
        ],
    ),
    (
        VERBS_FR,
        &[
            "ma commande",
            "mon abonnement",
            "la livraison",
            "mon rendez-vous",
            "le café",
            "les prélèvements",
            "les mails",
            "le colis",
        ],
        &["vos messages", "vos sms", "ces textos", "vos pubs", "les sms", "vos promos"],
    ),
];

/// Each verb with each object, plain and in a customer's usual frames.
pub fn said<'a>(verbs: &'a [&'a str], objects: &'a [&'a str]) -> impl Iterator<Item = String> {
    verbs.iter().flat_map(move |verb| {
        objects.iter().flat_map(move |object| {
            [format!("{verb} {object}"), format!("Hi, {verb} {object} please"), format!("{verb} {object}!!")]
        })
    })
}
