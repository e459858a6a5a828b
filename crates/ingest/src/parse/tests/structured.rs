//! What pages say to machines, in plain words at the end of their text.

use super::*;

/// A page with this in its head and this as its content.
fn page(language: &str, head: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang={language}><head><title>The tea shop</title>{head}</head>\
         <body><main>{content}</main></body></html>"
    )
}

fn json(data: &str) -> String {
    format!("<script type=\"application/ld+json\">{data}</script>")
}

fn text(html: &str) -> String {
    read("", html.as_bytes()).unwrap().text
}

const WELCOME: &str = "<h1>Welcome</h1><p>We sell tea.</p>";

const KETTLE: &str = r#"{"@context": "https://schema.org", "@type": "Product", "name": "Kettle &amp; lid",
    "brand": {"@type": "Brand", "name": "Acme"}, "sku": "K-17", "description": "<p>Boils a litre in <b>two</b> minutes.</p>",
    "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.5, "reviewCount": "12"},
    "offers": {"@type": "Offer", "price": 12.5, "priceCurrency": "EUR", "availability": "https://schema.org/InStock"}}"#;

#[test]
fn a_product_has_its_price_and_whether_it_is_in_stock() {
    assert_eq!(
        text(&page("en", &json(KETTLE), WELCOME)),
        "# Welcome\n\nWe sell tea.\n\n## Kettle & lid\n\nBrand: Acme\nItem number: K-17\nPrice: 12.50 EUR\n\
         Availability: in stock\nRating: 4.5 out of 5, 12 reviews\nDescription: Boils a litre in two minutes."
    );
}

#[test]
fn labels_are_in_the_language_of_the_page() {
    for (language, line) in [
        ("fr-CA", "Prix : 12.50 EUR\nDisponibilité : en stock"),
        ("cs", "Cena: 12.50 EUR\nDostupnost: skladem"),
        ("de", "Preis: 12.50 EUR\nVerfügbarkeit: auf Lager"),
        ("pl", "Price: 12.50 EUR\nAvailability: in stock"),
    ] {
        let text = text(&page(language, &json(KETTLE), WELCOME));
        assert!(text.contains(line), "{language}: {text}");
    }
}

#[test]
fn several_offers_and_ranges_are_prices_too() {
    let range = r#"{"@type": "Product", "name": "Oolong", "offers": {"@type": "AggregateOffer", "lowPrice": "4",
        "highPrice": "19.90", "priceCurrency": "CZK"}}"#;
    assert!(text(&page("en", &json(range), WELCOME)).ends_with("## Oolong\n\nPrice: 4–19.90 CZK"));
    let offers = r#"{"@type": ["Product", "Thing"], "name": "Assam", "offers": [{"price": "4", "priceCurrency": "EUR"},
        {"priceSpecification": {"price": "7", "priceCurrency": "EUR"}}, {"price": "4", "priceCurrency": "EUR"}]}"#;
    assert!(text(&page("en", &json(offers), WELCOME)).ends_with("## Assam\n\nPrice: 4 EUR; 7 EUR"));
}

const FAQ: &str = r#"{"@type": "FAQPage", "mainEntity": [
    {"@type": "Question", "name": "How long does tea keep?",
     "acceptedAnswer": {"@type": "Answer", "text": "<p>Two years.</p><ul><li>Keep it dry</li><li>and dark.</li></ul>"}},
    {"@type": "Question", "name": "Do you ship abroad?",
     "acceptedAnswer": {"@type": "Answer", "text": "&lt;p&gt;Within the EU, yes.&lt;/p&gt;"}}]}"#;

#[test]
fn questions_come_with_their_answers() {
    assert_eq!(
        text(&page("en", &json(FAQ), WELCOME)),
        "# Welcome\n\nWe sell tea.\n\n## How long does tea keep?\n\nTwo years.\n- Keep it dry\n- and dark.\n\n\
         ## Do you ship abroad?\n\nWithin the EU, yes."
    );
}

#[test]
fn what_the_page_shows_is_not_said_twice() {
    let shown = "<h1>Questions</h1><h2>How long does tea keep?</h2><div><p>Two years!</p><ol><li>Keep it dry</li>\
                 <li>and <em>dark</em>.</li></ol></div>";
    let text = text(&page("en", &json(FAQ), shown));
    assert_eq!(text.matches("Two years").count(), 1, "{text}");
    assert_eq!(text.matches("How long").count(), 1, "{text}");
    assert!(text.ends_with("## Do you ship abroad?\n\nWithin the EU, yes."), "{text}");
}

