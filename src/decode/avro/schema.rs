//! An Avro schema as the resolver needs it: types in one arena, named by index, so that recursive and referenced types are plain.
//!
//! Read from JSON here rather than taken from apache-avro's `Schema`, which panics on some malformed names and forgets whether a
//! `uuid` is text or sixteen bytes: a registry may serve either. Attributes that resolution does not ask for are skipped.

use std::collections::HashMap;

use serde_json::{Map, Value};

#[derive(Debug, Default)]
pub struct Schema {
    types: Vec<Type>,
    pub root: TypeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TypeId(usize);

#[derive(Debug)]
pub enum Type {
    Null,
    Boolean,
    Int,
    Long,
    /// A long or int that counts time: a value is `value * multiply / divide` milliseconds.
    Time {
        multiply: i64,
        divide: i64,
    },
    Float,
    Double,
    Bytes,
    String,
    Fixed {
        names: Names,
        bytes: usize,
    },
    Array(TypeId),
    Map(TypeId),
    Union(Vec<TypeId>),
    Record {
        names: Names,
        fields: Vec<Field>,
    },
    Enum {
        names: Names,
        symbols: Vec<String>,
        default: Option<String>,
    },
}

/// The full name of a named type and the full names it was known by.
#[derive(Debug, Clone)]
pub struct Names {
    pub full: String,
    pub aliases: Vec<String>,
}

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub aliases: Vec<String>,
    pub kind: TypeId,
    pub default: Option<Value>,
}

impl Schema {
    /// `references` are schemas that `text` names, each before those that name it. An error says what is wrong, in words.
    pub fn parse(text: &str, references: &[&str]) -> Result<Self, String> {
        let mut reading = Reading { types: Vec::new(), named: HashMap::new() };
        for reference in references {
            reading.schema(&json(reference)?, "")?;
        }
        let root = reading.schema(&json(text)?, "")?;
        Ok(Schema { types: reading.types, root })
    }

    pub fn kind(&self, id: TypeId) -> &Type {
        self.types.get(id.0).unwrap_or(&Type::Null)
    }
}

impl Names {
    /// A reader's type is a writer's when their unqualified names agree or an alias of the reader is the writer's name.
    pub fn match_writer(&self, writer: &Names) -> bool {
        let unqualified = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        unqualified(&self.full) == unqualified(&writer.full) || self.aliases.contains(&writer.full)
    }
}

fn json(text: &str) -> Result<Value, String> {
    // serde_json refuses more than 128 levels, which bounds the recursion below.
    serde_json::from_str(text).map_err(|error| format!("the schema is not JSON: {error}"))
}

struct Reading {
    types: Vec<Type>,
    named: HashMap<String, TypeId>,
}

impl Reading {
    fn schema(&mut self, schema: &Value, namespace: &str) -> Result<TypeId, String> {
        match schema {
            Value::String(name) => self.named_or_primitive(name, namespace),
            Value::Array(branches) => {
                let branches = branches.iter().map(|branch| self.schema(branch, namespace)).collect::<Result<_, _>>()?;
                Ok(self.push(Type::Union(branches)))
            }
            Value::Object(object) => self.object(object, namespace),
            _ => Err("a schema is neither a name, nor a union, nor an object".into()),
        }
    }

    fn push(&mut self, kind: Type) -> TypeId {
        self.types.push(kind);
        TypeId(self.types.len() - 1)
    }

    fn named_or_primitive(&mut self, name: &str, namespace: &str) -> Result<TypeId, String> {
        if let Some(primitive) = primitive(name) {
            return Ok(self.push(primitive));
        }
        let full = qualified(name, namespace);
        let known = self.named.get(&full).or_else(|| self.named.get(name));
        known.copied().ok_or_else(|| format!("the schema names an unknown type {full}"))
    }

