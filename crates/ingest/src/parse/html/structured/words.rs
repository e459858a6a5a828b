//! The words around the values of structured data, in the page's language.

/// Labels and values in one language.
#[derive(Debug)]
pub(super) struct Words {
    /// What stands between a label and its value.
    pub colon: &'static str,
    pub brand: &'static str,
    pub sku: &'static str,
    pub price: &'static str,
    pub availability: &'static str,
    pub rating: &'static str,
    /// 4.5 *out of* 5.
    pub out_of: &'static str,
    pub reviews: &'static str,
    pub description: &'static str,
    pub author: &'static str,
    pub published: &'static str,
    pub updated: &'static str,
    pub start: &'static str,
    pub end: &'static str,
    pub place: &'static str,
    pub status: &'static str,
    pub address: &'static str,
    pub telephone: &'static str,
    pub email: &'static str,
    pub hours: &'static str,
    /// In the order of [`DAYS`].
    days: [&'static str; 7],
    /// In the order of [`STOCK`].
    stock: [&'static str; 8],
    /// In the order of [`EVENT`].
    event: [&'static str; 4],
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const STOCK: [&str; 8] =
    ["InStock", "OutOfStock", "SoldOut", "PreOrder", "BackOrder", "LimitedAvailability", "InStoreOnly", "Discontinued"];

/// An event that takes place as planned needs no word.
const EVENT: [&str; 4] = ["EventCancelled", "EventPostponed", "EventRescheduled", "EventMovedOnline"];

static ENGLISH: Words = Words {
    colon: ": ",
    brand: "Brand",
    sku: "Item number",
    price: "Price",
    availability: "Availability",
    rating: "Rating",
    out_of: "out of",
    reviews: "reviews",
    description: "Description",
    author: "Author",
    published: "Published",
    updated: "Updated",
    start: "Start",
    end: "End",
    place: "Place",
    status: "Status",
    address: "Address",
    telephone: "Telephone",
    email: "E-mail",
    hours: "Opening hours",
    days: DAYS,
    stock: [
        "in stock",
        "out of stock",
        "sold out",
        "to be ordered in advance",
        "on back order",
        "few left",
        "in the shop only",
        "no longer sold",
    ],
    event: ["cancelled", "postponed", "rescheduled", "moved online"],
};

static FRENCH: Words = Words {
    colon: " : ",
    brand: "Marque",
    sku: "Référence",
    price: "Prix",
    availability: "Disponibilité",
    rating: "Note",
    out_of: "sur",
    reviews: "avis",
    description: "Description",
    author: "Auteur",
    published: "Publié",
    updated: "Mis à jour",
    start: "Début",
    end: "Fin",
    place: "Lieu",
    status: "État",
    address: "Adresse",
    telephone: "Téléphone",
    email: "E-mail",
    hours: "Horaires d’ouverture",
    days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    stock: [
        "en stock",
        "en rupture de stock",
        "épuisé",
        "en précommande",
        "en réapprovisionnement",
        "stock limité",
        "en magasin uniquement",
        "plus en vente",
    ],
    event: ["annulé", "reporté", "déplacé à une autre date", "déplacé en ligne"],
};

static CZECH: Words = Words {
    colon: ": ",
    brand: "Značka",
    sku: "Číslo zboží",
    price: "Cena",
    availability: "Dostupnost",
    rating: "Hodnocení",
    out_of: "z",
    reviews: "recenzí",
    description: "Popis",
    author: "Autor",
    published: "Vydáno",
    updated: "Aktualizováno",
    start: "Začátek",
    end: "Konec",
    place: "Místo",
    status: "Stav",
    address: "Adresa",
    telephone: "Telefon",
    email: "E-mail",
    hours: "Otevírací doba",
    days: ["pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle"],
    stock: [
        "skladem",
        "není skladem",
        "vyprodáno",
        "v předprodeji",
        "na objednávku",
        "poslední kusy",
        "jen na prodejně",
        "již se neprodává",
    ],
    event: ["zrušeno", "odloženo", "přesunuto na jiný termín", "přesunuto na internet"],
};

static GERMAN: Words = Words {
    colon: ": ",
    brand: "Marke",
    sku: "Artikelnummer",
    price: "Preis",
    availability: "Verfügbarkeit",
    rating: "Bewertung",
    out_of: "von",
    reviews: "Bewertungen",
    description: "Beschreibung",
    author: "Autor",
    published: "Veröffentlicht",
    updated: "Aktualisiert",
    start: "Beginn",
    end: "Ende",
    place: "Ort",
    status: "Status",
    address: "Adresse",
    telephone: "Telefon",
    email: "E-Mail",
    hours: "Öffnungszeiten",
    days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    stock: [
        "auf Lager",
        "nicht auf Lager",
        "ausverkauft",
        "vorbestellbar",
        "nachbestellt",
        "nur noch wenige",
        "nur im Laden",
        "nicht mehr im Verkauf",
    ],
    event: ["abgesagt", "verschoben", "auf einen anderen Termin verlegt", "ins Internet verlegt"],
};

impl Words {
    /// Those of a language by its BCP 47 tag; English where there are none.
    pub fn of(language: Option<&str>) -> &'static Self {
        let tag = language.unwrap_or_default().trim().to_ascii_lowercase();
        match tag.split(['-', '_']).next() {
            Some("fr") => &FRENCH,
            Some("cs") => &CZECH,
            Some("de") => &GERMAN,
            _ => &ENGLISH,
        }
    }

    /// `Monday` in this language; what is no day stays as it is.
    pub fn day(&self, name: &str) -> String {
        pick(&DAYS, &self.days, name).unwrap_or(name).to_owned()
    }

    /// `InStock` in this language; what schema.org does not list stays as it is.
    pub fn availability(&self, name: &str) -> String {
        pick(&STOCK, &self.stock, name).unwrap_or(name).to_owned()
    }

    /// `EventCancelled` in this language.
    pub fn event_status(&self, name: &str) -> Option<String> {
        pick(&EVENT, &self.event, name).map(str::to_owned)
    }
}

fn pick(names: &[&str], shown: &[&'static str], wanted: &str) -> Option<&'static str> {
    let index = names.iter().position(|name| *name == wanted)?;
    shown.get(index).copied()
}
