//! tidy: a data table. What the shop sells.

/// What a product is made of, which decides how it is cared for and how it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuff {
    /// Mugs, bowls, pots.
    Ceramic,
    /// Anything woven or knitted.
    Textile,
    /// Jars, vases, glasses.
    Glass,
    /// Boards, shelves, stools.
    Wood,
    /// Candles and soap.
    Wax,
    /// Lamps and metal ware.
    Metal,
}

/// Something the shop sells.
#[derive(Debug)]
pub struct Ware {
    /// As on the label.
    pub title: &'static str,
    /// As people say it, in the singular.
    pub said: &'static str,
    /// In Spanish, with its article.
    pub dicho: &'static str,
    /// In cents.
    pub price: i64,
    /// What it is made of.
    pub stuff: Stuff,
    /// What it comes in.
    pub variants: &'static [&'static str],
}

macro_rules! wares {
    ($($title:literal $said:literal $dicho:literal $price:literal $stuff:ident $variants:expr;)*) => {
        /// Every product; what the shop sells is this list.
        pub const WARES: &[Ware] = &[$(Ware {
            title: $title, said: $said, dicho: $dicho, price: $price, stuff: Stuff::$stuff, variants: &$variants,
        }),*];
    };
}

wares! {
    "Harbor Stoneware Mug, 12 oz" "stoneware mug" "la taza de gres" 2400 Ceramic ["sand", "slate", "moss", "rust"];
    "Harbor Stoneware Bowl" "stoneware bowl" "el tazón de gres" 2800 Ceramic ["sand", "slate", "moss"];
    "Harbor Dinner Plate Set of 4" "plate set" "el juego de platos" 9600 Ceramic ["sand", "slate"];
    "Fogbank Teapot, 40 oz" "teapot" "la tetera" 5800 Ceramic ["white", "speckled", "blue"];
    "Fogbank Teacup Pair" "teacup pair" "el par de tazas" 3400 Ceramic ["white", "speckled"];
    "Otter Salt Pig" "salt pig" "el salero" 2600 Ceramic ["cream", "charcoal"];
    "Ripple Planter, Small" "small planter" "la maceta pequeña" 2200 Ceramic ["terracotta", "white", "sage"];
    "Ripple Planter, Large" "large planter" "la maceta grande" 5400 Ceramic ["terracotta", "white", "sage"];
    "Hanging Planter with Cord" "hanging planter" "la maceta colgante" 3200 Ceramic ["white", "sage"];
    "Butter Keeper" "butter keeper" "la mantequillera" 3000 Ceramic ["cream", "blue"];
    "Cloudline Throw Blanket" "throw blanket" "la manta" 7800 Textile ["oat", "fern", "rose", "navy"];
    "Cloudline Weighted Blanket, 12 lb" "weighted blanket" "la manta pesada" 14900 Textile ["oat", "navy"];
    "Washed Linen Duvet Cover" "duvet cover" "la funda nórdica" 18900 Textile ["twin", "full", "queen", "king"];
    "Washed Linen Sheet Set" "linen sheet set" "el juego de sábanas" 21900 Textile ["twin", "full", "queen", "king"];
    "Waffle Bath Towel" "waffle towel" "la toalla" 3800 Textile ["white", "clay", "sea"];
    "Waffle Bathrobe" "bathrobe" "la bata" 8800 Textile ["S", "M", "L", "XL"];
    "Everyday Apron" "apron" "el delantal" 3600 Textile ["one size", "long"];
    "Linen Napkin Set of 6" "napkin set" "el juego de servilletas" 4200 Textile ["white", "flax", "plum"];
    "Table Runner, 72 in" "table runner" "el camino de mesa" 3900 Textile ["flax", "plum", "olive"];
    "Braided Wool Rug, 3x5" "wool rug" "la alfombra de lana" 15900 Textile ["gray", "rust"];
    "Braided Wool Rug, 5x8" "big wool rug" "la alfombra grande" 32900 Textile ["gray", "rust"];
    "Rope Door Mat" "door mat" "el felpudo" 4400 Textile ["natural", "striped"];
    "Fisher Slippers" "slippers pair" "el par de pantuflas" 5200 Textile ["S", "M", "L", "XL"];
    "Fisher Socks, 3 Pack" "sock pack" "el paquete de calcetines" 2900 Textile ["S/M", "L/XL"];
    "Corduroy Floor Cushion" "floor cushion" "el cojín de piso" 6900 Textile ["ochre", "forest", "brick"];
    "Velvet Pillow Cover" "pillow cover" "la funda de cojín" 3400 Textile ["ochre", "forest", "blush"];
    "Canvas Market Tote" "market tote" "la bolsa de mercado" 2800 Textile ["natural", "black"];
    "Oven Mitt Pair" "oven mitt pair" "el par de guantes de cocina" 2400 Textile ["striped", "solid"];
    "Swing-Top Bottle, 1 L" "swing-top bottle" "la botella" 1800 Glass ["clear", "smoke"];
    "Pantry Jar Set of 5" "pantry jar set" "el juego de frascos" 5600 Glass ["clear"];
    "Bubble Tumbler Set of 4" "tumbler set" "el juego de vasos" 4800 Glass ["clear", "green"];
    "Tidepool Vase" "vase" "el florero" 4600 Glass ["clear", "green", "amber"];
    "Pour-Over Carafe" "pour-over carafe" "la jarra de café" 5200 Glass ["6 cup", "8 cup"];
    "Cold Brew Pitcher" "cold brew pitcher" "la jarra de café frío" 4400 Glass ["1 L", "1.5 L"];
    "Wall Mirror, Round" "round mirror" "el espejo redondo" 12900 Glass ["24 in", "30 in"];
    "Glass Terrarium" "terrarium" "el terrario" 6200 Glass ["small", "tall"];
    "Acacia Cutting Board" "cutting board" "la tabla de cortar" 4800 Wood ["medium", "large"];
    "Oak Step Stool" "step stool" "el banquito" 8900 Wood ["natural", "walnut"];
    "Floating Shelf, 24 in" "floating shelf" "la repisa" 5900 Wood ["oak", "walnut", "white"];
    "Entry Peg Rail" "peg rail" "el perchero" 6400 Wood ["oak", "walnut"];
    "Bread Box" "bread box" "la panera" 7200 Wood ["oak", "white"];
    "Serving Tray with Handles" "serving tray" "la bandeja" 5400 Wood ["round", "long"];
    "Spice Rack, 3 Tier" "spice rack" "el especiero" 4900 Wood ["oak", "white"];
    "Plant Stand" "plant stand" "el soporte para plantas" 5800 Wood ["short", "tall"];
    "Folding Side Table" "side table" "la mesita" 11900 Wood ["oak", "walnut"];
    "Bath Caddy" "bath caddy" "la bandeja de baño" 5600 Wood ["bamboo", "walnut"];
    "Cedar & Salt Candle" "cedar candle" "la vela de cedro" 2800 Wax ["8 oz", "14 oz"];
    "Rainy Window Candle" "rainy window candle" "la vela Rainy Window" 2800 Wax ["8 oz", "14 oz"];
    "Candle Sampler, 4 Minis" "candle sampler" "el set de velas" 3600 Wax ["winter", "garden"];
    "Oat Milk Bar Soap, 3 Pack" "soap pack" "el paquete de jabones" 2100 Wax ["oat", "mint"];
    "Beeswax Taper Pair" "taper pair" "el par de velas largas" 1900 Wax ["natural", "red"];
    "Wax Melt Box" "wax melt box" "la caja de ceras" 2200 Wax ["citrus", "spruce"];
    "Lantern Table Lamp" "table lamp" "la lámpara de mesa" 9800 Metal ["brass", "black"];
    "Reading Floor Lamp" "floor lamp" "la lámpara de pie" 16900 Metal ["brass", "black"];
    "String Lights, 30 ft" "string lights set" "las luces" 3400 Metal ["warm", "amber"];
    "Gooseneck Kettle" "gooseneck kettle" "el hervidor" 7900 Metal ["steel", "black", "copper"];
    "Cast Iron Skillet, 10 in" "skillet" "la sartén" 6400 Metal ["plain"];
    "Wire Fruit Basket" "fruit basket" "la frutera" 4200 Metal ["brass", "black"];
    "Wall Hook Set of 3" "hook set" "el juego de ganchos" 2600 Metal ["brass", "black"];
    "Watering Can" "watering can" "la regadera" 3800 Metal ["green", "cream", "copper"];
}
