//! The token counter alone: what counting needs and nothing else, so that a first count is there within milliseconds.
//! The plugin's core holds the same counter; a process that only counts does not load the core.
//!
//! Numbers alone cross here. Text comes in a kept buffer, tables straight from their files into memory. An encoding is
//! named by where it stands in `Encoding::ALL`.
// Without glue between JavaScript and these functions, their names must stay as they are. That is all that is unsafe
// here: the promise that nothing else has such a name.
#![allow(unsafe_code)]

#[allow(dead_code, unused_imports, reason = "the rest of it is for the core")]
#[path = "../../count"]
mod count {
    pub mod bpe;
}

/// What the counter says in two languages, it says in these.
#[allow(dead_code, reason = "the rest of it is for the core")]
#[path = "../../shared"]
mod shared {
    pub mod language;
}

use count::bpe::{self, Counter, Encoding};
use std::cell::RefCell;

/// Bytes of the kept buffer.
const BUFFER: usize = 1 << 16;
/// Units of UTF-16 that fit into it whatever they are: none takes more than three bytes.
const UNITS: usize = BUFFER / 3;

thread_local! {
    static TEXT: RefCell<[u8; BUFFER]> = const { RefCell::new([0; BUFFER]) };
    static UTF16: RefCell<[[u8; 2]; UNITS]> = const { RefCell::new([[0; 2]; UNITS]) };
    static TABLES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static COUNTERS: RefCell<Vec<Option<Counter>>> = const { RefCell::new(Vec::new()) };
}

/// Where in linear memory the kept buffer of 65,536 bytes lies. It never moves.
#[unsafe(no_mangle)]
pub extern "C" fn buffer() -> *const u8 {
    TEXT.with_borrow(|text| text.as_ptr())
}

/// Where the buffer of 21,845 units of UTF-16 lies. It never moves.
#[unsafe(no_mangle)]
pub extern "C" fn units() -> *const [u8; 2] {
    UTF16.with_borrow(|units| units.as_ptr())
}

/// Writes what the first `len` units there say into the kept buffer as UTF-8, and returns how many bytes that took.
#[unsafe(no_mangle)]
pub extern "C" fn transcode(len: usize) -> usize {
    UTF16.with_borrow(|units| {
        TEXT.with_borrow_mut(|text| bpe::to_utf8(units.get(..len).unwrap_or(units), text))
    })
}

fn with_text<T>(len: usize, run: impl FnOnce(&[u8]) -> T) -> T {
    TEXT.with_borrow(|text| run(text.get(..len).unwrap_or(text)))
}

/// Makes room for a file of tables of `len` bytes, and returns where to write it.
#[unsafe(no_mangle)]
pub extern "C" fn tables(len: usize) -> *const u8 {
    TABLES.with_borrow_mut(|tables| {
        *tables = vec![0; len];
        tables.as_ptr()
    })
}

/// Takes the file that was written there; 1 if `encoding` can be counted in now, 0 if the file is of another build.
#[unsafe(no_mangle)]
pub extern "C" fn load(encoding: usize) -> u32 {
    let file = TABLES.take();
    u32::from(Encoding::at(encoding).is_some_and(|encoding| bpe::load(encoding, file)))
}

/// Tokens of the first `len` bytes of the buffer, which are UTF-8; −1 before the tables are there.
#[unsafe(no_mangle)]
pub extern "C" fn count(len: usize, encoding: usize) -> f64 {
    match Encoding::at(encoding) {
        Some(encoding) if bpe::is_ready(encoding) => {
            number(with_text(len, |text| bpe::count_classes_trusted(text, encoding).total()))
        }
        _ => -1.0,
    }
}

/// Begins a text that comes in parts, and returns its handle; −1 before the tables are there.
#[unsafe(no_mangle)]
pub extern "C" fn begin(encoding: usize) -> i32 {
    let Some(encoding) = Encoding::at(encoding).filter(|encoding| bpe::is_ready(*encoding)) else {
        return -1;
    };
    COUNTERS.with_borrow_mut(|counters| {
        let free = counters.iter().position(Option::is_none).unwrap_or(counters.len());
        if free == counters.len() {
            counters.push(None);
        }
        if let Some(place) = counters.get_mut(free) {
            *place = Some(Counter::new(encoding));
        }
        free as i32
    })
}

/// Takes the next part of a text: the first `len` bytes of the buffer. `checked` is not 0 if they are known to be UTF-8
/// that ends at a character's end.
#[unsafe(no_mangle)]
pub extern "C" fn push(handle: usize, len: usize, checked: u32) {
    COUNTERS.with_borrow_mut(|counters| {
        if let Some(Some(counter)) = counters.get_mut(handle) {
            with_text(len, |text| if checked == 0 { counter.push(text) } else { counter.push_checked(text) });
        }
    });
}

/// Tokens of a text that came in parts; its handle is free again.
#[unsafe(no_mangle)]
pub extern "C" fn finish(handle: usize) -> f64 {
    let counter = COUNTERS.with_borrow_mut(|counters| counters.get_mut(handle).and_then(Option::take));
    counter.map_or(0.0, |counter| number(counter.finish()))
}

#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
