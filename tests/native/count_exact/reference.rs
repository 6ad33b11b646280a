//! Byte pair merging as plain as it can be written, on the ranks of tiktoken-rs.

use std::collections::HashMap;

/// All tokens and their ranks.
pub struct Reference {
    tokens: Vec<Vec<u8>>,
    ranks: HashMap<Vec<u8>, u32>,
}

impl Reference {
    pub fn new(oracle: &tiktoken_rs::CoreBPE) -> Self {
        let tokens: Vec<Vec<u8>> = (0..).map_while(|rank| oracle.decode_bytes(&[rank]).ok()).collect();
        Self { ranks: tokens.iter().cloned().zip(0..).collect(), tokens }
    }

    /// Tokens of one piece: in every round the pairs of lowest rank are merged from left to right.
    pub fn count(&self, piece: &[u8]) -> u64 {
        let mut tokens: Vec<u32> = piece.iter().map(|&byte| self.ranks[&[byte][..]]).collect();
        let mut known = HashMap::new();
        let mut last = None;
        loop {
            let mut joined = |pair: [u32; 2]| *known.entry(pair).or_insert_with(|| self.joined(pair));
            let ranks: Vec<Option<u32>> = tokens.windows(2).map(|pair| joined([pair[0], pair[1]])).collect();
            let Some(lowest) = ranks.iter().flatten().min().copied() else {
                return tokens.len() as u64;
            };
            // Rounds are the same as single merges only while no merge makes a pair of lower rank possible.
            assert!(last < Some(lowest), "a merge made one of lower rank possible");
            last = Some(lowest);
            tokens = merged(&tokens, &ranks, lowest);
        }
    }

    fn joined(&self, [left, right]: [u32; 2]) -> Option<u32> {
        let bytes = [&self.tokens[left as usize][..], &self.tokens[right as usize]].concat();
        self.ranks.get(&bytes).copied()
    }
}

fn merged(tokens: &[u32], ranks: &[Option<u32>], lowest: u32) -> Vec<u32> {
    let (mut at, mut out) = (0, Vec::with_capacity(tokens.len()));
    while at < tokens.len() {
        let pair = ranks.get(at) == Some(&Some(lowest));
        out.push(if pair { lowest } else { tokens[at] });
        at += if pair { 2 } else { 1 };
    }
    out
}
