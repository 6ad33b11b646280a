//! Sixteen bytes compared at once. Nothing else of the counter differs by target, and both ways are tested on every
//! byte in every place: vector instructions in wasm, two words anywhere else.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use vector::Lanes;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use words::Lanes;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vector {
    use std::arch::wasm32::{i8x16_add, i8x16_bitmask, i8x16_lt, i8x16_splat, u64x2, v128};

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub fn of(bytes: &[u8; 16]) -> Self {
            let both = u128::from_le_bytes(*bytes);
            Self(u64x2(both as u64, (both >> 64) as u64))
        }

        /// Which bytes are from `FIRST` to `LAST`, both ASCII: one bit each, the first byte lowest.
        #[inline(always)]
        pub fn between<const FIRST: u8, const LAST: u8>(self) -> u64 {
            // Moved so that the range begins with the least signed number, it needs one comparison.
            let moved = i8x16_add(self.0, i8x16_splat(0x80u8.wrapping_sub(FIRST) as i8));
            let inside = i8x16_lt(moved, i8x16_splat((LAST.wrapping_sub(FIRST)).wrapping_add(0x81) as i8));
            u64::from(i8x16_bitmask(inside))
        }

        /// Which bytes are not ASCII.
        #[inline(always)]
        pub fn beyond_ascii(self) -> u64 {
            u64::from(i8x16_bitmask(self.0))
        }
    }
}

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod words {
    /// The highest bit of every byte.
    const HIGH: u64 = 0x8080_8080_8080_8080;
    /// The lowest bit of every byte.
    const LOW: u64 = 0x0101_0101_0101_0101;

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub struct Lanes(u64, u64);

    impl Lanes {
        #[inline(always)]
        pub fn of(bytes: &[u8; 16]) -> Self {
            let both = u128::from_le_bytes(*bytes);
            Self(both as u64, (both >> 64) as u64)
        }

        /// Which bytes are from `FIRST` to `LAST`, both ASCII: one bit each, the first byte lowest.
        #[inline(always)]
        pub fn between<const FIRST: u8, const LAST: u8>(self) -> u64 {
            let inside = |word: u64| {
                let seven = word & !HIGH;
                let from = seven.wrapping_add(LOW * u64::from(0x80 - FIRST));
                let beyond = seven.wrapping_add(LOW * u64::from(0x7f - LAST));
                from & !beyond & !word
            };
            gathered(inside(self.0)) | gathered(inside(self.1)) << 8
        }

        /// Which bytes are not ASCII.
        #[inline(always)]
        pub fn beyond_ascii(self) -> u64 {
            gathered(self.0) | gathered(self.1) << 8
        }
    }

    /// The highest bits of the bytes of a word, side by side.
    #[inline(always)]
    fn gathered(word: u64) -> u64 {
        (word >> 7 & LOW).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

#[cfg(test)]
mod tests {
    use super::{Lanes, words};
    use wasm_bindgen_test::wasm_bindgen_test;

    /// Every byte in every place, among others of every kind: here and, with vector instructions, in wasm.
    fn compare<const FIRST: u8, const LAST: u8>() {
        for (byte, at) in (0..=255u8).flat_map(|byte| (0..16).map(move |at| (byte, at))) {
            let mut bytes = [byte.wrapping_mul(17).wrapping_add(at as u8); 16];
            (bytes[at], bytes[15 - at]) = (byte, !byte);
            let expected = |is: &dyn Fn(u8) -> bool| {
                bytes.iter().rev().fold(0u64, |bits, &byte| bits << 1 | u64::from(is(byte)))
            };
            let inside = expected(&|byte| (FIRST..=LAST).contains(&byte));
            assert_eq!(Lanes::of(&bytes).between::<FIRST, LAST>(), inside, "{bytes:x?}");
            assert_eq!(words::Lanes::of(&bytes).between::<FIRST, LAST>(), inside, "{bytes:x?}");
            let beyond = expected(&|byte| byte >= 0x80);
            assert_eq!(Lanes::of(&bytes).beyond_ascii(), beyond, "{bytes:x?}");
            assert_eq!(words::Lanes::of(&bytes).beyond_ascii(), beyond, "{bytes:x?}");
        }
    }

    #[wasm_bindgen_test(unsupported = test)]
    fn all_that_is_asked_of_bytes_is_answered_right() {
        compare::<b'a', b'z'>();
        compare::<b'A', b'Z'>();
        compare::<b'0', b'9'>();
        compare::<b'\t', b'\r'>();
        compare::<b'\n', b'\n'>();
        compare::<b'\r', b'\r'>();
        compare::<b' ', b' '>();
        compare::<b'\'', b'\''>();
        compare::<b'/', b'/'>();
        compare::<0, 0x7f>();
    }
}
