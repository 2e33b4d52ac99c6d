//! Domain values as they look in JSON, in paths and in the OpenAPI document.
//!
//! `domain` knows nothing of HTTP, so its ids and words are wrapped here once
//! instead of being repeated as strings in every shape.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A domain value with a written form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wire<T>(pub T);

/// What a domain value needs so that it can be written in JSON.
pub trait Written: Sized + Copy {
    /// The name of its schema.
    const NAME: &'static str;
    /// The written form.
    fn write(self) -> Cow<'static, str>;
    /// Reads the written form; the error says what was expected.
    fn read(text: &str) -> Result<Self, String>;
    /// Its schema.
    fn schema() -> ObjectBuilder;
}

impl<T: Written> Serialize for Wire<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0.write())
    }
}

impl<'de, T: Written> Deserialize<'de> for Wire<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(d)?;
        T::read(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl<T: Written> PartialSchema for Wire<T> {
    fn schema() -> RefOr<Schema> {
        RefOr::T(Schema::Object(T::schema().build()))
    }
}

impl<T: Written> ToSchema for Wire<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

impl<T> From<T> for Wire<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

macro_rules! written_ids {
    ($($name:ident),*) => {
        $(
            #[doc = concat!("See [`domain::id::", stringify!($name), "`].")]
            pub type $name = Wire<domain::id::$name>;

            impl Written for domain::id::$name {
                const NAME: &'static str = stringify!($name);
                fn write(self) -> Cow<'static, str> {
                    Cow::Owned(self.to_string())
                }
                fn read(text: &str) -> Result<Self, String> {
                    text.parse().map_err(|error: domain::id::ParseIdError| error.to_string())
                }
                fn schema() -> ObjectBuilder {
                    let prefix = <Self as domain::id::Id>::PREFIX;
                    string()
                        .pattern(Some(format!("^{prefix}_[0-9a-f]{{32}}$")))
                        .examples([format!("{prefix}_01932c07a1b87c3f9d2e5f6a7b8c9d0e")])
                }
            }
        )*
    };
}
domain::for_each_id!(written_ids);

macro_rules! written_words {
    ($($name:ident = $source:ty;)*) => {
        $(
            #[doc = concat!("See [`", stringify!($source), "`].")]
            pub type $name = Wire<$source>;

            impl Written for $source {
                const NAME: &'static str = stringify!($name);
                fn write(self) -> Cow<'static, str> {
                    Cow::Borrowed(self.word())
                }
                fn read(text: &str) -> Result<Self, String> {
                    Self::from_word(text).ok_or_else(|| {
                        let words: Vec<&str> = Self::ALL.iter().map(|value| value.word()).collect();
                        format!("expected one of {}", words.join(", "))
                    })
                }
                fn schema() -> ObjectBuilder {
                    string().enum_values(Some(Self::ALL.iter().map(|value| value.word())))
                }
            }
        )*
    };
}

written_words! {
    Purpose = domain::message::Purpose;
    LegalBasis = domain::message::LegalBasis;
    Reclassify = domain::gate::Reclassify;
    Language = domain::language::Language;
    AnswerKind = domain::answers::Answer;
    Role = engine::members::Role;
    ConversationStatus = domain::conversation::Status;
    MessageKind = domain::message::Kind;
    MessageState = domain::message::State;
    ConsentPermits = domain::consent::Permits;
    ConsentAction = domain::consent::Action;
    ConsentProof = domain::consent::Proof;
    ConsentMethod = domain::consent::Method;
    ConsentStatus = domain::consent::Status;
    UnsureAnswer = domain::consent::UnsureAnswer;
    DisclosureRegion = domain::consent::Region;
    ImportTold = domain::import::Told;
    NumberEvent = domain::import::NumberEvent;
    PlaceKind = domain::zones::PlaceKind;
    PlaceSource = domain::zones::PlaceSource;
    RetentionCategory = domain::retention::Category;
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}
