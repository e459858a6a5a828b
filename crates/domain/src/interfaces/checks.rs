//! The settings of interfaces: what is taken, and in which form it is kept.

use hammock_contract::{
    ApiError, ErrorCode,
    check::out_of_range,
    interfaces::{Appearance, InterfaceSettings, MAX_MESSAGE, MAX_ORIGINS, MAX_UPLOAD, VisitorLimits},
};
use url::Url;

use super::{contrast, origins, sign_in};
use crate::{Result, validate};

/// How far the launcher may stand from the sides of the window. CSS pixels.
const FARTHEST: u16 = 200;
/// The most questions to offer.
const MOST_SUGGESTIONS: usize = 6;
/// The longest address. Characters.
const LONGEST_URL: usize = 500;

/// The settings as they are kept: trimmed, in their limits, origins in one form and each once.
///
/// # Errors
/// `invalid_field`, `invalid_url` and `colours_too_close`, naming the field.
pub(super) fn checked(settings: InterfaceSettings) -> Result<InterfaceSettings> {
    let InterfaceSettings {
        public_chat,
        widget,
        origins,
        allow_feedback,
        allow_uploads,
        privacy_url,
        tone,
        strictness,
        threshold,
        when_unknown,
        appearance,
        limits,
        sign_in: who,
    } = settings;
    Ok(InterfaceSettings {
        public_chat,
        widget,
        origins: checked_origins(&origins)?,
        allow_feedback,
        allow_uploads,
        privacy_url: checked_privacy_url(&privacy_url)?,
        tone,
        strictness,
        threshold: validate::share("threshold", threshold)?,
        when_unknown,
        appearance: checked_appearance(appearance)?,
        limits: checked_limits(limits)?,
        sign_in: sign_in::checked(who)?,
    })
}

fn checked_origins(wanted: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::with_capacity(wanted.len());
    for text in wanted.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let origin = origins::normalised(text).ok_or_else(|| {
            let message = "an origin looks like https://shop.example.com or https://*.example.com, without a path";
            validate::invalid("origins", message).with("origin", text.chars().take(100).collect::<String>())
        })?;
        if !kept.contains(&origin) {
            kept.push(origin);
        }
    }
    if kept.len() > MAX_ORIGINS {
        return Err(validate::invalid("origins", format!("there may be at most {MAX_ORIGINS} origins")));
    }
    Ok(kept)
}

fn checked_privacy_url(text: &str) -> Result<String> {
    let text = validate::line("privacy_url", text, 0, LONGEST_URL)?;
    if text.is_empty() {
        return Ok(text);
    }
    match Url::parse(&text) {
        Ok(url) if origins::origin_of(&url).is_some() => Ok(url.into()),
        _ => {
            let message = "this is not a web address; it looks like https://www.example.com/privacy";
            Err(ApiError::new(ErrorCode::InvalidUrl, message).on("privacy_url"))
        }
    }
}

fn checked_appearance(appearance: Appearance) -> Result<Appearance> {
    let Appearance {
        title,
        accent,
        on_accent,
        corner,
        offset_x,
        offset_y,
        launcher_text,
        welcome,
        suggestions,
        language,
        scheme,
    } = appearance;
    for (field, offset) in [("offset_x", offset_x), ("offset_y", offset_y)] {
        if offset > FARTHEST {
            let message = format!("{field} lies between 0 and {FARTHEST}");
            return Err(out_of_range(field, message, 0, u32::from(FARTHEST)));
        }
    }
    let suggestions = suggestions
        .iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| validate::line("suggestions", text, 1, 200))
        .collect::<Result<Vec<_>>>()?;
    if suggestions.len() > MOST_SUGGESTIONS {
        return Err(validate::invalid("suggestions", "there may be at most six suggestions"));
    }
    let (accent, on_accent) = checked_colours(&accent, &on_accent)?;
    Ok(Appearance {
        title: validate::line("title", &title, 0, 80)?,
        accent,
        on_accent,
        corner,
        offset_x,
        offset_y,
        launcher_text: validate::line("launcher_text", &launcher_text, 0, 40)?,
        welcome: validate::block("welcome", &welcome, 500)?,
        suggestions,
        language,
        scheme,
    })
}

/// Both colours in lower case, far enough from each other to be read.
fn checked_colours(accent: &str, on_accent: &str) -> Result<(String, String)> {
    let (accent, on_accent) = (accent.trim().to_ascii_lowercase(), on_accent.trim().to_ascii_lowercase());
    for (field, colour) in [("accent", &accent), ("on_accent", &on_accent)] {
        if contrast::contrast(colour, colour).is_none() {
            return Err(validate::invalid(field, "a colour is # and six hexadecimal digits, such as #1f6f5c"));
        }
    }
    match contrast::contrast(&accent, &on_accent) {
        Some(found) if found < contrast::LEAST => {
            // Rounded down: 4.49 is not told as the 4.5 that it takes.
            let found = format!("{:.1}", (found * 10.0).floor() / 10.0);
            let message =
                format!("the contrast of the two colours is {found}, and has to be {} at least", contrast::LEAST);
            Err(ApiError::new(ErrorCode::ColoursTooClose, message).on("on_accent").with("contrast", found))
        }
        _ => Ok((accent, on_accent)),
    }
}

