//! The map of the crate, enforced: a module imports only to its left, and only one file names JavaScript.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules from left to right. `lib`, `wasm` and the binary see everything.
const ORDER: [&str; 12] = [
    "shared",
    "transcript",
    "count",
    "decide",
    "extract",
    "record",
    "continuation",
    "event",
    "effect",
    "doctor",
    "engine",
    "replay",
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Every source file with its top-level module.
fn modules() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let module = |path: &Path| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
        first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    files.into_iter().map(|path| (path.clone(), module(&path))).collect()
}

/// The modules a source imports, by `crate::name`.
fn imports(text: &str) -> Vec<&str> {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    text.split("crate::")
        .skip(1)
        .filter_map(|rest| rest.split(ends).next())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn a_module_imports_only_to_its_left() {
    for (path, module) in modules() {
        let text = fs::read_to_string(&path).unwrap();
        let Some(at) = ORDER.iter().position(|m| *m == module) else { continue };
        for import in imports(&text) {
            let to = ORDER.iter().position(|m| *m == import);
            assert!(
                to.is_none_or(|to| to <= at),
                "{} imports {import}, which is to its right",
                path.display()
            );
            assert!(!["watchdog", "wasm"].contains(&import), "{} imports {import}", path.display());
        }
    }
}

#[test]
fn the_watchdog_and_the_plugin_core_do_not_import_each_other() {
    for (path, module) in modules().into_iter().filter(|(_, m)| m == "watchdog") {
        for import in imports(&fs::read_to_string(&path).unwrap()) {
            assert!(
                ["shared", "watchdog"].contains(&import),
                "{} ({module}) imports {import}",
                path.display()
            );
        }
    }
}

#[test]
fn one_file_names_javascript() {
    for (path, module) in modules() {
        // The harness that runs unit tests in wasm as well is nothing that ships.
        let text = fs::read_to_string(&path).unwrap().replace("wasm_bindgen_test", "");
        let names = ["wasm_bindgen", "js_sys", "JsValue"].iter().any(|word| text.contains(word));
        assert!(!names || module == "wasm", "{} names JavaScript", path.display());
    }
}

#[test]
fn the_core_has_no_clock_file_network_or_randomness() {
    for (path, module) in modules() {
        if ["watchdog", "wasm", "bin"].contains(&module.as_str())
            || path.components().any(|c| c.as_os_str() == "tables")
        {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in
            ["std::fs", "std::net", "std::time", "std::env", "std::process", "HashMap", "HashSet", "thread::"]
        {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn sources_stay_short() {
    let mut long: Vec<_> = modules()
        .into_keys()
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > 350)
        .collect();
    long.sort();
    assert!(long.is_empty(), "past 350 lines, split by meaning: {long:?}");
}
