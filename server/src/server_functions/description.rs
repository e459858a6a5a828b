//! What a server function takes and gives, read off its type, so that the document says what is compiled.

use std::marker::PhantomData;

use hammock_contract::page::Page;
use leptos::server_fn::ServerFn;
use serde::de::{DeserializeOwned, IntoDeserializer, value};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{ArrayBuilder, Schema, Type},
    },
};

use crate::endpoint::{CollectSchemas, collect, reference};

/// What the document says of a function.
pub struct Description {
    /// The schema of its arguments: an object with each by its name.
    pub arguments: RefOr<Schema>,
    /// The schema of its answer.
    pub answer: RefOr<Schema>,
    /// Schemas that the others refer to.
    pub schemas: Vec<CollectSchemas>,
}

/// A function whose arguments are described. One of the methods describes its answer; only the one that fits compiles,
/// but for [`Function::one`], which fits all and leaves out the schema of a list's rows.
pub(super) struct Function<F> {
    arguments: ObjectBuilder,
    schemas: Vec<CollectSchemas>,
    function: PhantomData<F>,
}

impl<F: ServerFn> Function<F> {
    /// A function with these arguments. `_taken_apart` is never called: it has the compiler see that they are all there
    /// is, and find their types.
    pub(super) fn with<A: Arguments>(names: &[&'static str], _taken_apart: fn(F) -> A) -> Self {
        let mut arguments = ObjectBuilder::new().schema_type(Type::Object);
        let mut schemas = Vec::new();
        for (name, argument) in names.iter().zip(A::all()) {
            arguments = arguments.property(*name, argument.schema);
            if argument.required {
                arguments = arguments.required(*name);
            }
            schemas.push(argument.collect);
        }
        Self { arguments, schemas, function: PhantomData }
    }

    /// It answers nothing, which is `null` in JSON.
    pub(super) fn nothing(self) -> Description
    where
        F: ServerFn<Output = ()>,
    {
        self.answering(ObjectBuilder::new().schema_type(Type::Null).into())
    }

    /// It answers one thing.
    pub(super) fn one(mut self) -> Description
    where
        F::Output: ToSchema,
    {
        self.schemas.push(collect::<F::Output>);
        self.answering(reference::<F::Output>())
    }

    /// It answers a list.
    pub(super) fn list<T: ToSchema>(mut self) -> Description
    where
        F: ServerFn<Output = Vec<T>>,
    {
        self.schemas.push(collect::<T>);
        self.answering(ArrayBuilder::new().items(reference::<T>()).into())
    }

    /// It answers a page of a list.
    pub(super) fn page<T: ToSchema>(mut self) -> Description
    where
        F: ServerFn<Output = Page<T>>,
    {
        // The page stands in line and only refers to its rows.
        self.schemas.extend([collect::<Page<T>> as CollectSchemas, collect::<T>]);
        self.answering(reference::<Page<T>>())
    }

    fn answering(self, answer: RefOr<Schema>) -> Description {
        Description { arguments: self.arguments.into(), answer, schemas: self.schemas }
    }
}

/// The types of a function's arguments, in their order.
pub(super) trait Arguments {
    fn all() -> Vec<Argument>;
}

/// What the type of an argument says.
pub(super) struct Argument {
    schema: RefOr<Schema>,
    required: bool,
    collect: CollectSchemas,
}

impl Argument {
    fn of<T: ToSchema + DeserializeOwned>() -> Self {
        Self { schema: reference::<T>(), required: must_be_given::<T>(), collect: collect::<T> }
    }
}

impl Arguments for () {
    fn all() -> Vec<Argument> {
        Vec::new()
    }
}

impl<A: ToSchema + DeserializeOwned> Arguments for (A,) {
    fn all() -> Vec<Argument> {
        vec![Argument::of::<A>()]
    }
}

impl<A: ToSchema + DeserializeOwned, B: ToSchema + DeserializeOwned> Arguments for (A, B) {
    fn all() -> Vec<Argument> {
        vec![Argument::of::<A>(), Argument::of::<B>()]
    }
}

impl<A, B, C> Arguments for (A, B, C)
where
    A: ToSchema + DeserializeOwned,
    B: ToSchema + DeserializeOwned,
    C: ToSchema + DeserializeOwned,
{
    fn all() -> Vec<Argument> {
        vec![Argument::of::<A>(), Argument::of::<B>(), Argument::of::<C>()]
    }
}

/// Whether an argument of this type cannot be left out: serde makes one that is missing out of nothing, where that
/// works.
fn must_be_given<T: DeserializeOwned>() -> bool {
    let nothing: value::UnitDeserializer<value::Error> = ().into_deserializer();
    T::deserialize(nothing).is_err()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{CollectionId, locale::Locale, page::PageRequest, source::NewSource};

    use super::*;

    #[test]
    fn only_options_can_be_left_out() {
        assert!(!must_be_given::<Option<Locale>>() && !must_be_given::<Option<bool>>());
        assert!(must_be_given::<String>() && must_be_given::<bool>() && must_be_given::<CollectionId>());
        // Every field of it can be left out, but not all of it.
        assert!(must_be_given::<PageRequest>());
        assert!(must_be_given::<NewSource>());
    }
}
