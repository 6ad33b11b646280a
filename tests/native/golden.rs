//! Golden files: compared byte by byte; `ASM_UPDATE_GOLDEN=1` writes them anew.

use std::path::Path;

/// Compares `actual` with the file at `path` (from the top of the repository).
pub fn check(path: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("ASM_UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        return std::fs::write(file, actual).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    if golden == actual {
        return;
    }
    let at = golden.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
    let (was, is) = (golden.lines().nth(at), actual.lines().nth(at));
    panic!("{path}, line {}:\n was {was:?}\n is  {is:?}\nIf that is meant: ASM_UPDATE_GOLDEN=1", at + 1);
}
