//! Which rows of a stored session form its active branch.
//!
//! The rules are the host's: a row hangs on the row it names; the last row that is not a side row is the tip; a row
//! after a `reset` belongs to it; a `leaf` row moves the tip. Where the host would lose rows to damage we keep more,
//! and say so: a parent that comes later in the file is found, a missing one is replaced by the tip before the row, a
//! circle is cut, of two rows with one id the later one counts for the rows after it.

use super::complaints::Complaints;
use super::ids::{Id, Ids};
use crate::shared::notice::Complaint;
use std::collections::BTreeMap;

/// Number of a row among the readable ones, from 0. [`NONE`] is no row.
pub(super) type RowNo = u32;
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In no tree: the header, rows of unknown types without links.
    Loose,
    /// Of an unknown type, with links: passed through, never a tip.
    Opaque,
    Leaf,
    Plain,
    Compaction,
    Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parent {
    Absent,
    Root,
    Row(Id),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub line: u32,
    pub kind: Kind,
    pub side: bool,
    /// [`NONE`] for a row without one.
    pub id: Id,
    pub parent: Parent,
}

/// What a compaction or reset keeps of the rows before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Id(Id),
    /// Files before version 2 count rows.
    Index(RowNo),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub rows: Vec<Row>,
    pub ids: Ids,
    /// Of `leaf` rows: the row they select and the row that appends go to.
    pub leaves: BTreeMap<RowNo, (Parent, Parent)>,
    pub keeps: BTreeMap<RowNo, Keep>,
}

impl Tree {
    /// The rows of the active branch in their order.
    pub(super) fn branch(&self, complaints: &mut Complaints) -> Vec<RowNo> {
        let mut growth = Growth::new(self, complaints);
        for (no, row) in (0..).zip(&self.rows) {
            growth.place(no, *row);
        }
        growth.path()
    }

    pub(super) fn line(&self, no: RowNo) -> u64 {
        self.rows.get(no as usize).map_or(0, |row| u64::from(row.line))
    }

    fn kind(&self, no: RowNo) -> Kind {
        self.rows.get(no as usize).map_or(Kind::Loose, |row| row.kind)
    }
}

/// A list by row or id number that reads [`NONE`] where nothing was written.
struct Table(Vec<u32>);

impl Table {
    fn new(length: usize) -> Self {
        Self(vec![NONE; length])
    }

    fn get(&self, at: u32) -> u32 {
        self.0.get(at as usize).copied().unwrap_or(NONE)
    }

    fn set(&mut self, at: u32, value: u32) {
        if let Some(slot) = self.0.get_mut(at as usize) {
            *slot = value;
        }
    }
}

/// The tree while it grows, row by row in the order of the file.
struct Growth<'a> {
    tree: &'a Tree,
    complaints: &'a mut Complaints,
    parent: Table,
    /// Latest row with an id.
    latest: Table,
    /// First row with an id in the whole file.
    first: Table,
    /// Number of the reset a row descends from.
    under: Table,
    resets: u32,
    bad_leaves: Vec<RowNo>,
    tip: RowNo,
    append: RowNo,
    /// Rows whose parent stands later in the file.
    waiting: Vec<(RowNo, Id)>,
    reordered: bool,
}

impl<'a> Growth<'a> {
    fn new(tree: &'a Tree, complaints: &'a mut Complaints) -> Self {
        let (rows, ids) = (tree.rows.len(), tree.ids.len());
        let mut first = Table::new(ids);
        for (no, row) in (0..).zip(&tree.rows).filter(|(_, row)| row.kind != Kind::Loose) {
            if first.get(row.id) == NONE {
                first.set(row.id, no);
            }
        }
        let later = |(no, row): (u32, &Row)| matches!(row.parent, Parent::Row(id) if id != row.id && first.get(id) != NONE && first.get(id) > no);
        let reordered = (0..).zip(&tree.rows).any(later);
        Self {
            tree,
            complaints,
            parent: Table::new(rows),
            latest: Table::new(ids),
            first,
            under: Table::new(rows),
            resets: 0,
            bad_leaves: Vec::new(),
            tip: NONE,
            append: NONE,
            waiting: Vec::new(),
            reordered,
        }
    }

    fn place(&mut self, no: RowNo, row: Row) {
        match row.kind {
            Kind::Loose => return,
            Kind::Leaf => self.place_leaf(no, row),
            Kind::Opaque => {
                let parent = self.known(row.parent).unwrap_or(NONE);
                self.link(no, parent);
                self.append = no;
            }
            Kind::Plain | Kind::Compaction | Kind::Reset => self.place_plain(no, row),
        }
        if row.id != NONE {
            self.latest.set(row.id, no);
        }
    }

    /// The row a link names, as far as the file was read; `None` where it names none that is known.
    fn known(&self, link: Parent) -> Option<RowNo> {
        match link {
            Parent::Absent | Parent::Root => Some(NONE),
            Parent::Row(id) => Some(self.latest.get(id)).filter(|no| *no != NONE),
        }
    }