#[test]
fn of_a_product_only_what_is_new_is_added() {
    let shown = "<h1>Kettle &amp; lid</h1><p>By Acme. Boils a litre in two minutes.</p>";
    // Another price in the text is not this one.
    let other = page("en", &json(KETTLE), "<p>A cup is 3.00 EUR.</p>");
    assert!(text(&other).contains("Price: 12.50 EUR"));
    let text = text(&page("en", &json(KETTLE), shown));
    assert_eq!(text.matches("Boils a litre").count(), 1, "{text}");
    assert!(text.contains("Brand: Acme\nItem number: K-17\nPrice: 12.50 EUR"), "{text}");
}

#[test]
fn an_article_has_its_author_and_its_dates() {
    let article = r#"{"@context": "https://schema.org", "@graph": [
        {"@type": "WebPage", "name": "Page"}, {"@type": "Organization", "name": "Press", "telephone": "+44 1 234"},
        {"@type": "NewsArticle", "headline": "A good harvest", "author": [{"@type": "Person", "name": "Ann Lee"},
         {"name": "Bo Ek"}], "datePublished": "2026-05-01T08:30:00+02:00", "dateModified": "2026-05-02"}]}"#;
    assert!(text(&page("en", &json(article), WELCOME)).ends_with(
        "We sell tea.\n\n## A good harvest\n\nAuthor: Ann Lee, Bo Ek\nPublished: 2026-05-01 08:30\nUpdated: 2026-05-02"
    ));
}

#[test]
fn an_event_has_its_time_and_its_place() {
    let event = r#"[{"@type": "MusicEvent", "name": "Tea concert", "startDate": "2026-06-01T19:00:00+02:00",
        "endDate": "2026-06-01T20:00:00Z", "eventStatus": "https://schema.org/EventCancelled",
        "location": {"@type": "Place", "name": "Town hall", "address": {"@type": "PostalAddress",
        "streetAddress": "Market 1", "postalCode": "602 00", "addressLocality": "Brno", "addressCountry": "CZ"}}}]"#;
    assert!(text(&page("en", &json(event), WELCOME)).ends_with(
        "## Tea concert\n\nStatus: cancelled\nStart: 2026-06-01 19:00\nEnd: 2026-06-01 20:00 UTC\n\
         Place: Town hall, Market 1, 602 00 Brno, CZ"
    ));
}

const SHOP: &str = r#"{"@type": "TeaHouse", "name": "The tea shop", "telephone": "tel:+420 555 010",
    "email": "mailto:tea@example.com", "address": {"streetAddress": "Market 1", "addressLocality": "Brno"},
    "openingHoursSpecification": [{"dayOfWeek": ["https://schema.org/Monday", "Tuesday"], "opens": "09:00:00",
    "closes": "17:00"}], "openingHours": "Sa 10:00-12:00"}"#;

#[test]
fn an_organisation_has_its_address_and_its_hours() {
    assert!(text(&page("en", &json(SHOP), WELCOME)).ends_with(
        "## The tea shop\n\nAddress: Market 1, Brno\nTelephone: +420 555 010\nE-mail: tea@example.com\n\
         Opening hours: Sa 10:00-12:00; Monday, Tuesday 09:00–17:00"
    ));
    // Whatever else it is.
    let museum = r#"{"@type": "Museum", "name": "The tea museum", "address": "Market 2, Brno",
        "openingHoursSpecification": {"dayOfWeek": "Sunday", "opens": "10:00", "closes": "16:00"}}"#;
    assert!(
        text(&page("en", &json(museum), WELCOME))
            .ends_with("## The tea museum\n\nAddress: Market 2, Brno\nOpening hours: Sunday 10:00–16:00")
    );
    // Beside a product it is the seller, on every page of the shop.
    let text = text(&page("en", &(json(SHOP) + &json(KETTLE)), WELCOME));
    assert!(text.contains("Kettle") && !text.contains("Telephone"), "{text}");
}

