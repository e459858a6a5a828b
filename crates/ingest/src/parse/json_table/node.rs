//! JSON whose objects keep the order of their fields: it is the order of the columns.
//!
//! All of it is in memory at once, and rows say the same names again and again: a name is there once.

use std::{
    collections::HashSet,
    fmt::{self, Formatter},
    rc::Rc,
};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// True or false.
    Truth(bool),
    /// A whole number.
    Whole(i128),
    /// Another number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Fields in order.
    Object(Vec<(Rc<str>, Node)>),
}

/// The names of fields that were read.
#[derive(Debug, Default)]
pub struct Names(HashSet<Rc<str>>);

impl Names {
    fn shared(&mut self, name: String) -> Rc<str> {
        if let Some(known) = self.0.get(name.as_str()) {
            return Rc::clone(known);
        }
        let name: Rc<str> = name.into();
        self.0.insert(Rc::clone(&name));
        name
    }
}

impl Node {
    /// Reads a value.
    ///
    /// # Errors
    /// When the text is something else, or goes on.
    pub fn read(text: &str, names: &mut Names) -> serde_json::Result<Self> {
        let mut input = serde_json::Deserializer::from_str(text);
        let value = Reader(names).deserialize(&mut input)?;
        input.end()?;
        Ok(value)
    }

    /// The value as people read it: items of a list with commas between, what lies deeper as JSON.
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Truth(value) => value.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => {
                let is_plain = |item: &Node| !matches!(item, Self::List(_) | Self::Object(_));
                if items.iter().all(is_plain) {
                    items.iter().map(Self::text).collect::<Vec<_>>().join(", ")
                } else {
                    self.json()
                }
            }
            Self::Object(_) => self.json(),
        }
    }

    fn json(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Null => "null".to_owned(),
            Self::Text(text) => quoted(text),
            Self::List(items) => format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(",")),
            Self::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| format!("{}:{}", quoted(name), value.json()));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
            Self::Truth(_) | Self::Whole(_) | Self::Number(_) => self.text(),
        }
    }
}

struct Reader<'n>(&'n mut Names);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Truth(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Whole(i128::from(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Whole(i128::from(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Reader(&mut *self.0))? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(name) = fields.next_key::<String>()? {
            let name = self.0.shared(name);
            let value = fields.next_value_seed(Reader(&mut *self.0))?;
            object.push((name, value));
        }
        object.shrink_to_fit();
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_there_once_however_often_it_is_said() {
        let mut names = Names::default();
        let mut rows = |text| match Node::read(text, &mut names).unwrap() {
            Node::List(rows) => rows,
            other => panic!("{other:?}"),
        };
        let rows = [rows(r#"[{"price": 1}, {"price": 2}]"#), rows(r#"[{"price": 3}]"#)].concat();
        let names: Vec<&Rc<str>> = rows
            .iter()
            .filter_map(|row| match row {
                Node::Object(fields) => fields.first().map(|(name, _)| name),
                _ => None,
            })
            .collect();
        assert_eq!(names.len(), 3);
        assert!(names.iter().all(|name| &***name == "price" && Rc::ptr_eq(name, names[0])));
    }

    #[test]
    fn what_goes_on_behind_a_value_is_none() {
        let mut names = Names::default();
        assert!(Node::read("{} {}", &mut names).is_err());
        assert_eq!(
            Node::read(r#" [1, "a"] "#, &mut names).unwrap(),
            Node::List(vec![Node::Whole(1), Node::Text("a".into())])
        );
    }
}
