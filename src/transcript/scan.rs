//! First reading of a stored session: which lines are on the active branch, and what is wrong with the file.

use super::complaints::Complaints;
use super::ids::Id;
use super::line;
use super::nav::{self, Link, Nav};
use super::repair::{self, Repairs};
use super::split::{LONGEST_LINE, Raw, Split};
use super::tree::{Keep, Kind, NONE, Parent, Row, RowNo, Tree};
use crate::shared::diagnostic::Diagnostic;
use crate::shared::notice::Complaint;
use std::collections::{BTreeMap, BTreeSet};

/// Takes a file in pieces; keeps about a hundred bytes per line.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    split: Split,
    rows: Rows,
}

/// What the first reading found.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Physical lines of the file.
    pub lines: u64,
    /// Lines that hold a row.
    pub rows: u64,
    /// Line of the header.
    pub header: Option<u64>,
    /// Compactions and resets on the active branch, in its order.
    pub boundaries: Vec<Boundary>,
    /// At most a hundred of each code, by line.
    pub diagnostics: Vec<Diagnostic>,
    branch: Vec<u32>,
}

/// A row from which on the model's context is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    pub line: u64,
    /// A reset; else a compaction.
    pub reset: bool,
    /// Line of the first row before it that stays in the context; `None`: nothing stays.
    pub first_kept: Option<u64>,
}

impl Scan {
    pub fn push(&mut self, chunk: &[u8]) {
        let Self { split, rows } = self;
        split.push(chunk, &mut |raw| rows.take(raw));
    }

    #[must_use]
    pub fn finish(mut self) -> Plan {
        let Self { split, rows } = &mut self;
        let lines = split.finish(&mut |raw| rows.take(raw));
        let Rows { tree, mut complaints, header } = self.rows;
        let branch = tree.branch(&mut complaints);
        let boundaries = boundaries(&tree, &branch, &mut complaints);
        Plan {
            lines,
            rows: tree.rows.len() as u64,
            header,
            boundaries,
            branch: branch.into_iter().map(|no| tree.line(no) as u32).collect(),
            diagnostics: complaints.finish(),
        }
    }
}

impl Plan {
    /// The lines of the active branch, in its order.
    pub fn branch(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.branch.iter().map(|line| u64::from(*line))
    }

    /// Whether the branch runs down the file, as every undamaged one does.
    #[must_use]
    pub fn in_file_order(&self) -> bool {
        self.branch.is_sorted()
    }

    /// The lines the model's context is made of now: the last compaction, what it or the last reset keeps, what came
    /// after. Rows among them may add nothing (a change of model, a label); of a reset's kept rows only what was said.
    #[must_use]
    pub fn context(&self) -> Vec<u64> {
        let Some(last) = self.boundaries.last() else {
            return self.branch().collect();
        };
        let at = self.branch().position(|line| line == last.line).unwrap_or_default();
        let kept =
            last.first_kept.and_then(|first| self.branch().position(|line| line == first)).unwrap_or(at);
        let summary = (!last.reset).then_some(last.line);
        let boundaries: BTreeSet<u64> = self.boundaries.iter().map(|b| b.line).collect();
        summary
            .into_iter()
            .chain(self.branch().skip(kept).filter(|line| !boundaries.contains(line)))
            .collect()
    }
}

#[derive(Clone, Debug, Default)]
struct Rows {
    tree: Tree,
    complaints: Complaints,
    header: Option<u64>,
}

/// The row in a line, repaired; `None` for a line that holds none.
pub(super) fn row(raw: &[u8]) -> Option<(std::borrow::Cow<'_, [u8]>, Nav, Repairs, bool)> {
    let (bytes, repairs) = repair::line(raw);
    if let Ok(nav) = nav::read(&bytes) {
        return Some((bytes, nav, repairs, false));
    }
    let whole = repair::after_tear(&bytes)?.to_vec();
    let nav = nav::read(&whole).ok()?;
    // Parts of a message are objects with a type too, but only a row has this type, an id and a parent.
    let is_row =
        nav.kind.as_deref().is_some_and(line::is_canonical) && nav.id.is_some() && nav.parent != Link::Absent;
    is_row.then_some((whole.into(), nav, repairs, true))
}

impl Rows {
    fn take(&mut self, raw: Raw<'_>) {
        let (number, bytes, ended) = match raw {
            Raw::Line { number, bytes, ended } => (number, bytes, ended),
            Raw::TooLong { number, bytes } => {
                let values = [bytes.to_string(), LONGEST_LINE.to_string()];
                let values = values.each_ref().map(String::as_str);
                return self.complaints.at(number, Complaint::TooLongLine, &values);
            }
        };
        match row(bytes) {
            Some((_, nav, repairs, torn)) => {
                self.say(number, repairs, torn);
                self.add(number, &nav);
            }
            None => self.refuse(number, bytes, ended),
        }
    }

