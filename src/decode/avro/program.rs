//! Schema resolution (Avro specification, "Schema Resolution"), done once for a writer's schema: the result tells for each value
//! in the order of the bytes where it goes, so that decoding looks nothing up by name.

use std::collections::HashMap;

use serde_json::Value;

use super::schema::{Field, Names, Schema, Type, TypeId};

/// How to read data of one writer's schema into the reader's type.
#[derive(Debug, Default)]
pub struct Program {
    nodes: Vec<Node>,
    pub root: NodeId,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct NodeId(usize);

/// How one value is read. What it becomes is up to the field it goes to: an `Int` fills any integer that is wide enough.
#[derive(Debug)]
pub enum Node {
    Null,
    Boolean,
    Int,
    Time {
        multiply: i64,
        divide: i64,
    },
    Float,
    Double,
    /// Length-prefixed, whatever the writer calls it.
    Text,
    Bytes,
    Fixed(usize),
    /// The reader's index of each of the writer's symbols.
    Enum(Box<[Option<u32>]>),
    Array(NodeId),
    Map(NodeId),
    /// By the writer's branch.
    Union(Box<[NodeId]>),
    Record(Record),
    /// A branch that the writer may use and the reader has no place for.
    Mismatch(Box<str>),
}

#[derive(Debug, Default)]
pub struct Record {
    /// The writer's fields, in the order of the bytes.
    pub steps: Box<[Step]>,
    /// The reader's fields that the writer does not have.
    pub defaults: Box<[Missing]>,
}

#[derive(Debug)]
pub struct Step {
    pub node: NodeId,
    /// Index of the reader's field; `None` to skip.
    pub field: Option<u32>,
    pub name: Box<str>,
}

#[derive(Debug)]
pub struct Missing {
    pub field: u32,
    pub default: Value,
}

impl Program {
    /// An error says in words which type or field cannot be resolved.
    pub fn compile(writer: &Schema, reader: &Schema) -> Result<Self, String> {
        let mut resolver = Resolver { writer, reader, nodes: Vec::new(), known: HashMap::new() };
        let root = resolver.resolve(writer.root, reader.root)?;
        Ok(Program { nodes: resolver.nodes, root })
    }

    /// Why some branch that a writer may use cannot be read.
    #[cfg(test)]
    pub fn mismatches(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| if let Node::Mismatch(why) = node { Some(&**why) } else { None })
    }

    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0).unwrap_or(&Node::Null)
    }
}

struct Resolver<'s> {
    writer: &'s Schema,
    reader: &'s Schema,
    nodes: Vec<Node>,
    /// Records may contain themselves: a pair is resolved once. No reader's type stands for skipping.
    known: HashMap<(TypeId, Option<TypeId>), NodeId>,
}

type Resolved = Result<NodeId, String>;

impl<'s> Resolver<'s> {
    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    fn resolve(&mut self, writer: TypeId, reader: TypeId) -> Resolved {
        let (writer_schema, reader_schema) = (self.writer, self.reader);
        let node = match (writer_schema.kind(writer), reader_schema.kind(reader)) {
            (Type::Union(branches), _) => return self.writer_union(branches, reader),
            (_, Type::Union(branches)) => return self.reader_union(writer, branches),
            (Type::Record { names, fields }, Type::Record { names: wanted, fields: wanted_fields }) => {
                same_name(wanted, names)?;
                return self.record(writer, Some(reader), fields, wanted_fields);
            }
            (Type::Array(items), Type::Array(wanted)) => Node::Array(self.resolve(*items, *wanted)?),
            (Type::Map(values), Type::Map(wanted)) => Node::Map(self.resolve(*values, *wanted)?),
            (Type::Enum { names, symbols, .. }, Type::Enum { names: wanted, symbols: known, default }) => {
                same_name(wanted, names)?;
                enumeration(symbols, known, default.as_ref())
            }
            (Type::Fixed { names, bytes }, Type::Fixed { names: wanted, bytes: size }) if bytes == size => {
                same_name(wanted, names)?;
                Node::Fixed(*bytes)
            }
            (written, wanted) => simple(written, wanted)
                .ok_or_else(|| format!("the writer has {} where {} is needed", describe(written), describe(wanted)))?,
        };
        Ok(self.push(node))
    }