    fn link(&mut self, no: RowNo, parent: RowNo) {
        self.parent.set(no, parent);
        if self.after_reset(parent) {
            self.under.set(no, self.resets);
        }
    }

    /// Whether the row descends from the latest reset.
    fn after_reset(&self, no: RowNo) -> bool {
        self.resets > 0 && no != NONE && self.under.get(no) == self.resets
    }

    fn place_leaf(&mut self, no: RowNo, row: Row) {
        let (target, append) = self.tree.leaves.get(&no).copied().unwrap_or((Parent::Root, Parent::Root));
        // After a reset, a leaf row that selects nothing of it changes nothing, even where it selects nothing at all.
        let strays = !self.known(target).is_some_and(|no| self.after_reset(no));
        if self.resets > 0 && self.tip != NONE && strays && !self.reordered {
            self.append = self.tip;
            return self.link(no, self.tip);
        }
        let usable = |link| self.known(link).filter(|no| !self.bad_leaves.contains(no));
        let (Some(target), Some(append)) = (usable(target), usable(append)) else {
            self.complaints.at(row.line.into(), Complaint::BadLeaf, &[]);
            self.bad_leaves.push(no);
            let parent = self.known(row.parent).unwrap_or(NONE);
            return self.parent.set(no, parent);
        };
        self.link(no, target);
        (self.tip, self.append) = (target, append);
    }

    fn place_plain(&mut self, no: RowNo, row: Row) {
        if row.id != NONE && self.latest.get(row.id) != NONE {
            self.complaints.at(row.line.into(), Complaint::DuplicateId, &[]);
        }
        let parent = self.parent_of(no, row);
        let parent = self.through_leaves(parent);
        self.link(no, parent);
        if row.kind == Kind::Reset {
            self.resets = self.resets.saturating_add(1);
            self.under.set(no, self.resets);
        }
        self.append = no;
        if !row.side {
            self.tip = no;
        }
    }

    fn parent_of(&mut self, no: RowNo, row: Row) -> RowNo {
        let named = match row.parent {
            Parent::Absent => return self.tip,
            Parent::Root => NONE,
            Parent::Row(id) if id == row.id => {
                self.complaints.at(row.line.into(), Complaint::OwnParent, &[]);
                NONE
            }
            Parent::Row(id) => match self.latest.get(id) {
                NONE if self.first.get(id) != NONE => {
                    self.complaints.at(row.line.into(), Complaint::ReorderedLine, &[]);
                    self.waiting.push((no, id));
                    return NONE;
                }
                NONE => {
                    self.complaints.at(row.line.into(), Complaint::MissingParent, &[]);
                    if row.side { NONE } else { self.tip }
                }
                known => known,
            },
        };
        let strays = self.resets > 0 && !self.after_reset(named) && !self.reordered;
        let appended = named != NONE && named == self.append && self.tip != self.append;
        if !row.side && (strays || appended) { self.tip } else { named }
    }

    /// A leaf row stands for the row it selects.
    fn through_leaves(&self, mut no: RowNo) -> RowNo {
        while self.tree.kind(no) == Kind::Leaf {
            let next = self.parent.get(no);
            // Leaf rows only ever point backwards, so this ends.
            no = if next < no { next } else { NONE };
        }
        no
    }

    fn path(mut self) -> Vec<RowNo> {
        for (no, id) in std::mem::take(&mut self.waiting) {
            let parent = self.through_leaves(self.latest.get(id));
            self.parent.set(no, parent);
        }
        if self.reordered {
            self.tip = self.furthest();
        }
        let mut seen = vec![false; self.tree.rows.len()];
        let (mut path, mut at) = (Vec::new(), self.tip);
        while let Some(been) = seen.get_mut(at as usize) {
            if std::mem::replace(been, true) {
                let line = self.tree.line(at);
                self.complaints.at(line, Complaint::Cycle, &[]);
                break;
            }
            if self.tree.kind(at) != Kind::Leaf {
                path.push(at);
            }
            at = self.parent.get(at);
        }
        path.reverse();
        path
    }

    /// In a file whose rows lost their order its last row need not be the tip: from it on, child by child (the last
    /// of several in the file), to a row without children.
    fn furthest(&self) -> RowNo {
        let mut last_child = Table::new(self.tree.rows.len());
        for (no, row) in (0..).zip(&self.tree.rows) {
            if matches!(row.kind, Kind::Plain | Kind::Compaction | Kind::Reset) && !row.side {
                last_child.set(self.parent.get(no), no);
            }
        }
        let (mut at, mut steps) = (self.tip, self.tree.rows.len());
        while last_child.get(at) != NONE && steps > 0 {
            at = last_child.get(at);
            steps -= 1;
        }
        at
    }
}