fn checked_limits(limits: VisitorLimits) -> Result<VisitorLimits> {
    let VisitorLimits {
        message_characters,
        messages_in_ten_minutes,
        visitors_of_a_network,
        visitors_in_all,
        uploads_in_ten_minutes,
        upload_megabytes,
        visitors_per_address,
    } = limits;
    for (field, value, min, max) in [
        ("message_characters", message_characters, 100, MAX_MESSAGE),
        ("messages_in_ten_minutes", messages_in_ten_minutes, 1, 300),
        ("visitors_of_a_network", visitors_of_a_network, 1, 10_000),
        ("visitors_in_all", visitors_in_all, 1, 100_000),
        ("uploads_in_ten_minutes", uploads_in_ten_minutes, 1, 50),
        ("upload_megabytes", upload_megabytes, 1, MAX_UPLOAD),
        ("visitors_per_address", visitors_per_address, 1, 1_000),
    ] {
        if !(min..=max).contains(&value) {
            return Err(out_of_range(field, format!("{field} lies between {min} and {max}"), min, max));
        }
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut InterfaceSettings)) -> (ErrorCode, Option<String>) {
        let mut settings = InterfaceSettings::default();
        change(&mut settings);
        let error = checked(settings).unwrap_err();
        (error.code, error.field)
    }

    #[test]
    fn what_comes_first_is_right() {
        assert_eq!(checked(InterfaceSettings::default()).unwrap(), InterfaceSettings::default());
    }

    #[test]
    fn what_is_typed_is_tidied() {
        let mut settings =
            InterfaceSettings { privacy_url: " https://Example.com ".into(), ..InterfaceSettings::default() };
        settings.origins = ["Shop.example.com/", " ", "https://shop.example.com"].map(str::to_owned).to_vec();
        settings.appearance.accent = " #1F6F5C ".into();
        settings.appearance.title = " Help ".into();
        settings.appearance.suggestions = [" What does it cost? ", "  "].map(str::to_owned).to_vec();
        let kept = checked(settings).unwrap();
        assert_eq!(kept.privacy_url, "https://example.com/");
        assert_eq!(kept.origins, ["https://shop.example.com"]);
        assert_eq!((kept.appearance.accent.as_str(), kept.appearance.title.as_str()), ("#1f6f5c", "Help"));
        assert_eq!(kept.appearance.suggestions, ["What does it cost?"]);
    }

    #[test]
    fn every_field_has_its_limits() {
        let field = |name: &str| (ErrorCode::InvalidField, Some(name.to_owned()));
        let long = |length: usize| "x".repeat(length);
        assert_eq!(refused(|it| it.appearance.title = long(81)), field("title"));
        assert_eq!(refused(|it| it.appearance.launcher_text = long(41)), field("launcher_text"));
        assert_eq!(refused(|it| it.appearance.welcome = long(501)), field("welcome"));
        assert_eq!(refused(|it| it.appearance.suggestions = vec![long(201)]), field("suggestions"));
        assert_eq!(refused(|it| it.appearance.suggestions = vec![long(9); 7]), field("suggestions"));
        assert_eq!(refused(|it| it.appearance.offset_x = 201), field("offset_x"));
        assert_eq!(refused(|it| it.appearance.offset_y = 201), field("offset_y"));
        assert_eq!(refused(|it| it.appearance.accent = "red".into()), field("accent"));
        assert_eq!(refused(|it| it.appearance.on_accent = "#fff".into()), field("on_accent"));
        assert_eq!(refused(|it| it.origins = vec!["https://a.example/b".into()]), field("origins"));
        let many = |count: usize| (0..count).map(|number| format!("https://s{number}.example")).collect::<Vec<_>>();
        assert_eq!(refused(|it| it.origins = many(MAX_ORIGINS + 1)), field("origins"));
        assert_eq!(refused(|it| it.threshold = Some(1.01)), field("threshold"));
        assert_eq!(refused(|it| it.threshold = Some(f32::NAN)), field("threshold"));
        assert_eq!(refused(|it| it.limits.message_characters = 99), field("message_characters"));
        assert_eq!(refused(|it| it.limits.message_characters = MAX_MESSAGE + 1), field("message_characters"));
        assert_eq!(refused(|it| it.limits.messages_in_ten_minutes = 301), field("messages_in_ten_minutes"));
        assert_eq!(refused(|it| it.limits.visitors_of_a_network = 0), field("visitors_of_a_network"));
        assert_eq!(refused(|it| it.limits.visitors_in_all = 100_001), field("visitors_in_all"));
        assert_eq!(refused(|it| it.limits.uploads_in_ten_minutes = 51), field("uploads_in_ten_minutes"));
        assert_eq!(refused(|it| it.limits.upload_megabytes = MAX_UPLOAD + 1), field("upload_megabytes"));
        assert_eq!(refused(|it| it.limits.visitors_per_address = 0), field("visitors_per_address"));
        for wrong in ["javascript:alert(1)", "privacy", "//example.com", "https://user@example.com/"] {
            let found = refused(|it| it.privacy_url = wrong.into());
            assert_eq!(found, (ErrorCode::InvalidUrl, Some("privacy_url".to_owned())), "{wrong}");
        }
    }

    #[test]
    fn colours_can_be_told_apart() {
        let mut settings = InterfaceSettings::default();
        settings.appearance.accent = "#777777".into();
        let error = checked(settings).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::ColoursTooClose, Some("on_accent")));
        assert_eq!(error.params.get("contrast").map(String::as_str), Some("4.4"));
    }
}
