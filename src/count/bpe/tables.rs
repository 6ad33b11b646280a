//! Where the tables of the encodings are: in the binary natively; in linear memory, from a file, in wasm.

use std::sync::OnceLock;

use super::encoding::Encoding;
use super::vocabulary::Vocabulary;

static O200K_BASE: OnceLock<Option<Vocabulary>> = OnceLock::new();
static CL100K_BASE: OnceLock<Option<Vocabulary>> = OnceLock::new();

fn slot(encoding: Encoding) -> &'static OnceLock<Option<Vocabulary>> {
    match encoding {
        Encoding::O200kBase => &O200K_BASE,
        Encoding::Cl100kBase => &CL100K_BASE,
    }
}

/// What the file of the same build begins with. Tables of another build are refused.
fn fingerprint(encoding: Encoding) -> [u8; 8] {
    match encoding {
        Encoding::O200kBase => *include_bytes!(concat!(env!("OUT_DIR"), "/o200k_base.fingerprint")),
        Encoding::Cl100kBase => *include_bytes!(concat!(env!("OUT_DIR"), "/cl100k_base.fingerprint")),
    }
}

/// The tables of `encoding`.
#[cfg(not(target_arch = "wasm32"))]
pub fn of(encoding: Encoding) -> Option<&'static Vocabulary> {
    let file: &'static [u8] = match encoding {
        Encoding::O200kBase => include_bytes!(concat!(env!("OUT_DIR"), "/o200k_base.tables")),
        Encoding::Cl100kBase => include_bytes!(concat!(env!("OUT_DIR"), "/cl100k_base.tables")),
    };
    slot(encoding).get_or_init(|| Vocabulary::from_file(file, fingerprint(encoding))).as_ref()
}

/// The tables of `encoding`, if [`load`] has been given them.
#[cfg(target_arch = "wasm32")]
pub fn of(encoding: Encoding) -> Option<&'static Vocabulary> {
    slot(encoding).get()?.as_ref()
}

/// Takes the file of tables of `encoding`, and says whether it can be counted in now: not if the file is of another
/// build. The first file that is taken stays for good.
pub fn load(encoding: Encoding, file: Vec<u8>) -> bool {
    if of(encoding).is_some() {
        return true;
    }
    let loaded = Vocabulary::from_file(Vec::leak(file), fingerprint(encoding));
    loaded.is_some() && slot(encoding).set(loaded).is_ok()
}