    fn object(&mut self, object: &Map<String, Value>, namespace: &str) -> Result<TypeId, String> {
        let kind = object.get("type").ok_or("a schema object has no type")?;
        let logical = object.get("logicalType").and_then(Value::as_str).unwrap_or_default();
        match kind.as_str() {
            Some("array") => {
                let items = self.schema(object.get("items").ok_or("an array has no items")?, namespace)?;
                Ok(self.push(Type::Array(items)))
            }
            Some("map") => {
                let values = self.schema(object.get("values").ok_or("a map has no values")?, namespace)?;
                Ok(self.push(Type::Map(values)))
            }
            Some("record" | "error") => self.record(object, namespace),
            Some("enum") => self.enumeration(object, namespace),
            Some("fixed") => self.fixed(object, namespace),
            Some(name) => match time(name, logical) {
                Some(time) => Ok(self.push(time)),
                None => self.named_or_primitive(name, namespace),
            },
            None => self.schema(kind, namespace),
        }
    }

    fn record(&mut self, object: &Map<String, Value>, namespace: &str) -> Result<TypeId, String> {
        let names = names(object, namespace)?;
        let inner = names.full.rsplit_once('.').map(|(inner, _)| inner.to_owned()).unwrap_or_default();
        // Its place is taken before its fields are read: they may name it.
        let id = self.name(names.clone(), Type::Null)?;
        let fields = object.get("fields").and_then(Value::as_array).ok_or_else(|| format!("{} has no fields", names.full))?;
        let fields = fields.iter().map(|field| self.field(field, &inner)).collect::<Result<Vec<_>, _>>()?;
        if let Some(place) = self.types.get_mut(id.0) {
            *place = Type::Record { names, fields };
        }
        Ok(id)
    }

    fn field(&mut self, field: &Value, namespace: &str) -> Result<Field, String> {
        let name = field.get("name").and_then(Value::as_str).ok_or("a field has no name")?.to_owned();
        let kind = self.schema(field.get("type").ok_or_else(|| format!("the field {name} has no type"))?, namespace)?;
        Ok(Field { name, aliases: texts(field.get("aliases")), kind, default: field.get("default").cloned() })
    }

    fn enumeration(&mut self, object: &Map<String, Value>, namespace: &str) -> Result<TypeId, String> {
        let names = names(object, namespace)?;
        let default = object.get("default").and_then(Value::as_str).map(str::to_owned);
        self.name(names.clone(), Type::Enum { names, symbols: texts(object.get("symbols")), default })
    }

    fn fixed(&mut self, object: &Map<String, Value>, namespace: &str) -> Result<TypeId, String> {
        let names = names(object, namespace)?;
        let bytes = object.get("size").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
        let bytes = bytes.ok_or_else(|| format!("{} has no size", names.full))?;
        self.name(names.clone(), Type::Fixed { names, bytes })
    }

    fn name(&mut self, names: Names, kind: Type) -> Result<TypeId, String> {
        let id = self.push(kind);
        match self.named.insert(names.full.clone(), id) {
            Some(_) => Err(format!("the schema defines {} twice", names.full)),
            None => Ok(id),
        }
    }
}

fn primitive(name: &str) -> Option<Type> {
    Some(match name {
        "null" => Type::Null,
        "boolean" => Type::Boolean,
        "int" => Type::Int,
        "long" => Type::Long,
        "float" => Type::Float,
        "double" => Type::Double,
        "bytes" => Type::Bytes,
        "string" => Type::String,
        _ => return None,
    })
}

/// Logical types of points in time. Others are read as what they annotate, as the specification has it.
fn time(name: &str, logical: &str) -> Option<Type> {
    let (multiply, divide) = match (name, logical) {
        ("long", "timestamp-millis" | "local-timestamp-millis") => (1, 1),
        ("long", "timestamp-micros" | "local-timestamp-micros") => (1, 1_000),
        ("long", "timestamp-nanos" | "local-timestamp-nanos") => (1, 1_000_000),
        ("int", "date") => (86_400_000, 1),
        _ => return None,
    };
    Some(Type::Time { multiply, divide })
}

fn names(object: &Map<String, Value>, enclosing: &str) -> Result<Names, String> {
    let name = object.get("name").and_then(Value::as_str).ok_or("a named type has no name")?;
    let namespace = object.get("namespace").and_then(Value::as_str).unwrap_or(enclosing);
    let full = qualified(name, namespace);
    let own = full.rsplit_once('.').map_or("", |(own, _)| own);
    let aliases = texts(object.get("aliases")).iter().map(|alias| qualified(alias, own)).collect();
    Ok(Names { full, aliases })
}

fn qualified(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