    fn refuse(&mut self, number: u64, bytes: &[u8], ended: bool) {
        let (bytes, repairs) = repair::line(bytes);
        let complaint = if bytes.is_empty() {
            if !repairs.nul {
                return;
            }
            Complaint::NulLine
        } else if !ended && is_cut(&bytes) {
            Complaint::TruncatedLine
        } else {
            Complaint::BrokenLine
        };
        self.complaints.at(number, complaint, &[]);
    }

    fn say(&mut self, number: u64, repairs: Repairs, torn: bool) {
        for (found, complaint) in [
            (repairs.nul, Complaint::NulBytes),
            (repairs.utf8, Complaint::InvalidUtf8),
            (repairs.surrogate, Complaint::LoneSurrogate),
            (torn, Complaint::TornLine),
        ] {
            if found {
                self.complaints.at(number, complaint, &[]);
            }
        }
    }

    fn add(&mut self, number: u64, nav: &Nav) {
        let no = RowNo::try_from(self.tree.rows.len()).unwrap_or(NONE);
        let parent = self.parent(&nav.parent);
        let kind = self.kind(number, nav, parent.is_some());
        if kind == Kind::Leaf {
            let target = self.parent(&nav.target).unwrap_or(Parent::Root);
            let append = if nav.append_parent == Link::Absent {
                Some(target)
            } else {
                self.parent(&nav.append_parent)
            };
            self.tree.leaves.insert(no, (target, append.unwrap_or(target)));
        }
        if matches!(kind, Kind::Compaction | Kind::Reset) {
            let index = nav.first_kept_index.map(|i| Keep::Index(RowNo::try_from(i).unwrap_or(NONE)));
            let id = if let Link::Id(id) = &nav.first_kept {
                Some(Keep::Id(self.tree.ids.intern(id)))
            } else {
                None
            };
            if let Some(keep) = id.or(index) {
                self.tree.keeps.insert(no, keep);
            }
        }
        let id = nav.id.as_deref().map_or(NONE, |id| self.tree.ids.intern(id));
        let line = u32::try_from(number).unwrap_or(u32::MAX);
        self.tree.rows.push(Row { line, kind, side: nav.side, id, parent: parent.unwrap_or(Parent::Absent) });
    }

    fn kind(&mut self, number: u64, nav: &Nav, linked: bool) -> Kind {
        let name = nav.kind.as_deref().unwrap_or_default();
        let in_tree = nav.id.is_some() && linked && nav.parent != Link::Absent;
        match name {
            "session" => {
                if self.header.is_some() {
                    self.complaints.at(number, Complaint::SecondHeader, &[]);
                }
                self.header = self.header.or(Some(number));
                Kind::Loose
            }
            "leaf" if in_tree && matches!(nav.target, Link::Root | Link::Id(_)) => Kind::Leaf,
            "compaction" => Kind::Compaction,
            "reset" => Kind::Reset,
            known if line::is_canonical(known) => Kind::Plain,
            _ => {
                if !line::is_known(name) {
                    self.complaints.at(number, Complaint::UnknownType, &[&format!("{:?}", shown(name))]);
                }
                if in_tree { Kind::Opaque } else { Kind::Loose }
            }
        }
    }

    fn parent(&mut self, link: &Link) -> Option<Parent> {
        match link {
            Link::Absent => Some(Parent::Absent),
            Link::Root => Some(Parent::Root),
            Link::Id(id) => Some(Parent::Row(self.tree.ids.intern(id))),
            Link::Odd => None,
        }
    }
}

/// Whether the bytes are the beginning of an object. The reader calls an end inside a number an error of its own, so
/// that it came at the very end decides, too.
fn is_cut(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{") && nav::read(bytes).is_err_and(|e| e.is_eof() || e.column() >= bytes.len())
}

/// A type name short enough for a sentence.
fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}

fn boundaries(tree: &Tree, branch: &[RowNo], complaints: &mut Complaints) -> Vec<Boundary> {
    let mut wanted: BTreeMap<Id, Option<usize>> = tree
        .keeps
        .values()
        .filter_map(|k| if let Keep::Id(id) = k { Some((*id, None)) } else { None })
        .collect();
    let mut found = Vec::new();
    for (at, no) in branch.iter().enumerate() {
        let Some(row) = tree.rows.get(*no as usize) else {
            continue;
        };
        if let Some(place) = wanted.get_mut(&row.id) {
            place.get_or_insert(at);
        }
        if !matches!(row.kind, Kind::Compaction | Kind::Reset) {
            continue;
        }
        let kept = match tree.keeps.get(no) {
            None => None,
            Some(Keep::Id(id)) => wanted.get(id).copied().flatten(),
            Some(Keep::Index(no)) => {
                branch.get(..at).and_then(|before| before.iter().position(|row| row >= no))
            }
        };
        if kept.is_none() && tree.keeps.contains_key(no) {
            complaints.at(row.line.into(), Complaint::MissingFirstKept, &[]);
        }
        let first_kept =
            kept.filter(|kept| *kept < at).and_then(|kept| branch.get(kept)).map(|no| tree.line(*no));
        found.push(Boundary { line: row.line.into(), reset: row.kind == Kind::Reset, first_kept });
    }
    found
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
