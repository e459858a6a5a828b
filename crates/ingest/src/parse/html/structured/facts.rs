//! What an item of structured data says, in plain words.

use serde_json::{Map, Value};

use super::{
    values::{distinct, first, last_part, lines, objects, texts},
    words::Words,
};

/// What items are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Product,
    Question,
    Article,
    Event,
    Organisation,
}

impl Kind {
    /// By an item's types, without what stands before the last slash.
    pub fn of(types: &[String], map: &Map<String, Value>) -> Option<Self> {
        // Hundreds of types are organisations: dentists, hotels. What has an address and can be called is one.
        let reachable = || {
            let has = |name: &str| map.contains_key(name);
            let ways = ["telephone", "email", "contactPoint", "openingHours", "openingHoursSpecification"];
            !types.is_empty() && has("address") && ways.into_iter().any(has)
        };
        types.iter().find_map(|name| Self::of_type(name)).or_else(|| reachable().then_some(Self::Organisation))
    }

    fn of_type(name: &str) -> Option<Self> {
        match name {
            "Product" | "ProductGroup" | "IndividualProduct" | "ProductModel" | "Vehicle" | "Car" => {
                Some(Self::Product)
            }
            "Question" => Some(Self::Question),
            "BlogPosting" | "LiveBlogPosting" | "Report" => Some(Self::Article),
            "Festival" => Some(Self::Event),
            "Corporation" | "Store" | "Restaurant" | "Hotel" => Some(Self::Organisation),
            _ if name.ends_with("Article") => Some(Self::Article),
            _ if name.ends_with("Event") => Some(Self::Event),
            _ if ["Organization", "Business", "Store"].iter().any(|end| name.ends_with(end)) => {
                Some(Self::Organisation)
            }
            _ => None,
        }
    }
}

/// One line about an item, or an answer without a label.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fact {
    pub label: Option<&'static str>,
    pub text: String,
}

/// An item in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub kind: Kind,
    /// Its name; for questions the question.
    pub heading: String,
    pub facts: Vec<Fact>,
    /// The text of an article, for a page that does not show it.
    pub body: Option<String>,
}

impl Item {
    /// `None` for an item without a name or without anything that it says.
    pub fn of(kind: Kind, map: &Map<String, Value>, words: &Words) -> Option<Self> {
        let names: &[&str] = match kind {
            Kind::Article => &["headline", "name"],
            Kind::Question => &["name", "text"],
            Kind::Product | Kind::Event | Kind::Organisation => &["name", "legalName"],
        };
        let heading = names.iter().find_map(|name| first(map.get(*name)))?;
        let facts = match kind {
            Kind::Product => product(map, words),
            Kind::Question => answer(map),
            Kind::Article => article(map, words),
            Kind::Event => event(map, words),
            Kind::Organisation => organisation(map, words),
        };
        let body = if kind == Kind::Article { article_body(map) } else { None };
        let says_something = !facts.is_empty() || body.is_some();
        says_something.then(|| Self { kind, heading: heading.chars().take(300).collect(), facts, body })
    }
}