#[test]
fn microdata_says_the_same() {
    let content = "<p>We sell tea.</p></main><div hidden itemscope itemtype='https://schema.org/Product'>\
        <span itemprop=name>Teapot</span><div itemprop=brand itemscope itemtype='https://schema.org/Brand'>\
        <meta itemprop=name content=Acme></div><div itemprop=offers itemscope itemtype='https://schema.org/Offer'>\
        <span itemprop=price content='30.00'>30,-</span><meta itemprop=priceCurrency content=CZK>\
        <link itemprop=availability href='https://schema.org/OutOfStock'></div>\
        <p itemprop=description>Holds <b>six</b> cups</p></div>\
        <div hidden itemscope itemtype='https://schema.org/FAQPage'><div itemprop=mainEntity itemscope \
        itemtype='https://schema.org/Question'><h3 itemprop=name>Is it hot?</h3><div itemprop=acceptedAnswer itemscope \
        itemtype='https://schema.org/Answer'><div itemprop=text><p>Very.</p><p>Wait a bit.</p></div></div></div></div>";
    assert!(text(&page("en", "", content)).ends_with(
        "## Teapot\n\nBrand: Acme\nPrice: 30.00 CZK\nAvailability: out of stock\nDescription: Holds six cups\n\n\
         ## Is it hot?\n\nVery.\nWait a bit."
    ));
    // Said both ways it is said once.
    let both = json(r#"{"@type": "Product", "name": "Teapot", "sku": "T-1"}"#);
    let text = text(&page("en", &both, content));
    assert_eq!(text.matches("## Teapot").count(), 1, "{text}");
    assert!(text.contains("## Teapot\n\nItem number: T-1"), "{text}");
}

#[test]
fn broken_data_is_left_out_and_the_rest_read() {
    let scripts = ["{\"@type\": \"Product\", \"name\": ", "", "null", "[1, \"a\", {}]", "{\"@type\": 7}"];
    let broken: String = scripts.map(json).concat();
    assert_eq!(text(&page("en", &broken, WELCOME)), "# Welcome\n\nWe sell tea.");
    let line_break = json("<!-- {\"@type\": \"Product\", \"name\": \"Green\n tea\", \"sku\": \"G-1\"}; -->");
    assert!(text(&page("en", &(broken + &line_break), WELCOME)).ends_with("## Green tea\n\nItem number: G-1"));
}

#[test]
fn data_about_the_website_is_no_content() {
    let site = r#"{"@graph": [{"@type": "WebSite", "name": "Tea", "potentialAction": {"@type": "SearchAction"}},
        {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "Home",
         "item": {"@type": "Product", "name": "Home", "sku": "H-1"}}]}, {"@type": "WebPage", "name": "Tea"}]}"#;
    assert_eq!(text(&page("en", &json(site), WELCOME)), "# Welcome\n\nWe sell tea.");
    for data in [site, SHOP] {
        assert_eq!(read("", page("en", &json(data), "").as_bytes()), Err(ParseError::Empty));
        let script = json(data) + "<script src=app.js></script>";
        assert_eq!(read("", page("en", &script, "").as_bytes()), Err(ParseError::NeedsScript));
    }
}

#[test]
fn a_page_that_a_script_fills_is_read_by_its_data() {
    let head = json(KETTLE) + "<script src=app.js></script>";
    let document = read("", page("en", &head, "").as_bytes()).unwrap();
    assert_eq!(document.title, "The tea shop");
    assert!(document.text.starts_with("## Kettle & lid\n\nBrand: Acme"), "{}", document.text);
    let note = "<noscript>This shop needs JavaScript.</noscript>Loading…";
    let text = text(&page("en", &head, note));
    assert!(text.starts_with("## Kettle & lid") && !text.contains("Loading"), "{text}");
}

#[test]
fn an_article_that_a_script_fills_is_read_by_its_data() {
    let body = "The harvest was good this year, and the leaves are large. ".repeat(20);
    let article = |body: &str| {
        json(&format!(
            r#"{{"@type": "NewsArticle", "headline": "A good harvest", "description": "Large leaves.", "articleBody": "{body}"}}"#
        ))
    };
    let by_script = |data: &str| page("en", &format!("{data}<script src=app.js></script>"), "");
    let found = text(&by_script(&article(&body)));
    let begin = "## A good harvest\n\nDescription: Large leaves.\n\nThe harvest was good";
    assert!(found.starts_with(begin), "{found}");
    assert_eq!(found.matches("The harvest").count(), 20);
    // Where the page shows it, that is what counts, whatever stands between its paragraphs.
    let shown = body.replacen("large. The", "large.</p><aside>Subscribe!</aside><p>The", 3);
    let found = text(&page("en", &article(&body), &format!("<h1>A good harvest</h1><p>{shown}</p>")));
    assert_eq!(found.matches("The harvest").count(), 20, "{found}");
    assert!(found.ends_with("## A good harvest\n\nDescription: Large leaves."), "{found}");
    // A beginning is no article, and neither are several.
    for data in [article("The harvest was good."), article(&body) + &article(&body.to_uppercase())] {
        assert_eq!(read("", by_script(&data).as_bytes()), Err(ParseError::NeedsScript));
    }
}