    /// Which branch is written is told by the data: those that cannot be resolved are errors only when they occur.
    fn writer_union(&mut self, branches: &[TypeId], reader: TypeId) -> Resolved {
        let resolved: Vec<_> = branches.iter().map(|branch| self.resolve(*branch, reader)).collect();
        if let (false, Some(Err(why))) = (resolved.iter().any(Result::is_ok), resolved.first()) {
            return Err(why.clone());
        }
        let mut nodes = Vec::with_capacity(resolved.len());
        for branch in resolved {
            nodes.push(branch.unwrap_or_else(|why| self.push(Node::Mismatch(why.into()))));
        }
        Ok(self.push(Node::Union(nodes.into())))
    }

    /// The first branch of the same type, else the first that it can be promoted to.
    fn reader_union(&mut self, writer: TypeId, branches: &[TypeId]) -> Resolved {
        let written = self.writer.kind(writer);
        let same = |branch: &&TypeId| std::mem::discriminant(self.reader.kind(**branch)) == std::mem::discriminant(written);
        let (exact, promoted): (Vec<&TypeId>, Vec<&TypeId>) = branches.iter().partition(same);
        let mut why = None;
        for branch in exact.into_iter().chain(promoted) {
            match self.resolve(writer, *branch) {
                Ok(node) => return Ok(node),
                Err(error) => why = why.or(Some(error)),
            }
        }
        Err(why.unwrap_or_else(|| "the reader's union is empty".into()))
    }

    fn record(&mut self, writer: TypeId, reader: Option<TypeId>, fields: &'s [Field], wanted: &'s [Field]) -> Resolved {
        if let Some(known) = self.known.get(&(writer, reader)) {
            return Ok(*known);
        }
        // Its place is taken before its fields are resolved: they may hold it.
        let id = self.push(Node::Record(Record::default()));
        self.known.insert((writer, reader), id);
        let record = self.steps(fields, wanted, reader.is_some());
        let failed = record.as_ref().err().cloned();
        if let Some(place) = self.nodes.get_mut(id.0) {
            // What already refers to a record that fails must not read it as an empty one.
            *place = record.map_or_else(|why| Node::Mismatch(why.into()), Node::Record);
        }
        if let Some(why) = failed {
            self.known.remove(&(writer, reader));
            return Err(why);
        }
        Ok(id)
    }

    fn steps(&mut self, fields: &'s [Field], wanted: &'s [Field], resolving: bool) -> Result<Record, String> {
        let mut steps = Vec::with_capacity(fields.len());
        for field in fields {
            let place = if resolving { place_of(field, fields, wanted) } else { None };
            let node = match place {
                Some((_, target)) => self.resolve(field.kind, target.kind).map_err(|why| format!("{}: {why}", target.name))?,
                None => self.skip(field.kind),
            };
            let name = place.map_or(&field.name, |(_, target)| &target.name).as_str().into();
            steps.push(Step { node, field: place.map(|(index, _)| index), name });
        }
        let mut defaults = Vec::new();
        for (index, target) in (0..).zip(wanted) {
            if steps.iter().any(|step| step.field == Some(index)) {
                continue;
            }
            let default = target.default.clone();
            let default = default.ok_or_else(|| format!("{} is missing and has no default", target.name))?;
            defaults.push(Missing { field: index, default });
        }
        Ok(Record { steps: steps.into(), defaults: defaults.into() })
    }