/// The lines of which there is a text.
fn facts<const N: usize>(lines: [(&'static str, Option<String>); N]) -> Vec<Fact> {
    lines.into_iter().filter_map(|(label, text)| text.map(|text| Fact { label: Some(label), text })).collect()
}

fn product(map: &Map<String, Value>, words: &Words) -> Vec<Fact> {
    facts([
        (words.brand, first(map.get("brand"))),
        (words.sku, first(map.get("sku")).or_else(|| first(map.get("mpn")))),
        (words.price, prices(map)),
        (words.availability, availability(map, words)),
        (words.rating, rating(map, words)),
        (words.description, first(map.get("description"))),
    ])
}

fn answer(map: &Map<String, Value>) -> Vec<Fact> {
    let mut answers = ["acceptedAnswer", "suggestedAnswer"].into_iter().flat_map(|name| objects(map.get(name)));
    let text = answers.find_map(|answer| lines(answer.get("text")));
    text.map(|text| Fact { label: None, text }).into_iter().collect()
}

fn article(map: &Map<String, Value>, words: &Words) -> Vec<Fact> {
    let published = moment(map.get("datePublished"));
    let updated = moment(map.get("dateModified")).filter(|updated| published.as_ref() != Some(updated));
    facts([
        (words.author, distinct(texts(map.get("author")), ", ")),
        (words.published, published),
        (words.updated, updated),
        (words.description, first(map.get("description"))),
    ])
}

/// The text of an article; what is shorter is often its beginning alone, and a browser that runs the page's scripts shows more.
fn article_body(map: &Map<String, Value>) -> Option<String> {
    const WHOLE: usize = 500;
    lines(map.get("articleBody")).filter(|text| text.len() >= WHOLE)
}

fn event(map: &Map<String, Value>, words: &Words) -> Vec<Fact> {
    let status = first(map.get("eventStatus")).and_then(|status| words.event_status(last_part(&status)));
    facts([
        (words.status, status),
        (words.start, moment(map.get("startDate"))),
        (words.end, moment(map.get("endDate"))),
        (words.place, place(map.get("location"))),
        (words.price, prices(map)),
        (words.description, first(map.get("description"))),
    ])
}

fn organisation(map: &Map<String, Value>, words: &Words) -> Vec<Fact> {
    let contacts = objects(map.get("contactPoint"));
    let reach = |name: &str, scheme: &str| {
        let mut all = texts(map.get(name));
        all.extend(contacts.iter().flat_map(|contact| texts(contact.get(name))));
        distinct(all.into_iter().map(|text| text.strip_prefix(scheme).unwrap_or(&text).to_owned()), ", ")
    };
    facts([
        (words.address, distinct(addresses(map.get("address")), "; ")),
        (words.telephone, reach("telephone", "tel:")),
        (words.email, reach("email", "mailto:")),
        (words.hours, hours(map, words)),
    ])
}

fn prices(map: &Map<String, Value>) -> Option<String> {
    distinct(objects(map.get("offers")).into_iter().filter_map(price), "; ")
}

/// `12.50 EUR`, or from the lowest to the highest: `10–20 EUR`.
fn price(offer: &Map<String, Value>) -> Option<String> {
    let specification = objects(offer.get("priceSpecification")).into_iter().next();
    let value = |name: &str| offer.get(name).or_else(|| specification.and_then(|inner| inner.get(name)));
    let shown = match (amount(value("lowPrice")), amount(value("highPrice"))) {
        (Some(low), Some(high)) if low != high => format!("{low}–{high}"),
        (Some(low), _) => low,
        _ => amount(value("price"))?,
    };
    Some(match first(value("priceCurrency")) {
        Some(currency) => format!("{shown} {currency}"),
        None => shown,
    })
}

/// An amount of money; JSON's numbers have lost the last zero of `12.50`.
fn amount(value: Option<&Value>) -> Option<String> {
    let text = first(value)?;
    let lost_zero = text.rsplit_once('.').is_some_and(|(_, cents)| cents.len() == 1);
    Some(if lost_zero { format!("{text}0") } else { text })
}

fn availability(map: &Map<String, Value>, words: &Words) -> Option<String> {
    let offers = objects(map.get("offers"));
    let names = offers.iter().filter_map(|offer| first(offer.get("availability")));
    distinct(names.map(|name| words.availability(last_part(&name))), "; ")
}

/// `4.5 out of 5, 12 reviews`.
fn rating(map: &Map<String, Value>, words: &Words) -> Option<String> {
    let rating = objects(map.get("aggregateRating")).into_iter().next()?;
    let mut text = first(rating.get("ratingValue"))?;
    let best = first(rating.get("bestRating")).unwrap_or_else(|| "5".to_owned());
    text = format!("{text} {} {best}", words.out_of);
    if let Some(count) = first(rating.get("reviewCount")).or_else(|| first(rating.get("ratingCount"))) {
        text = format!("{text}, {count} {}", words.reviews);
    }
    Some(text)
}

/// `2026-05-01T19:00:00+02:00` → `2026-05-01 19:00`: the time at the place itself.
fn moment(value: Option<&Value>) -> Option<String> {
    let text = first(value)?;
    let shown = text.split_once('T').and_then(|(day, time)| {
        let is_day = day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let clock = time.get(..5).filter(|_| is_day)?;
        Some(format!("{day} {clock}{}", if time.ends_with('Z') { " UTC" } else { "" }))
    });
    Some(shown.unwrap_or(text))
}

/// Names with their addresses, of rooms and of meetings on the internet.
fn place(value: Option<&Value>) -> Option<String> {
    let places = objects(value);
    if places.is_empty() {
        return distinct(texts(value), "; ");
    }
    let described = places.into_iter().filter_map(|place| {
        let mut parts = texts(place.get("name"));
        parts.extend(addresses(place.get("address")));
        if parts.is_empty() {
            parts.extend(first(place.get("url")));
        }
        distinct(parts, ", ")
    });
    distinct(described, "; ")
}

fn addresses(value: Option<&Value>) -> Vec<String> {
    let parsed = objects(value);
    if parsed.is_empty() {
        return texts(value);
    }
    let line = |address: &Map<String, Value>| {
        let part = |name: &str| first(address.get(name));
        let town = distinct([part("postalCode"), part("addressLocality")].into_iter().flatten(), " ");
        let parts = [part("streetAddress"), town, part("addressRegion"), part("addressCountry")];
        distinct(parts.into_iter().flatten(), ", ")
    };
    parsed.into_iter().filter_map(line).collect()
}

/// `Mo-Fr 09:00-17:00` as it stands, or `Monday, Tuesday 09:00–17:00`.
fn hours(map: &Map<String, Value>, words: &Words) -> Option<String> {
    let mut all = texts(map.get("openingHours"));
    for times in objects(map.get("openingHoursSpecification")) {
        let days = texts(times.get("dayOfWeek")).into_iter().map(|day| words.day(last_part(&day)));
        let days = distinct(days, ", ").or_else(|| first(times.get("validFrom")));
        let (Some(opens), Some(closes)) = (first(times.get("opens")), first(times.get("closes"))) else { continue };
        let span = format!("{}–{}", clock(&opens), clock(&closes));
        all.push(days.map_or_else(|| span.clone(), |days| format!("{days} {span}")));
    }
    distinct(all, "; ")
}

/// `09:00:00` → `09:00`.
fn clock(time: &str) -> &str {
    time.get(..5).filter(|_| time.as_bytes().get(2) == Some(&b':')).unwrap_or(time)
}
