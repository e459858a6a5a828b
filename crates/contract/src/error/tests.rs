use super::*;

#[test]
fn the_envelope_has_the_documented_form() {
    let body = ErrorBody { error: ApiError::new(ErrorCode::NameTaken, "the name is taken").on("name") };
    let json = serde_json::to_value(&body).unwrap();
    let form = serde_json::json!({"error": {"type": "conflict", "code": "name_taken", "message": "the name is taken", "field": "name"}});
    assert_eq!(json, form);
    assert_eq!(serde_json::from_value::<ErrorBody>(json).unwrap(), body);
}

#[test]
fn a_code_is_read_as_it_is_written() {
    for code in ErrorCode::ALL {
        let word = serde_json::to_string(code).unwrap();
        assert_eq!(word, format!("\"{}\"", code.as_str()));
        assert_eq!(serde_json::from_str::<ErrorCode>(&word).unwrap(), *code);
    }
    assert!(serde_json::from_str::<ErrorCode>("\"lost\"").is_err());
}

#[test]
fn codes_are_unique() {
    let unique: std::collections::BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(unique.len(), ErrorCode::ALL.len());
}

#[test]
fn limits_are_told_in_megabytes() {
    let limit = |bytes| ApiError::too_large(bytes).params["limit"].clone();
    let told = [100_000_000, 104_857_600, 2_097_152, 9_999_999, 5_000_000, 1_000, 0].map(limit);
    assert_eq!(told, ["100", "104", "2.1", "10", "5", "0.001", "0"]);
}
