// One peer as wasm, with the cheapest way of handing over a text that there is: bytes into a kept buffer. What a stock
// wasm-bindgen interface would cost on top is not charged to it.

use std::cell::RefCell;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Room for `len` bytes of text; the address stands until more is asked for.
#[unsafe(no_mangle)]
pub extern "C" fn buffer(len: usize) -> *mut u8 {
    BUFFER.with_borrow_mut(|buffer| {
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer.as_mut_ptr()
    })
}

/// Tokens of the first `len` bytes of the buffer; `encoding` 0 is o200k_base, 1 is cl100k_base.
#[unsafe(no_mangle)]
pub extern "C" fn count(len: usize, encoding: u32) -> u32 {
    BUFFER.with_borrow(|buffer| {
        let text = buffer.get(..len).and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.map_or(u32::MAX, |text| tokens(text, encoding == 1) as u32)
    })
}