#[test]
fn items_that_name_one_another_are_read_together() {
    let graph = r##"{"@graph": [
        {"@type": "Article", "headline": "A good harvest", "author": {"@id": "#ann"}, "isPartOf": {"@id": "#page"}},
        {"@type": "WebPage", "@id": "#page", "name": "Page", "mainEntity": {"@id": "#kettle"}},
        {"@type": "Person", "@id": "#ann", "name": "Ann Lee", "knows": {"@id": "#ann"}},
        {"@type": "Product", "@id": "#kettle", "name": "Kettle", "offers": [{"@type": "Offer", "@id": "#offer"}]},
        {"@type": "Offer", "@id": "#offer", "price": 12.5, "priceCurrency": "EUR"}]}"##;
    let html = page("en", &json(graph), WELCOME);
    let document = read("", html.as_bytes()).unwrap();
    let end = "We sell tea.\n\n## A good harvest\n\nAuthor: Ann Lee\n\n## Kettle\n\nPrice: 12.50 EUR";
    assert!(document.text.ends_with(end), "{}", document.text);
    let author = document.metadata.iter().find(|found| found.name == "Article.author.name");
    assert_eq!(author.map(|found| found.values.join("|")).as_deref(), Some("Ann Lee"));
    // What is named by everything is not copied without end.
    let named = format!("{{\"@type\": \"Person\", \"@id\": \"#a\", \"name\": \"{}\"}}", "x".repeat(1_900_000));
    let naming = ["{\"@type\": \"Article\", \"headline\": \"A\", \"author\": {\"@id\": \"#a\"}}"; 1_000].join(",");
    assert_eq!(text(&page("en", &json(&format!("[{named},{naming}]")), WELCOME)), "# Welcome\n\nWe sell tea.");
}

#[test]
fn bombs_do_no_harm() {
    // Deeper than is followed, and deeper than JSON may be.
    for depth in [20, 100, 100_000] {
        let lists = format!("{}{KETTLE}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(text(&page("en", &json(&lists), WELCOME)), "# Welcome\n\nWe sell tea.");
        let names = format!("{}\"x\"{}", "{\"name\":".repeat(depth), "}".repeat(depth));
        let product = format!("{{\"@type\": \"Product\", \"name\": \"Deep\", \"sku\": {names}}}");
        assert_eq!(text(&page("en", &json(&product), WELCOME)), "# Welcome\n\nWe sell tea.");
    }
    let many: Vec<String> =
        (0..5_000).map(|n| format!("{{\"@type\": \"Product\", \"name\": \"Tea {n}\", \"sku\": \"S-{n}\"}}")).collect();
    let text = text(&page("en", &json(&format!("[{}]", many.join(","))), WELCOME));
    assert_eq!(text.matches("\n## Tea ").count(), 200);
}

#[test]
fn a_mass_of_microdata_is_cut() {
    let scope = "<div itemprop=item itemscope itemtype='https://schema.org/ItemPage'>";
    let deep = format!("<p>We sell tea.</p>{}{}", scope.repeat(5_000), "</div>".repeat(5_000));
    assert_eq!(text(&page("en", "", &deep)), "We sell tea.");
    // What is longer than a value may be is cut.
    let long = json(&format!(
        "{{\"@type\": \"Question\", \"name\": \"How?\", \"acceptedAnswer\": {{\"text\": \"{}\"}}}}",
        "né ".repeat(100_000)
    ));
    let text = text(&page("en", &long, WELCOME));
    assert!(text.contains("## How?") && text.len() < 21_000, "{}", text.len());
}

#[test]
fn every_value_is_kept_by_its_path() {
    let html = page(
        "en",
        &json(KETTLE),
        "<h1>Welcome</h1><p itemscope itemtype=\"https://schema.org/Event\"><b itemprop=\"name\">Tea time</b></p>",
    );
    let found = read("", html.as_bytes()).unwrap().metadata;
    let values = |path: &str| {
        found.iter().find(|found| found.name == path).map(|found| found.values.join("|")).unwrap_or_default()
    };
    assert_eq!(values("Product.name"), "Kettle & lid");
    assert_eq!(values("Product.brand.name"), "Acme");
    assert_eq!(values("Product.offers.price"), "12.5");
    assert_eq!(values("Product.aggregateRating.reviewCount"), "12");
    assert_eq!(values("Event.name"), "Tea time");
}