    /// How to get over a value that the reader has no field for.
    fn skip(&mut self, writer: TypeId) -> NodeId {
        let schema = self.writer;
        let node = match schema.kind(writer) {
            Type::Null => Node::Null,
            Type::Boolean => Node::Boolean,
            Type::Int | Type::Long | Type::Time { .. } => Node::Int,
            Type::Float => Node::Float,
            Type::Double => Node::Double,
            Type::Bytes | Type::String => Node::Bytes,
            Type::Fixed { bytes, .. } => Node::Fixed(*bytes),
            Type::Enum { symbols, .. } => Node::Enum(symbols.iter().map(|_| None).collect()),
            Type::Array(items) => Node::Array(self.skip(*items)),
            Type::Map(values) => Node::Map(self.skip(*values)),
            Type::Union(branches) => Node::Union(branches.iter().map(|branch| self.skip(*branch)).collect()),
            // Never an error: nothing is wanted of it.
            Type::Record { fields, .. } => return self.record(writer, None, fields, &[]).unwrap_or(NodeId(usize::MAX)),
        };
        self.push(node)
    }
}

/// The reader's field that a writer's field fills: by its name; else by an alias, unless a field of the reader's name is written.
fn place_of<'s>(field: &Field, fields: &[Field], wanted: &'s [Field]) -> Option<(u32, &'s Field)> {
    let by_alias = |target: &Field| target.aliases.contains(&field.name) && !fields.iter().any(|other| other.name == target.name);
    let mut targets = (0..).zip(wanted);
    let by_name = targets.clone().find(|(_, target)| target.name == field.name);
    by_name.or_else(|| targets.find(|(_, target)| by_alias(target)))
}

fn same_name(reader: &Names, writer: &Names) -> Result<(), String> {
    if reader.match_writer(writer) {
        return Ok(());
    }
    Err(format!("the writer has {} where {} is needed", writer.full, reader.full))
}

fn enumeration(symbols: &[String], known: &[String], default: Option<&String>) -> Node {
    let index = |symbol: &String| (0..).zip(known).find(|(_, known)| *known == symbol).map(|(index, _)| index);
    Node::Enum(symbols.iter().map(|symbol| index(symbol).or_else(|| default.and_then(index))).collect())
}

/// Primitive types, with the promotions int → long → float → double and string ↔ bytes. A time is a long to who wants no time, and
/// a plain number counts milliseconds to who wants one.
fn simple(written: &Type, wanted: &Type) -> Option<Node> {
    Some(match (written, wanted) {
        (Type::Null, Type::Null) => Node::Null,
        (Type::Boolean, Type::Boolean) => Node::Boolean,
        (Type::Int, Type::Int | Type::Long | Type::Time { .. } | Type::Float | Type::Double) => Node::Int,
        (Type::Long, Type::Long | Type::Time { .. } | Type::Float | Type::Double) => Node::Int,
        (Type::Time { multiply: 1, divide: 1 }, Type::Time { .. }) => Node::Int,
        (Type::Time { multiply, divide }, Type::Time { .. }) => Node::Time { multiply: *multiply, divide: *divide },
        (Type::Time { .. }, Type::Long | Type::Float | Type::Double) => Node::Int,
        (Type::Float, Type::Float | Type::Double) => Node::Float,
        (Type::Double, Type::Double) => Node::Double,
        (Type::String | Type::Bytes, Type::String) => Node::Text,
        (Type::String | Type::Bytes, Type::Bytes) => Node::Bytes,
        _ => return None,
    })
}

fn describe(kind: &Type) -> &str {
    match kind {
        Type::Null => "null",
        Type::Boolean => "a boolean",
        Type::Int => "an int",
        Type::Long => "a long",
        Type::Time { .. } => "a timestamp",
        Type::Float => "a float",
        Type::Double => "a double",
        Type::Bytes => "bytes",
        Type::String => "a string",
        Type::Array(_) => "an array",
        Type::Map(_) => "a map",
        Type::Union(_) => "a union",
        Type::Fixed { names, .. } | Type::Record { names, .. } | Type::Enum { names, .. } => &names.full,
    }
}
