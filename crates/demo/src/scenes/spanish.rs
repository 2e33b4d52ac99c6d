//! tidy: a data table. What customers write in Spanish; the agents answer in kind.

use crate::picture::Picture;
use crate::scene::{About, Scene, Step::*};

pub const SCENES: &[Scene] = &[
    Scene {
        topic: "where_is_my_order",
        weight: 30,
        about: About::Underway,
        desk: 0,
        spanish: true,
        steps: &[
            Says(&[
                "$hola {dónde está|qué pasó con|me pueden decir dónde va} mi {pedido|paquete} $order? {lo pedí|pedí $producto} {hace {una semana|diez días|dos semanas|ocho días}|el $dia pasado} y {no llega|no ha llegado nada|sigue igual}. %para_quien",
                "$hola {todavía no llega|sigo esperando} $producto{, ya van {diez|doce|nueve} días|, decía que llegaba el $dia}. {me ayudan|qué hago|está perdido}? %para_quien",
            ]),
            Answers(&[
                "Hola $name, claro que sí. Su pedido $order va en camino y llega el $dia. Aquí puede seguirlo: $link",
                "Hola $name, disculpe la espera. El transportista lo tiene y lo entrega el $dia. Guía: $tracking",
            ]),
            Either(&[
                &[Says(&["%gracias"])],
                &[Says(&["{ok|bueno|vale}, {aquí espero|estaré al pendiente|ojalá llegue ese día}. %para_quien"])],
                &[Taps],
            ]),
            Answers(&["Para servirle. Cualquier cosa, escríbanos aquí."]),
        ],
    },
    Scene {
        topic: "arrived_broken",
        weight: 16,
        about: About::Arrived,
        desk: 1,
        spanish: true,
        steps: &[
            Says(&[
                "$hola {me llegó|recibí hoy} $producto y {viene roto|está roto|llegó con una esquina golpeada|trae una grieta}. {qué puedo hacer|me lo cambian|cómo lo devuelvo}? %para_quien",
            ]),
            Shows(
                &[Picture::CrackedMug],
                &["", "mire cómo {llegó|venía}", "aquí la foto [de la caja también]. %para_quien"],
            ),
            Answers(&[
                "Hola $name, qué pena, una disculpa. Le mandamos otro sin costo, llega el $dia. No hace falta devolver el roto.",
            ]),
            Says(&["%gracias"]),
        ],
    },
    Scene {
        topic: "which_one",
        weight: 16,
        about: About::Nothing,
        desk: 2,
        spanish: true,
        steps: &[
            Either(&[
                &[
                    Says(&[
                        "$hola {tienen|todavía hay|les queda} $producto en {$variant|otro color|talla grande}? %para_quien",
                    ]),
                    Answers(&["¡Hola $name! Sí, nos quedan varios. ¿Le aparto uno?"]),
                    Says(&["{sí por favor|sí|claro}{, dos|, uno nada más|, en $variant}. %para_quien"]),
                ],
                &[
                    Says(&["$hola {cuánto mide|de qué tamaño es|qué tan grande es} $producto? %para_quien"]),
                    Answers(&["¡Hola $name! Dígame qué espacio tiene y le ayudo a escoger."]),
                    Says(&[
                        "es para {la sala|la cocina|un cuarto chico|el balcón}, como de {dos|tres} metros. %para_quien",
                    ]),
                ],
            ]),
            Answers(&["¡Listo! Se lo guardo hasta el $dia. Aquí puede pagarlo: $link"]),
            Either(&[&[Says(&["%gracias"])], &[Taps]]),
        ],
    },
    Scene {
        topic: "return_request",
        weight: 8,
        about: About::PaidBack,
        desk: 1,
        spanish: true,
        steps: &[
            Says(&[
                "$hola {quiero|quisiera|cómo puedo} devolver $producto del pedido $order, {no me quedó|es más chico de lo que pensaba|no le gustó a mi {esposo|mamá|hija}}. %para_quien",
            ]),
            Answers(&[
                "Hola $name, sin problema. Esta es la etiqueta, el envío va por nuestra cuenta: $link. Su reembolso de $amount sale el día que lo recibimos.",
            ]),
            Says(&["%gracias"]),
        ],
    },
];
