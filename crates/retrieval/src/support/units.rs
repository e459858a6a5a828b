//! What numbers are of. What is the same amount in another unit is the same.

use std::{collections::HashMap, sync::LazyLock};

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Time,
    /// Not of a fixed length, so that a number of days is only about a number of months.
    Months,
    Length,
    Weight,
    Volume,
    Share,
    Euros,
    Dollars,
    Pounds,
    Degrees,
    Bytes,
}

/// A unit: what it measures, and how much of it in the smallest one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub measure: Measure,
    pub size: f64,
}

/// The units by their names, in lower case and without accents.
const UNITS: &[(Measure, f64, &str)] = &[
    (Measure::Time, 1.0, "second seconds sec seconde secondes s"),
    (Measure::Time, 60.0, "minute minutes min mins"),
    (Measure::Time, 3_600.0, "hour hours heure heures h hr hrs"),
    (Measure::Time, 86_400.0, "day days jour jours"),
    (Measure::Time, 604_800.0, "week weeks semaine semaines"),
    (Measure::Time, 1_209_600.0, "fortnight"),
    (Measure::Months, 1.0, "month months mois"),
    (Measure::Months, 3.0, "quarter quarters trimestre trimestres"),
    (Measure::Months, 6.0, "semestre semestres"),
    (Measure::Months, 12.0, "year years an ans annee annees"),
    (Measure::Months, 120.0, "decade decades decennie decennies"),
    (Measure::Months, 1_200.0, "century centuries siecle siecles"),
    (Measure::Length, 1.0, "mm millimetre millimetres millimeter millimeters"),
    (Measure::Length, 10.0, "cm centimetre centimetres centimeter centimeters"),
    (Measure::Length, 1_000.0, "m metre metres meter meters"),
    (Measure::Length, 1_000_000.0, "km kilometre kilometres kilometer kilometers"),
    (Measure::Weight, 1.0, "mg milligram milligrams milligramme milligrammes"),
    (Measure::Weight, 1_000.0, "g gram grams gramme grammes"),
    (Measure::Weight, 1_000_000.0, "kg kilo kilos kilogram kilograms kilogramme kilogrammes"),
    (Measure::Weight, 1_000_000_000.0, "tonne tonnes t"),
    (Measure::Volume, 1.0, "ml millilitre millilitres milliliter milliliters"),
    (Measure::Volume, 10.0, "cl centilitre centilitres"),
    (Measure::Volume, 1_000.0, "l litre litres liter liters"),
    (Measure::Share, 1.0, "% percent pourcent"),
    (Measure::Euros, 1.0, "€ euro euros eur"),
    (Measure::Dollars, 1.0, "$ dollar dollars usd"),
    (Measure::Pounds, 1.0, "£ pound pounds gbp"),
    (Measure::Degrees, 1.0, "° degree degrees degre degres"),
    (Measure::Bytes, 1e3, "kb ko"),
    (Measure::Bytes, 1e6, "mb mo"),
    (Measure::Bytes, 1e9, "gb go"),
    (Measure::Bytes, 1e12, "tb to"),
];

static BY_NAME: LazyLock<HashMap<&str, Unit>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for (measure, size, names) in UNITS.iter().copied() {
        by_name.extend(names.split(' ').map(|name| (name, Unit { measure, size })));
    }
    by_name
});

/// The unit of a name in lower case and without accents.
pub(super) fn unit(name: &str) -> Option<Unit> {
    BY_NAME.get(name).copied()
}
