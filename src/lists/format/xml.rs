//! Records of an XML list, one at a time, each as a small tree.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::List;

/// An element with its text and children.
#[derive(Debug, Default)]
pub struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

/// Elements within a record, and its bytes of text: no real record has a tenth of it.
const DEPTH_MAX: usize = 16;
const RECORD_NODES_MAX: usize = 20_000;

impl Node {
    /// The text of the first child of that name; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        self.children.iter().find(|child| child.name == name).map(Node::own_text).unwrap_or_default()
    }

    /// The text of the element itself.
    pub fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// The children of that name.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The grandchildren under `outer` of the name `inner`.
    pub fn within<'n>(&'n self, outer: &'n str, inner: &'n str) -> impl Iterator<Item = &'n Node> {
        self.all(outer).flat_map(move |child| child.all(inner))
    }
}

/// Calls `take` for each element named in `records`, with the line on which it begins; `root` sees every other element that opens,
/// by name and attributes. Faults of the XML itself end the reading: what follows cannot be trusted.
pub fn records(
    bytes: &[u8],
    records: &[&str],
    list: &mut List,
    mut root: impl FnMut(&mut List, &str, &str),
    mut take: impl FnMut(&mut List, &Node, u64),
) {
    let text = super::text(bytes);
    let mut reader = Reader::from_str(&text);
    let mut lines = Lines { bytes: text.as_bytes(), at: 0, line: 1 };
    let mut open: Vec<Node> = Vec::new();
    let (mut nodes, mut begun) = (0, 0);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return list.end(lines.line_at(reader.error_position()), format!("not well-formed XML: {error}")),
        };
        match event {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if open.is_empty() && !records.contains(&name.as_str()) {
                    root(list, &name, tag.attributes_raw());
                    continue;
                }
                if open.is_empty() {
                    (nodes, begun) = (0, lines.line_at(reader.buffer_position()));
                }
                nodes += 1;
                if open.len() >= DEPTH_MAX || nodes > RECORD_NODES_MAX {
                    return list.end(begun, "a record that is too deep or too large; reading ends here");
                }
                open.push(Node { name, ..Node::default() });
            }
            Event::Text(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&resolved(&name));
                }
            }
            Event::Empty(_) => {}
            Event::End(_) => {
                let Some(node) = open.pop() else { continue };
                match open.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => take(list, &node, begun),
                }
            }
            Event::Eof => {
                if !open.is_empty() {
                    list.end(begun, "the file ends within this record");
                }
                return;
            }
            _ => {}
        }
    }
}

/// The five named entities and numbered characters; nothing else is resolved, so that no file can make itself grow.
fn resolved(name: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = name.resolve_char_ref() {
        return letter.to_string();
    }
    let known = [("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'")];
    known.iter().find(|(known, _)| *known == &**name).map(|(_, text)| (*text).to_owned()).unwrap_or_default()
}

/// Counts lines up to growing positions.
struct Lines<'b> {
    bytes: &'b [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn line_at(&mut self, position: u64) -> u64 {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.bytes.len());
        let passed = self.bytes.get(self.at..position).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at = self.at.max(position);
        self.line
    }
}
